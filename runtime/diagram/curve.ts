import type { Point } from './types.ts';

const round = (value: number): number => Math.round(value * 10) / 10;

/** The `d` of an SVG path through the points: level at each of them, and smooth between. */
export function curveOf(points: readonly Point[]): string {
  let path = '';
  let before: Point | null = null;
  for (const { x, y } of points) {
    if (before === null) {
      path = `M${round(x)} ${round(y)}`;
    } else if (before.y === y) {
      path += `H${round(x)}`;
    } else {
      const middle = round((before.x + x) / 2);
      path += `C${middle} ${round(before.y)} ${middle} ${round(y)} ${round(x)} ${round(y)}`;
    }
    before = { x, y };
  }
  return path;
}
