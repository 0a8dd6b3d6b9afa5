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
    level = level.flatMap((each) => Object.values<unknown>(each).filter(isComposite));
  }
  return false;
}

const isComposite = (value: unknown): value is object => typeof value === 'object' && value !== null;
