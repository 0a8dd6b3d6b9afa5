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

/**
 * How much was sent to be recorded: a recording that was stopped before any of it had come rightly has no file.
 *
 * @returns from the first to the last moment sent while the recording was there, in milliseconds
 */
export function sentMeanwhileMs(
  sent: readonly { atMs: number }[],
  { start, end }: { start: string; end: string | null },
): number {
  const untilMs = end === null ? Infinity : Date.parse(end);
  const meanwhile = sent.filter(({ atMs }) => atMs >= Date.parse(start) && atMs <= untilMs);
  return (meanwhile.at(-1)?.atMs ?? 0) - (meanwhile[0]?.atMs ?? 0);
}
