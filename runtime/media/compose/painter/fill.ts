import type { Canvas, Rectangle } from '../../engine/index.ts';
import type { Yuv } from './colour.ts';

const fillPlane = (
  plane: Uint8Array,
  stride: number,
  value: number,
  x: number,
  y: number,
  width: number,
  height: number,
): void => {
  for (let line = y; line < y + height; line++) {
    plane.fill(value, line * stride + x, line * stride + x + width);
  }
};

/** Fills a rectangle of even coordinates with one colour. */
export const fillRectangle = (picture: Canvas, { x, y, width, height }: Rectangle, colour: Yuv): void => {
  fillPlane(picture.y, picture.yStride, colour.y, x, y, width, height);
  fillPlane(picture.u, picture.uStride, colour.u, x / 2, y / 2, Math.ceil(width / 2), Math.ceil(height / 2));
  fillPlane(picture.v, picture.vStride, colour.v, x / 2, y / 2, Math.ceil(width / 2), Math.ceil(height / 2));
};
