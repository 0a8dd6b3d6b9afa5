/** A longer sentence is cut at its commas, or else between words. */
const MOST_CHARACTERS = 300;

/**
 * A text in pieces that are spoken one by one, so that the first is heard while the others are made. Together they are
 * the text, but for the white space between them. Pure.
 */
export function sentencesOf(text: string): string[] {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'sentence' });
  return [...segmenter.segment(text)]
    .flatMap(({ segment }) => cut(segment.trim()))
    .filter((sentence) => sentence !== '');
}

function cut(sentence: string): string[] {
  const pieces: string[] = [];
  let rest = sentence;
  while (rest.length > MOST_CHARACTERS) {
    const end = lastBreak(rest.slice(0, MOST_CHARACTERS));
    pieces.push(rest.slice(0, end).trim());
    rest = rest.slice(end).trim();
  }
  return [...pieces, rest];
}

/** Behind the last comma, else behind the last word, else where it is full. */
function lastBreak(text: string): number {
  for (const mark of [/[,;:](?=\s)/g, /\s/g]) {
    const last = [...text.matchAll(mark)].at(-1);
    if (last && last.index > 0) {
      return last.index + 1;
    }
  }
  return text.length;
}

/** Whether a text has anything that can be spoken: a letter or a digit of any script. Pure. */
export const isSpeakable = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);
