import { pointerTo, type Finding } from './problem.ts';
import { looksLikeReference } from './reference.ts';

/** Documents come from strangers: what is walked through, and how deep, has its bounds. */
const MAX_DEPTH = 32;
const MAX_VALUES = 20_000;
const MAX_TEXT = 4_000_000;
const MAX_REFERENCES = 1000;

/** Whether a document is deeper or larger than any that was written on purpose; found without recursion. Pure. */
export function sizeFindings(document: Readonly<Record<string, unknown>>): Finding[] {
  const waiting: { value: object; pointer: string; depth: number }[] = [
    { value: document, pointer: '', depth: 1 },
  ];
  let values = 0;
  let text = 0;
  let references = 0;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { pointer, depth } = next;
    if (depth > MAX_DEPTH) {
      return [tooLarge(pointer, `lies deeper than ${MAX_DEPTH} levels`)];
    }
    for (const [key, value] of Object.entries(next.value) as [string, unknown][]) {
      values += 1;
      text += key.length + (typeof value === 'string' ? value.length : 0);
      references += looksLikeReference(value) ? 1 : 0;
      if (references > MAX_REFERENCES) {
        return [tooLarge('', `holds more than ${MAX_REFERENCES} references`)];
      }
      if (values > MAX_VALUES || text > MAX_TEXT) {
        return [tooLarge('', `holds more than ${MAX_VALUES} values or ${MAX_TEXT} characters`)];
      }
      if (typeof value === 'object' && value !== null) {
        waiting.push({ value, pointer: pointerTo(pointer, key), depth: depth + 1 });
      }
    }
  }
  return [];
}

const tooLarge = (pointer: string, message: string): Finding => ({
  code: 'invalid-value',
  pointer,
  message,
  suggestion: null,
});
