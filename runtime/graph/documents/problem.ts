import type { GraphProblem, GraphProblemCode } from '../../contract/index.ts';

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

/** Where one place has several problems, the first says enough; then they stand in the order of their pointers. */
export function inOrder(problems: readonly GraphProblem[]): GraphProblem[] {
  const byPointer = new Map<string, GraphProblem>();
  for (const problem of problems) {
    if (!byPointer.has(problem.pointer)) {
      byPointer.set(problem.pointer, problem);
    }
  }
  return [...byPointer.values()].sort((one, other) =>
    one.pointer < other.pointer ? -1 : one.pointer > other.pointer ? 1 : 0,
  );
}
