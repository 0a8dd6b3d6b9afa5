import type { Recognised } from '../../types.ts';
import type { NativeWord } from './library.ts';

/** A feature frame of PocketSphinx, by its default of 100 a second. */
export const FRAME_MS = 10;
/** Base of the logarithms in which it keeps probabilities, by its default `-logbase`. */
const LOG_BASE = 1.0001;

/**
 * Its words as a text. Silences, noises and sentence marks (`<s>`, `<sil>`, `[NOISE]`, `++UM++`) are none, and the
 * number of a pronunciation (`good(2)`) is not spoken.
 *
 * @param firstFrame - Of the utterance: a decoder numbers its frames through all of them.
 * @param withConfidence - Probabilities are known once the utterance has ended only.
 */
export function recognisedOf(
  words: readonly NativeWord[],
  language: string,
  firstFrame: number,
  withConfidence: boolean,
): Recognised {
  const spoken = words
    .filter(({ text }) => !/^[<[+]/.test(text))
    .map(({ text, firstFrame: first, lastFrame: last, posterior }) => ({
      text: text.replace(/\(\d+\)$/, ''),
      startMs: Math.max(0, first - firstFrame) * FRAME_MS,
      endMs: Math.max(0, last + 1 - firstFrame) * FRAME_MS,
      ...(withConfidence ? { confidence: Math.min(1, Math.round(LOG_BASE ** posterior * 1000) / 1000) } : {}),
    }));
  return { text: spoken.map(({ text }) => text).join(' '), language, words: spoken };
}
