import type { Canvas, Rectangle } from './engine.ts';

/** Copies a picture of a rectangle's size into that rectangle of a canvas. */
export const copyInto = (picture: Canvas, canvas: Canvas, { x, y, width, height }: Rectangle): void => {
  copyRows(picture.y, picture.yStride, canvas.y, canvas.yStride, x, y, width, height);
  const [left, top, halfWidth, halfHeight] = [x / 2, y / 2, width / 2, height / 2];
  copyRows(picture.u, picture.uStride, canvas.u, canvas.uStride, left, top, halfWidth, halfHeight);
  copyRows(picture.v, picture.vStride, canvas.v, canvas.vStride, left, top, halfWidth, halfHeight);
};

const copyRows = (
  source: Uint8Array,
  sourceStride: number,
  target: Uint8Array,
  targetStride: number,
  x: number,
  y: number,
  width: number,
  height: number,
): void => {
  for (let row = 0; row < height; row++) {
    target.set(source.subarray(row * sourceStride, row * sourceStride + width), (y + row) * targetStride + x);
  }
};
