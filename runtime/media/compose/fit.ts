import type { Rectangle } from '../engine/index.ts';
import { evenFloor } from './cell.ts';
import type { Cell } from './cell.ts';

/** An upright picture in a wide cell loses this share of its height at most; beyond it, heads would be cut off. */
const MOST_HEIGHT_CROPPED = 0.5;

/** Which part of a source's picture goes where on the canvas. All numbers are even. */
export type Fit = { crop: Rectangle; target: Rectangle };

/**
 * Places a picture of `width` by `height` pixels (square pixels, as it is to be seen) into a cell without
 * distorting it: `cover` fills the cell and crops what is too much on both sides alike, `contain` shows all of it
 * in the middle. A telephone's upright picture in a wide cell is shown whole where too little of it would be left.
 */
export const fitPicture = (cell: Cell, width: number, height: number): Fit => {
  const whole: Rectangle = { x: 0, y: 0, width: evenFloor(width), height: evenFloor(height) };
  const wider = width * cell.height > height * cell.width;
  const heightShown = (width * cell.height) / (height * cell.width);
  if (cell.fit === 'cover' && heightShown >= 1 - MOST_HEIGHT_CROPPED) {
    const cropped = wider
      ? { width: evenSide((height * cell.width) / cell.height, whole.width), height: whole.height }
      : { width: whole.width, height: evenSide((width * cell.height) / cell.width, whole.height) };
    return { crop: centred(cropped, whole), target: rectangleOf(cell) };
  }
  const shrunk = wider
    ? { width: cell.width, height: evenSide((height * cell.width) / width, cell.height) }
    : { width: evenSide((width * cell.height) / height, cell.width), height: cell.height };
  return { crop: whole, target: centred(shrunk, cell) };
};

const rectangleOf = ({ x, y, width, height }: Rectangle): Rectangle => ({ x, y, width, height });

/** The nearest even length, at least 2 and at most `limit`. */
const evenSide = (length: number, limit: number): number =>
  Math.min(limit, Math.max(2, 2 * Math.round(length / 2)));

const centred = (size: { width: number; height: number }, box: Rectangle): Rectangle => ({
  x: box.x + evenFloor((box.width - size.width) / 2),
  y: box.y + evenFloor((box.height - size.height) / 2),
  ...size,
});
