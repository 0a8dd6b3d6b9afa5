import type { VNode } from 'preact';
import type { Graph } from '../../../contract/index.ts';
import { useConsole } from '../console-context.ts';

/** Whether the graph begins anything more. */
export function EnableSwitch({ graph, onChanged }: { graph: Graph; onChanged: () => void }): VNode {
  const console = useConsole();
  const { graphId, enabled, name } = graph;
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        checked={enabled}
        aria-label={`${name} enabled`}
        onChange={() => {
          const verb = enabled ? 'disable' : 'enable';
          void console
            .attempt((api) => api.post(`/v2/graphs/${encodeURIComponent(graphId)}/${verb}`))
            .then(onChanged);
        }}
      />
      <span aria-hidden="true">{enabled ? 'on' : 'off'}</span>
    </label>
  );
}
