import type { Tone } from './tone.ts';

/** The `d` of a path on a square of 16 around 0, to be drawn as a line 1.9 wide with round ends. */
export const signOf: Readonly<Record<Exclude<Tone, 'none'>, string>> = {
  active: 'M-2 -3.2L3.2 0L-2 3.2z',
  waiting: 'M-3.4 0h.01M0 0h.01M3.4 0h.01',
  trouble: 'M3.4 -1a3.5 3.5 0 1 0 0 2.2M3.6 -3.6v2.8h-2.8',
  failed: 'M0 -3.6v4M0 3.4h.01',
  done: 'M-3.3 .2l2.3 2.3 4.3 -4.6',
  off: 'M-3.2 0h6.4',
};
