import type { Look } from '../types.ts';

/** The colours a theme is made of, `#rrggbb`. */
export type Theme = {
  /** Behind and between the tiles. */
  ground: string;
  /** A tile without a picture, and beside a picture that does not fill its tile. */
  tile: string;
  ink: string;
  quietInk: string;
  /** Around whoever speaks. */
  voice: string;
};

/** The pages' own colours, so that a recording looks like the room it was made in. */
const themes: Record<Look['theme'], Theme> = {
  DARK: { ground: '#0e1513', tile: '#1c2724', ink: '#eef3f0', quietInk: '#a3b3ad', voice: '#f6b93b' },
  LIGHT: { ground: '#f3f1ea', tile: '#e3e0d4', ink: '#17211e', quietInk: '#545d57', voice: '#e09a10' },
  DEFAULT: { ground: '#123029', tile: '#1d453c', ink: '#eef3f0', quietInk: '#a9c6bd', voice: '#f6b93b' },
};

export const themeOf = (look: Look): Theme => themes[look.theme];

/** Discs behind initials: apart from one another, and white reads on each (contrast at least 4.5). */
const discColours = [
  '#0f6b5f',
  '#8a4b12',
  '#5a4fb0',
  '#a03a5c',
  '#2f6596',
  '#5d6b1e',
  '#8b3fa0',
  '#b03a2a',
] as const;

/** One person has one colour, in every composition. */
export const discColourOf = (participantId: string): string => {
  let hash = 0;
  for (let index = 0; index < participantId.length; index++) {
    hash = (Math.imul(hash, 31) + participantId.charCodeAt(index)) >>> 0;
  }
  return discColours[hash % discColours.length] ?? discColours[0];
};
