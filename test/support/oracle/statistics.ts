/** The value below which `share` of the values lie (nearest rank). NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

/** The middle value, or the mean of the two middle ones. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[(sorted.length >> 1) - 1] ?? Number.NaN)) / 2;
}

/** Of the values themselves, not an estimate from a sample. NaN of nothing. */
export function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/**
 * How much `y` changes over the whole range of `x`: the difference of the medians of the last and the first
 * third, carried on to the ends. Medians, because a single frame that arrived late would tilt a line of least
 * squares. Zero when there are too few points to tell.
 */
export function changeOver(points: readonly { x: number; y: number }[]): number {
  const sorted = points.toSorted((a, b) => a.x - b.x);
  const third = Math.floor(sorted.length / 3);
  if (third === 0) {
    return 0;
  }
  const first = sorted.slice(0, third);
  const last = sorted.slice(-third);
  const middle = (part: readonly { x: number; y: number }[], axis: 'x' | 'y'): number =>
    median(part.map((point) => point[axis]));
  const slope = (middle(last, 'y') - middle(first, 'y')) / (middle(last, 'x') - middle(first, 'x'));
  return slope * ((sorted.at(-1)?.x ?? 0) - (sorted[0]?.x ?? 0));
}
