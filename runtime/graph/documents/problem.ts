import type { GraphProblemCode } from '../../contract/index.ts';

const MOST_LISTED = 16;
/** Whoever sees so many begins elsewhere than with the last. */
const MOST_PROBLEMS = 1000;

/** A problem as a check finds it; what was received there is looked up in one place, which knows what is secret. */
export type Finding = {
  code: GraphProblemCode;
  pointer: string;
  message: string;
  suggestion: string | null;
};

/** JSON pointer of what lies below another (RFC 6901, section 3). */
export const pointerTo = (base: string, ...keys: readonly (string | number)[]): string =>
  keys.reduce<string>(
    (pointer, key) => `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`,
    base,
  );

/** The keys that a JSON pointer leads through (RFC 6901, section 4). */
export const keysOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

/** Names in a message: so many that they help. */
export const listed = (names: readonly string[], between = ', '): string =>
  names.length === 0
    ? 'none'
    : names.length > MOST_LISTED
      ? `${names.slice(0, MOST_LISTED).join(between)}${between}…`
      : names.join(between);

/**
 * Where one place has several problems, the first says enough; then they stand in the order of their pointers, the
 * first thousand of them. */
export function inOrder(problems: readonly Finding[]): Finding[] {
  const byPointer = new Map<string, Finding>();
  for (const problem of problems) {
    if (!byPointer.has(problem.pointer)) {
      byPointer.set(problem.pointer, problem);
    }
  }
  return [...byPointer.values()]
    .sort((one, other) => (one.pointer < other.pointer ? -1 : one.pointer > other.pointer ? 1 : 0))
    .slice(0, MOST_PROBLEMS);
}
