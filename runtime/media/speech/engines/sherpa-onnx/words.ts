import type { TranscribedWord } from '../../../../contract/index.ts';

/** How long a last word is taken to be that nothing follows: models say where tokens begin only. */
const LAST_WORD_SECONDS = 0.3;
/** Languages whose tokens are characters and not parts of words. */
const IDEOGRAPH = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/**
 * Puts tokens together to words. A token that begins a word begins with a space (or SentencePiece’s `▁`).
 *
 * @param timestamps - Where each token begins, seconds.
 * @param durationSeconds - Of the utterance.
 * @returns null when the model says no times
 */
export function wordsOf(
  tokens: readonly string[] | undefined,
  timestamps: readonly number[] | undefined,
  durationSeconds: number,
): TranscribedWord[] | null {
  if (tokens === undefined || timestamps === undefined || tokens.length !== timestamps.length) return null;
  const words: { text: string; start: number }[] = [];
  for (const [index, token] of tokens.entries()) {
    const start = timestamps[index] ?? 0;
    const text = token.replace(/^[\s▁]+/, '');
    const last = words.at(-1);
    const beginsWord = text !== token || IDEOGRAPH.test(text) || last === undefined;
    if (beginsWord) words.push({ text, start });
    else last.text += text;
  }
  return words
    .map(({ text, start }, index) => {
      const next = words[index + 1]?.start ?? Math.min(start + LAST_WORD_SECONDS, durationSeconds);
      return { text, startMs: Math.round(start * 1000), endMs: Math.round(Math.max(start, next) * 1000) };
    })
    .filter(({ text }) => text !== '');
}
