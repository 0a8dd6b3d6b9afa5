import { referencePattern } from '../../contract/index.ts';

/** `$joined.metaData.company`, taken apart: which node, and the way into what it has told. */
export type Reference = { nodeId: string; path: readonly string[] };

const pattern = new RegExp(referencePattern);

/** Whether a text is meant as a reference; `$$` stands for a dollar sign itself. Pure. */
export const looksLikeReference = (value: unknown): value is string =>
  typeof value === 'string' && value.startsWith('$') && !value.startsWith('$$');

/** The reference that a text is, or null. Pure. */
export function referenceOf(value: unknown): Reference | null {
  if (!looksLikeReference(value) || !pattern.test(value)) {
    return null;
  }
  const [nodeId = '', ...path] = value.slice(1).split('.');
  return { nodeId, path };
}

/** The text that is meant: `$$5` says `$5`. Pure. */
export const literalText = (text: string): string => (text.startsWith('$$') ? text.slice(1) : text);

/** What lies at the end of a path; undefined where the path leads nowhere. Pure. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) {
      return undefined;
    }
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}
