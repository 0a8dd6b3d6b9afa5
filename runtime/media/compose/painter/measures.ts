import type { Rectangle, Size } from '../../engine/index.ts';
import { evenFloor } from '../cell.ts';

const shorterSide = ({ width, height }: Size): number => Math.min(width, height);

/** Letters of names: 20 pixels at 720 lines, less in small tiles, never less than can be read. */
export const labelSizePx = (tile: Size, canvas: Size): number =>
  Math.round(Math.max(10, Math.min(shorterSide(canvas) / 36, tile.height / 8)));

/** Space between a tile's edge and the plate of its name. */
export const labelMarginPx = (tile: Size, canvas: Size): number =>
  Math.max(2, evenFloor(labelSizePx(tile, canvas) * 0.55));

/** Rounding of a tile; one that fills the canvas has none. */
export const cornerRadiusPx = (tile: Rectangle, canvas: Size): number => {
  if (tile.width >= evenFloor(canvas.width) && tile.height >= evenFloor(canvas.height)) return 0;
  return Math.max(2, evenFloor(Math.min(shorterSide(canvas) / 60, shorterSide(tile) / 8)));
};

/** The line around whoever speaks. */
export const ringThicknessPx = (canvas: Size): number => Math.max(2, evenFloor(shorterSide(canvas) / 180));

export const discDiameterPx = (tile: Size, canvas: Size): number =>
  evenFloor(Math.max(8, Math.min(shorterSide(tile) * 0.44, shorterSide(canvas) * 0.3)));

export const noticeSizePx = (canvas: Size): number => Math.round(shorterSide(canvas) / 24);
