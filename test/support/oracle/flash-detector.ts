/** Flashes closer than this are one flash that flickered. */
const MERGE_SECONDS = 0.15;
/** Least difference between dark and bright, of 255. Less than this is not a flash. */
const LEAST_CONTRAST = 30;

/**
 * The times at which the picture turns bright: of each flash the first frame above the middle between the usual
 * (median) and the brightest luma. A flash that is on in the first frame set in before the recording and is
 * left out.
 *
 * @param frameSeconds presentation time of each frame, ascending
 * @param meanLumas mean luma (0 to 255) of each frame
 */
export function flashOnsets(frameSeconds: readonly number[], meanLumas: readonly number[]): number[] {
  const sorted = meanLumas.toSorted((a, b) => a - b);
  const dark = sorted[sorted.length >> 1] ?? 0;
  const bright = sorted.at(-1) ?? 0;
  if (bright - dark < LEAST_CONTRAST) {
    return [];
  }
  const threshold = (dark + bright) / 2;
  const onsets: number[] = [];
  let lastBrightSeconds = Number.NEGATIVE_INFINITY;
  for (const [index, luma] of meanLumas.entries()) {
    const seconds = frameSeconds[index];
    if (seconds === undefined || luma < threshold) {
      continue;
    }
    if (seconds - lastBrightSeconds > MERGE_SECONDS && index > 0) {
      onsets.push(seconds);
    }
    lastBrightSeconds = seconds;
  }
  return onsets;
}
