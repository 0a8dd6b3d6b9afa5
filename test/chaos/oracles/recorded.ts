import type { RecordingFile } from '../../../runtime/contract/index.ts';
import { analyseTones } from '../../support/oracle/index.ts';
import { digestOf, packetsOf, type SentFrame } from '../../support/runtime/index.ts';
import type { SentMoment } from './missing.ts';

/** Finer than a missing second by far, and long enough to tell a tone of 3 kHz from a voice. */
const TONE_WINDOW_MS = 50;
/** A tone of 18 dB below full scale in the mix of two; what is said reaches -38 dB at these pitches, silence nothing. */
const TONE_DB = -35;
/**
 * While a guest's clock is brought to the session's its sound may be 1/120 too high or too low: 25 Hz of 3 kHz, which
 * is where a window of 50 ms no longer hears the tone. Looked for in steps of half a window's width.
 */
const TONE_PITCHES = [-1, -0.5, 0, 0.5, 1].map((share) => 1 + share / 120);
/** Between when a sound was sent and where it stands in the composed file, either way. */
const TONE_PLAY_MS = 100;

export type Coverage = {
  isRecorded(moment: SentMoment): boolean;
  /** When the first of what is recorded was sent; never when nothing is. */
  firstMs: number;
  /** Up to so much more than it seems may be missing, since a moment near a recorded one counts as recorded. */
  playMs: number;
};

/** Which of the pictures sent are in the files, told by their bytes: nothing is encoded anew. */
export async function picturesIn(
  files: readonly RecordingFile[],
  sent: readonly SentFrame[],
): Promise<Coverage> {
  const recorded = new Set<string>();
  for (const { filePath } of files) {
    for (const { data } of await packetsOf(filePath, 'video')) {
      recorded.add(digestOf(data));
    }
  }
  const momentsMs = new Set(sent.filter(({ digest }) => recorded.has(digest)).map(({ atMs }) => atMs));
  return {
    isRecorded: ({ atMs }) => momentsMs.has(atMs),
    firstMs: Math.min(...momentsMs),
    playMs: 0,
  };
}

/** When the tone is to be heard in the files, which know where they stand on the session clock. */
export async function toneIn(
  files: readonly RecordingFile[],
  frequencyHz: number,
  sessionStartMs: number,
): Promise<Coverage> {
  const heard = new Set<number>();
  let firstMs = Infinity;
  for (const { filePath, meta } of files) {
    const levelsOf = await analyseTones(filePath, { windowMs: TONE_WINDOW_MS });
    for (const { atMs, db } of TONE_PITCHES.flatMap((pitch) => levelsOf(pitch * frequencyHz))) {
      if (db >= TONE_DB) {
        const heardMs = sessionStartMs + meta.startMs + atMs;
        heard.add(Math.floor(heardMs / TONE_WINDOW_MS));
        firstMs = Math.min(firstMs, heardMs);
      }
    }
  }
  const reach = TONE_PLAY_MS / TONE_WINDOW_MS;
  return {
    isRecorded({ atMs }) {
      const at = Math.floor(atMs / TONE_WINDOW_MS);
      for (let window = at - reach; window <= at + reach; window++) {
        if (heard.has(window)) {
          return true;
        }
      }
      return false;
    },
    firstMs,
    playMs: 2 * TONE_PLAY_MS,
  };
}
