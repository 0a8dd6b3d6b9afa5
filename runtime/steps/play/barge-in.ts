/** Louder than -50 dBov counts as speech; room noise of common microphones stays below. */
const SPEECH_LEVEL = 50;
/** For so long: a cough or a key stroke interrupts nobody. */
const LEAST_SPEECH_MS = 200;
/** Between words it is quiet for a moment. */
const LONGEST_PAUSE_MS = 100;

/** What is known of somebody who may be about to speak; null: silent. Times are milliseconds. */
export type Speaking = { sinceMs: number; lastLoudMs: number } | null;

/**
 * Takes note of one audio level (RFC 6464: 0 is loudest, 127 silence). Pure.
 *
 * @returns whether this is speech by now that interrupts whoever speaks
 */
export function hearLevel(
  before: Speaking,
  level: number,
  atMs: number,
): { speaking: Speaking; interrupts: boolean } {
  const goesOn = before !== null && atMs - before.lastLoudMs <= LONGEST_PAUSE_MS;
  if (level > SPEECH_LEVEL) {
    return { speaking: goesOn ? before : null, interrupts: false };
  }
  const sinceMs = goesOn ? before.sinceMs : atMs;
  return { speaking: { sinceMs, lastLoudMs: atMs }, interrupts: atMs - sinceMs >= LEAST_SPEECH_MS };
}
