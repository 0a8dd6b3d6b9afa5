import { decodeMedia } from '../../support/oracle/index.ts';

/**
 * Decodes a file or stream from its beginning to its end.
 *
 * @returns why it does not play, or nothing
 */
export async function whyUnplayable(what: string, address: string, hasPictures: boolean): Promise<string[]> {
  try {
    const { decodeErrors, frameSeconds, sound } = await decodeMedia(address);
    if ((hasPictures && frameSeconds.length === 0) || sound.sampleCount === 0) {
      return [`${what}: ${frameSeconds.length} pictures, ${sound.sampleCount} samples in ${address}`];
    }
    return decodeErrors.length === 0
      ? []
      : [`${what}: ${decodeErrors[0] ?? ''} (${decodeErrors.length}) in ${address}`];
  } catch (error) {
    return [`${what}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** The span of what was sent while a recording was there, in milliseconds from the first moment to the last. */
export function sentMeanwhileMs(
  sent: readonly { atMs: number }[],
  { start, end }: { start: string; end: string | null },
): number {
  const untilMs = end === null ? Infinity : Date.parse(end);
  let firstMs = Infinity;
  let lastMs = -Infinity;
  for (const { atMs } of sent) {
    if (atMs >= Date.parse(start) && atMs <= untilMs) {
      firstMs = Math.min(firstMs, atMs);
      lastMs = Math.max(lastMs, atMs);
    }
  }
  return Math.max(0, lastMs - firstMs);
}
