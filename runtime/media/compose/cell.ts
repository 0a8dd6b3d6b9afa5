import type { Rectangle } from '../engine/index.ts';
import type { SourceId } from './types.ts';

/** A place on the canvas and who stands in it. Coordinates and sizes are even, as 4:2:0 pictures need it. */
export type Cell = Rectangle & {
  participantId: string;
  /** Null where there is no picture: initials stand for it. */
  source: SourceId | null;
  kind: 'camera' | 'screen';
  /** `cover` fills the cell and crops; `contain` shows everything, as a shared screen needs it. */
  fit: 'cover' | 'contain';
  /** The large place of a layout that has one. */
  main: boolean;
};

/** `value` or the next even number below. */
export const evenFloor = (value: number): number => 2 * Math.floor(value / 2);
