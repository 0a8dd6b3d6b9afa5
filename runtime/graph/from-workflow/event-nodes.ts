import { defaultScopeOf, type EventNode, type GraphNode } from '../../contract/index.ts';
import type { Trigger } from './triggers.ts';

/**
 * The event nodes of a document in the making. The same event of the same trigger is one node; it is written down when
 * the first step needs it.
 */
export function eventNodes(nodes: Record<string, GraphNode>, makeId: (name: string) => string) {
  const ids = new Map<string, { id: string; node: EventNode }>();

  return {
    /**
     * The id of an event node for a step. What works on the whole room goes on when the participant who began it has
     * left, as it does in n8n: it is for the session.
     */
    idFor(name: string, { on, where }: Trigger, isOfRoom: boolean): string {
      const isNarrow = ['participant', 'track'].includes(defaultScopeOf(on));
      const node: EventNode = {
        on,
        ...(isOfRoom && isNarrow ? { scope: 'session' } : {}),
        ...(Object.keys(where).length === 0 ? {} : { where }),
      };
      const key = JSON.stringify([name, node]);
      const known = ids.get(key);
      if (known !== undefined) {
        return known.id;
      }
      const id = makeId(name);
      ids.set(key, { id, node });
      return id;
    },
    /** Writes an event node down. */
    use(id: string): void {
      const found = [...ids.values()].find((entry) => entry.id === id);
      if (found !== undefined) {
        nodes[id] ??= found.node;
      }
    },
  };
}
