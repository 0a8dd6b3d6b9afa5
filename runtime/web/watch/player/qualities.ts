import type { Quality } from './engine.ts';

/** The rungs with pictures, the tallest first, each height once. */
export function qualitiesOf(levels: readonly { width: number; height: number }[]): Quality[] {
  const lines = levels
    // Upright pictures are named by their short side too.
    .map(({ height, width }, level) => ({ level, lines: Math.min(height, width || height) }))
    .filter((one) => one.lines > 0)
    .sort((a, b) => b.lines - a.lines);
  return lines
    .filter((one, index) => lines.findIndex((other) => other.lines === one.lines) === index)
    .map((one) => ({ level: one.level, label: `${one.lines}p` }));
}
