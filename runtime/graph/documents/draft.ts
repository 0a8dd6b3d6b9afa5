import { graphStepTypes, type EventType, type StepType } from '../../contract/index.ts';
import { sourceOf } from './edges.ts';
import { graphEventOf } from './event-facts.ts';
import { pointerTo } from './problem.ts';

type Common = { id: string; pointer: string; raw: Readonly<Record<string, unknown>> };
export type DraftEvent = Common & { kind: 'event'; type: EventType | null };
export type DraftStep = Common & {
  kind: 'step';
  type: StepType | null;
  /** The node that `from` names, and its port; null where it is no text. */
  source: { nodeId: string; port: string | null } | null;
  /** An object in any case: what else stands there is a matter of shape. */
  params: Readonly<Record<string, unknown>>;
};
/** A node of a document that may be wrong in any way; `broken` is one that is neither an event nor a step. */
export type DraftNode = DraftEvent | DraftStep | (Common & { kind: 'broken' });

/** The nodes of a document that has not been checked, by id, in its order. */
export type Draft = ReadonlyMap<string, DraftNode>;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads as much of the nodes as can be read. Pure. */
export function draftOf(nodes: Readonly<Record<string, unknown>>): Draft {
  return new Map(Object.entries(nodes).map(([id, node]) => [id, draftNode(id, node)]));
}

function draftNode(id: string, node: unknown): DraftNode {
  const pointer = pointerTo('/nodes', id);
  if (!isRecord(node)) {
    return { kind: 'broken', id, pointer, raw: {} };
  }
  const isEvent = Object.hasOwn(node, 'on');
  if (isEvent === Object.hasOwn(node, 'do')) {
    return { kind: 'broken', id, pointer, raw: node };
  }
  return isEvent
    ? { kind: 'event', id, pointer, raw: node, type: graphEventOf(node['on']) }
    : {
        kind: 'step',
        id,
        pointer,
        raw: node,
        type: graphStepTypes.find((type) => type === node['do']) ?? null,
        source: typeof node['from'] === 'string' ? sourceOf({ from: node['from'] }) : null,
        params: isRecord(node['with']) ? node['with'] : {},
      };
}

/** The nodes that a step hangs on, nearest first; `isWhole` when they end in an event node. */
export type Chain = { nodes: readonly DraftNode[]; isWhole: boolean };

/** What a step hangs on, as far as it can be followed. Pure. */
export function chainAbove(draft: Draft, step: DraftStep): Chain {
  const nodes: DraftNode[] = [];
  let current: DraftNode = step;
  while (current.kind === 'step') {
    const next: DraftNode | undefined =
      current.source === null ? undefined : draft.get(current.source.nodeId);
    if (next === undefined || next === step || nodes.includes(next)) {
      return { nodes, isWhole: false };
    }
    nodes.push(next);
    current = next;
  }
  return { nodes, isWhole: current.kind === 'event' };
}
