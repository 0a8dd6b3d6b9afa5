/**
 * How deep a message or a body may lie. What is kept of a guest is shown to others within answers that lie deeper, and
 * must still be written as JSON there.
 */
export const MOST_LEVELS = 64;

/**
 * Whether a JSON value lies deeper than so many levels; a text or a number has none. Found without recursion: a
 * stranger's value may lie deeper than the stack reaches. Pure.
 */
export function isDeeperThan(value: unknown, mostLevels: number): boolean {
  let level = [value].filter(isComposite);
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > mostLevels) {
      return true;
    }
    level = level.flatMap((each) => Object.values(each).filter(isComposite));
  }
  return false;
}

/** An object, or a list, whose indices are its keys. */
const isComposite = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
