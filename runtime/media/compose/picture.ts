import type { Canvas } from '../engine/index.ts';

/** A black picture in plain memory, which no engine encodes from. */
export const createPicture = (width: number, height: number): Canvas => {
  const chromaStride = Math.ceil(width / 2);
  const chromaSize = chromaStride * Math.ceil(height / 2);
  return {
    width,
    height,
    y: new Uint8Array(width * height).fill(16),
    u: new Uint8Array(chromaSize).fill(128),
    v: new Uint8Array(chromaSize).fill(128),
    yStride: width,
    uStride: chromaStride,
    vStride: chromaStride,
  };
};

const copyPlane = (
  from: Uint8Array,
  fromStride: number,
  to: Uint8Array,
  toStride: number,
  width: number,
  height: number,
): void => {
  if (fromStride === toStride) {
    to.set(from.subarray(0, fromStride * (height - 1) + width));
    return;
  }
  for (let line = 0; line < height; line++) {
    to.set(from.subarray(line * fromStride, line * fromStride + width), line * toStride);
  }
};

/** Copies a whole picture into another of the same size. */
export const copyPicture = (from: Canvas, to: Canvas): void => {
  const { width, height } = from;
  const chromaWidth = Math.ceil(width / 2);
  const chromaHeight = Math.ceil(height / 2);
  copyPlane(from.y, from.yStride, to.y, to.yStride, width, height);
  copyPlane(from.u, from.uStride, to.u, to.uStride, chromaWidth, chromaHeight);
  copyPlane(from.v, from.vStride, to.v, to.vStride, chromaWidth, chromaHeight);
};
