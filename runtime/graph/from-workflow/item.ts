import { eventSchemas, type EventType } from '../../contract/index.ts';
import type { Expression } from './expression.ts';

/** What is known of a value of an item without running the workflow. */
export type Known =
  | { kind: 'literal'; value: unknown }
  /** A key of the event's data, or a key below one. */
  | { kind: 'event'; path: readonly string[] }
  /** A key of what a step node tells. */
  | { kind: 'step'; nodeId: string; key: string }
  | { kind: 'unknown'; reason: string };

/** What the item that leaves a node holds. */
export type Item = (path: readonly string[]) => Known;

/** The item of a trigger: the event's own keys, and those of its data. */
export function itemOfEvent(type: EventType): Item {
  const told = Object.keys(eventSchemas[type].properties);
  return (path) => {
    const [key = ''] = path;
    if (key === 'event' && path.length === 1) {
      return { kind: 'literal', value: type };
    }
    return told.includes(key)
      ? { kind: 'event', path }
      : { kind: 'unknown', reason: `the event ${type} tells no “${key}”` };
  };
}

/** The item of a step that was started: for whom it works, and its ids. */
export function itemOfStep(step: { nodeId: string; type: string; participant: Known | null }): Item {
  const known: Readonly<Record<string, Known>> = {
    step: { kind: 'literal', value: step.type },
    stepId: { kind: 'step', nodeId: step.nodeId, key: 'stepId' },
    roomId: { kind: 'event', path: ['roomId'] },
    sessionId: { kind: 'event', path: ['sessionId'] },
    ...(step.type === 'record'
      ? { recordingId: { kind: 'step', nodeId: step.nodeId, key: 'recordingId' } }
      : {}),
    ...(step.participant === null ? {} : { participantId: step.participant }),
  };
  return ([key = '', ...rest]) => {
    const value = rest.length === 0 ? known[key] : undefined;
    return value ?? { kind: 'unknown', reason: `“${key}” is told by a step only while it runs` };
  };
}

/** The item of a node that the graph does not hold. */
export const itemOfOther =
  (name: string): Item =>
  () => ({ kind: 'unknown', reason: `it comes from “${name}”, which a graph does not hold` });

/** What an expression stands for where these items are at hand. */
export function knownOf(
  expression: Expression,
  items: { incoming: Item; byNode: ReadonlyMap<string, Item> },
): Known {
  switch (expression.kind) {
    case 'literal':
      return expression;
    case 'tap-before': {
      const step = items.incoming(['step']);
      return step.kind === 'literal' && step.value === 'tap'
        ? items.incoming(['stepId'])
        : { kind: 'literal', value: '' };
    }
    case 'logic':
      return { kind: 'unknown', reason: `a graph computes nothing, and ${expression.text} does` };
    case 'path': {
      const { source, path } = expression;
      if (source.kind === 'item') {
        return items.incoming(path);
      }
      const item = items.byNode.get(source.name);
      return item === undefined
        ? { kind: 'unknown', reason: `it comes from “${source.name}”, which is not before it` }
        : item(path);
    }
    default:
      return expression satisfies never;
  }
}
