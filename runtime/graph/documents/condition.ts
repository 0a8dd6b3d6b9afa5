import type { EventNode, GraphCondition, RoomflowEvent } from '../../contract/index.ts';
import { valueAt } from './reference.ts';

/** Whether an event is what an event node waits for: its type, and all conditions hold. Pure. */
export function matchesEvent(node: EventNode, event: RoomflowEvent): boolean {
  return (
    event.type === node.on &&
    Object.entries(node.where ?? {}).every(([key, condition]) => holds(condition, valueAt(event.data, [key])))
  );
}

/**
 * Whether a value is what a condition asks for. Of a list, one item that is suffices. Lists within lists are not looked
 * into: a stranger's may lie deeper than the stack reaches. Pure.
 */
export function holds(condition: GraphCondition, value: unknown): boolean {
  if (Array.isArray(value)) {
    return value.some((item) => !Array.isArray(item) && holds(condition, item));
  }
  if (isChoice(condition)) {
    return condition.some((choice) => holds(choice, value));
  }
  if (typeof condition === 'string') {
    return typeof value === 'string' && matchesPattern(condition, value);
  }
  if (typeof condition === 'object' && condition !== null) {
    return Object.entries(condition).every(([key, inner]) => holds(inner, valueAt(value, [key])));
  }
  return condition === (value ?? null);
}

const isChoice = (condition: GraphCondition): condition is readonly (string | number | boolean | null)[] =>
  Array.isArray(condition);

/**
 * Whether a text is like a pattern in which `*` stands for any text. Each piece between two stars is looked for once,
 * from where the one before it ended, so that no pattern of a stranger's can make it slow. Pure.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  const [head = '', ...pieces] = pattern.split('*');
  const tail = pieces.pop();
  if (tail === undefined) {
    return text === pattern;
  }
  if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) {
    return false;
  }
  const end = text.length - tail.length;
  let at = head.length;
  for (const piece of pieces) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) {
      return false;
    }
    at = found + piece.length;
  }
  return true;
}
