/** A measured value and when, in milliseconds since some start. */
export type Point = { atMs: number; value: number };

/** By how much a value grows an hour: the straight line through the points with the least squared distance. */
export function growthPerHour(points: readonly Point[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanMs = mean(points.map(({ atMs }) => atMs));
  const meanValue = mean(points.map(({ value }) => value));
  const spread = points.reduce((sum, { atMs }) => sum + (atMs - meanMs) ** 2, 0);
  const covered = points.reduce((sum, { atMs, value }) => sum + (atMs - meanMs) * (value - meanValue), 0);
  return spread === 0 ? 0 : (covered / spread) * 3_600_000;
}

/**
 * How much higher the lowest value of the last third is than that of the first third. A heap breathes between
 * collections; its lowest values are what is kept.
 */
export function growthOfLowest(values: readonly number[]): number {
  const third = Math.max(1, Math.floor(values.length / 3));
  return Math.min(...values.slice(-third)) - Math.min(...values.slice(0, third));
}
