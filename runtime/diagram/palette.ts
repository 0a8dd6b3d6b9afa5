import type { Tone } from './tone.ts';
import type { DiagramNode } from './types.ts';

export type Palette = {
  ground: string;
  card: string;
  line: string;
  ink: string;
  inkQuiet: string;
  edge: string;
  edgeEnd: string;
  shadow: string;
  /** Ground and ink of the icon. */
  kinds: Readonly<Record<DiagramNode['kind'], readonly [ground: string, ink: string]>>;
  /** Ground and ink of the sign of a state. */
  tones: Readonly<Record<Exclude<Tone, 'none'>, readonly [ground: string, ink: string]>>;
};

/** The colours of the pages; ink on its ground has a contrast of 4.5 at least. */
export const palettes: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    ground: '#f3f1ea',
    card: '#fffefa',
    line: '#d9d5c7',
    ink: '#17211e',
    inkQuiet: '#545d57',
    edge: '#8b8877',
    edgeEnd: '#b03a2a',
    shadow: 'rgb(20 30 26 / 14%)',
    kinds: {
      event: ['#f8eaca', '#6a4a00'],
      person: ['#d8ebe4', '#0b564c'],
      track: ['#dbe7f0', '#26506d'],
      step: ['#e8e1f1', '#54437d'],
      asset: ['#e7e4d9', '#4a524d'],
    },
    tones: {
      active: ['#0f6b5f', '#ffffff'],
      waiting: ['#f6d68a', '#4f3700'],
      trouble: ['#b45309', '#ffffff'],
      failed: ['#b03a2a', '#ffffff'],
      done: ['#4f6f92', '#ffffff'],
      off: ['#d3cfc0', '#3c443f'],
    },
  },
  dark: {
    ground: '#0e1513',
    card: '#17211e',
    line: '#34443f',
    ink: '#eef3f0',
    inkQuiet: '#a3b3ad',
    edge: '#71827c',
    edgeEnd: '#ff8d7a',
    shadow: 'rgb(0 0 0 / 45%)',
    kinds: {
      event: ['#3a2f14', '#f3cd7a'],
      person: ['#173a33', '#7fdfcc'],
      track: ['#1b3444', '#9fcbe8'],
      step: ['#312a44', '#c9b8f0'],
      asset: ['#2a3733', '#b7c6c0'],
    },
    tones: {
      active: ['#5fd3bd', '#06231d'],
      waiting: ['#e3b64f', '#2b1f00'],
      trouble: ['#f59e4b', '#2b1500'],
      failed: ['#ff8d7a', '#3a0d06'],
      done: ['#8fb3da', '#0a1d31'],
      off: ['#4a5a55', '#eef3f0'],
    },
  },
};
