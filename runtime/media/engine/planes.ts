import type { Canvas, Rectangle } from './engine.ts';

/** Copies the part of a picture that begins at (`left`, `top`) into a rectangle of a canvas. Coordinates are even. */
export const copyPart = (
  picture: Canvas,
  left: number,
  top: number,
  canvas: Canvas,
  { x, y, width, height }: Rectangle,
): void => {
  copyRows(picture.y, picture.yStride, left, top, canvas.y, canvas.yStride, x, y, width, height);
  const [fromX, fromY, toX, toY] = [left / 2, top / 2, x / 2, y / 2];
  const [columns, rows] = [width / 2, height / 2];
  copyRows(picture.u, picture.uStride, fromX, fromY, canvas.u, canvas.uStride, toX, toY, columns, rows);
  copyRows(picture.v, picture.vStride, fromX, fromY, canvas.v, canvas.vStride, toX, toY, columns, rows);
};

/** Stretches a part of a picture over a rectangle of a canvas, each pixel from the nearest. Coordinates are even. */
export const stretchPart = (picture: Canvas, crop: Rectangle, canvas: Canvas, target: Rectangle): void => {
  stretchRows(picture.y, picture.yStride, crop, canvas.y, canvas.yStride, target);
  const [halfCrop, halfTarget] = [halved(crop), halved(target)];
  stretchRows(picture.u, picture.uStride, halfCrop, canvas.u, canvas.uStride, halfTarget);
  stretchRows(picture.v, picture.vStride, halfCrop, canvas.v, canvas.vStride, halfTarget);
};

/** A picture of its own memory, its planes one after the other without gaps: as raw video goes over a pipe. */
export const picturePlanes = (memory: Buffer, width: number, height: number): Canvas => {
  const [lumaBytes, half] = [width * height, width / 2];
  const chromaBytes = half * (height / 2);
  return {
    width,
    height,
    y: memory.subarray(0, lumaBytes),
    u: memory.subarray(lumaBytes, lumaBytes + chromaBytes),
    v: memory.subarray(lumaBytes + chromaBytes, lumaBytes + 2 * chromaBytes),
    yStride: width,
    uStride: half,
    vStride: half,
  };
};

export const pictureBytes = (width: number, height: number): number => (width * height * 3) / 2;

const copyRows = (
  source: Uint8Array,
  sourceStride: number,
  left: number,
  top: number,
  target: Uint8Array,
  targetStride: number,
  x: number,
  y: number,
  width: number,
  height: number,
): void => {
  const rows = rowsOf(source, sourceStride, left, width);
  for (let row = 0; row < height; row++) {
    const from = (top + row) * sourceStride + left;
    const view = (rows[top + row] ??= source.subarray(from, from + width));
    target.set(view, (y + row) * targetStride + x);
  }
};

type Rows = { left: number; width: number; stride: number; views: (Uint8Array | undefined)[] };

/**
 * The rows of a plane that was copied from before: its memory gets one picture after the other. Making the 3000 views of
 * four guests anew for each takes longer than copying what they show.
 */
const knownRows = new WeakMap<Uint8Array, Rows>();

const rowsOf = (plane: Uint8Array, stride: number, left: number, width: number): Rows['views'] => {
  let rows = knownRows.get(plane);
  if (rows?.left !== left || rows.width !== width || rows.stride !== stride) {
    rows = { left, width, stride, views: [] };
    knownRows.set(plane, rows);
  }
  return rows.views;
};

const stretchRows = (
  source: Uint8Array,
  sourceStride: number,
  crop: Rectangle,
  target: Uint8Array,
  targetStride: number,
  { x, y, width, height }: Rectangle,
): void => {
  for (let row = 0; row < height; row++) {
    const from = (crop.y + Math.floor((row * crop.height) / height)) * sourceStride + crop.x;
    const to = (y + row) * targetStride + x;
    for (let column = 0; column < width; column++) {
      target[to + column] = source[from + Math.floor((column * crop.width) / width)] ?? 0;
    }
  }
};

const halved = ({ x, y, width, height }: Rectangle): Rectangle => ({
  x: x / 2,
  y: y / 2,
  width: width / 2,
  height: height / 2,
});
