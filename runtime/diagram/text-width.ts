/**
 * How wide text is in a sans-serif font, roughly: diagrams are laid out where no font can be asked, too. Widths are
 * those of Inter and of Segoe UI, whichever is wider, in parts of the font's size; a fifth wider when bold.
 */
const byCharacter = new Map<string, number>(
  (
    [
      ["ijl|!'.,:;", 0.29],
      [' fIt()[]{}/\\r-"`', 0.37],
      ['abdeghknopquvxyz0123456789cs_+<>=~?$€#', 0.6],
      ['ABCDEFGHKLNOPQRSTUVXYZ&', 0.72],
      ['mwMW@%…→', 0.94],
    ] as const
  ).flatMap(([characters, width]) => characters.split('').map((character) => [character, width])),
);
const OTHER_WIDTH = 0.65;
/** From the CJK radicals on: ideographs, full-width forms and emoji. */
const FIRST_WIDE_CODE_POINT = 0x2e80;
const WIDE_WIDTH = 1.1;
const BOLD = 1.06;

export type TextStyle = { sizePx: number; isBold: boolean };

/** Of the two lines of a node, and of the label of an edge. */
export const textStyles = {
  label: { sizePx: 13, isBold: true },
  detail: { sizePx: 11, isBold: false },
  edge: { sizePx: 11, isBold: false },
} as const satisfies Record<string, TextStyle>;

const graphemes = new Intl.Segmenter();

/** Width in CSS pixels. */
export function textWidth(text: string, { sizePx, isBold }: TextStyle): number {
  let ems = 0;
  for (const character of text) {
    const isWide = (character.codePointAt(0) ?? 0) >= FIRST_WIDE_CODE_POINT;
    ems += byCharacter.get(character) ?? (isWide ? WIDE_WIDTH : OTHER_WIDTH);
  }
  return ems * sizePx * (isBold ? BOLD : 1);
}

/** The text, or its beginning and an ellipsis: no wider than `widthPx`. */
export function shortenText(text: string, style: TextStyle, widthPx: number): string {
  if (textWidth(text, style) <= widthPx) {
    return text;
  }
  const room = widthPx - textWidth('…', style);
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += textWidth(segment, style);
    if (width > room) {
      break;
    }
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}
