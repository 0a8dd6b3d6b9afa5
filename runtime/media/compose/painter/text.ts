import { createCanvas } from '@napi-rs/canvas';
import type { SKRSContext2D } from '@napi-rs/canvas';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What a reader calls a character: an accent or the parts of an emoji stay together. */
const charactersOf = (text: string): string[] => Array.from(graphemes.segment(text), (part) => part.segment);

/** One line of text: control characters and runs of white space become single spaces. */
export const oneLine = (text: string): string => text.replace(/[\s\p{Cc}\p{Cf}]+/gu, joinerOrSpace).trim();

/** Joiners hold emoji and some scripts together; other format characters would only disturb the line. */
const joinerOrSpace = (match: string): string => (/^[\u200c\u200d]+$/.test(match) ? match : ' ');

let measuring: SKRSContext2D | undefined;

const widthOf = (text: string, font: string): number => {
  measuring ??= createCanvas(2, 2).getContext('2d');
  measuring.font = font;
  return measuring.measureText(text).width;
};

export type FittedText = { text: string; widthPx: number };

/** The text, or as many of its characters as fit with an ellipsis behind them. */
export const fitText = (text: string, font: string, roomPx: number): FittedText => {
  const widthPx = widthOf(text, font);
  if (widthPx <= roomPx) return { text, widthPx };
  const characters = charactersOf(text);
  let fitting = 0;
  let tooMany = characters.length;
  while (tooMany - fitting > 1) {
    const middle = (fitting + tooMany) >> 1;
    if (widthOf(shortened(characters, middle), font) <= roomPx) fitting = middle;
    else tooMany = middle;
  }
  const short = shortened(characters, fitting);
  return { text: short, widthPx: widthOf(short, font) };
};

const shortened = (characters: string[], count: number): string =>
  `${characters.slice(0, count).join('').trimEnd()}…`;

/** Up to two initials of a name: of its first and its last word. */
export const initialsOf = (name: string): string => {
  const words = oneLine(name)
    .split(' ')
    .map((word) =>
      charactersOf(word).find((character) => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(character)),
    )
    .filter((character) => character !== undefined);
  const initials = words.length > 1 ? [words[0], words.at(-1)] : words;
  return initials.join('').toLocaleUpperCase('en');
};
