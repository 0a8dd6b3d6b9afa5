import { fileURLToPath } from 'node:url';
import { GlobalFonts } from '@napi-rs/canvas';

/** Inter comes in one file a script; the first that has a character draws it, then the system's fonts. */
const scripts = [
  'latin',
  'latin-ext',
  'cyrillic',
  'cyrillic-ext',
  'greek',
  'greek-ext',
  'vietnamese',
] as const;
const weights = [500, 600] as const;
type Weight = (typeof weights)[number];

const familyOf = (script: string, weight: Weight): string => `Roomflow ${script} ${weight}`;

let registered = false;

/** A file that cannot be read leaves its script to the system's fonts. */
const register = (): void => {
  if (registered) return;
  registered = true;
  for (const weight of weights) {
    for (const script of scripts) {
      const file = import.meta.resolve(`@fontsource/inter/files/inter-${script}-${weight}-normal.woff2`);
      GlobalFonts.registerFromPath(fileURLToPath(file), familyOf(script, weight));
    }
  }
};

/** The value of a canvas's `font` for Inter in that size, in pixels. */
export const fontOf = (sizePx: number, weight: Weight): string => {
  register();
  const families = scripts.map((script) => `"${familyOf(script, weight)}"`).join(', ');
  return `${sizePx}px ${families}, sans-serif`;
};
