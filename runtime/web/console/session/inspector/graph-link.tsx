import type { VNode } from 'preact';
import type { GraphInstance } from '../../../../contract/index.ts';
import { hashOf } from '../../route.ts';
import { useLive } from '../../use-live.ts';

/** The graph that runs a step, to be gone to once it is known which. */
export function GraphLink(props: { instanceId: string; graphName: string; nodeId: string }): VNode {
  const { instanceId, graphName, nodeId } = props;
  const path = `/v2/graph-instances/${encodeURIComponent(instanceId)}`;
  const { value } = useLive(path, (api) => api.get<GraphInstance>(path));
  return (
    <span>
      {value === null ? (
        graphName
      ) : (
        <a href={hashOf({ page: 'graph', graphId: value.graphId })}>{graphName}</a>
      )}
      {`, node ${nodeId}`}
    </span>
  );
}
