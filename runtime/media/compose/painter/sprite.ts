import type { Canvas } from '../../engine/index.ts';
import { toYuv } from './colour.ts';

/**
 * A small picture with transparency, ready to be blended into 4:2:0 planes at an even place. Only what is not
 * transparent is kept in `runs`, so a frame costs what it shows and not what it surrounds.
 */
export type Sprite = {
  readonly width: number;
  readonly height: number;
  readonly luma: SpritePlane;
  readonly chroma: {
    readonly u: Uint8Array;
    readonly v: Uint8Array;
    readonly cover: Uint8Array;
    readonly runs: Int32Array;
  };
};

type SpritePlane = {
  readonly y: Uint8Array;
  readonly cover: Uint8Array;
  /** Triples of line, first column and length. */
  readonly runs: Int32Array;
};

/** Makes a sprite of straight (not premultiplied) RGBA pixels; both sides must be even. */
export const spriteFromRgba = (
  rgba: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
  opacity = 1,
): Sprite => {
  const y = new Uint8Array(width * height);
  const cover = new Uint8Array(width * height);
  const half = width / 2;
  const chromaSize = half * (height / 2);
  const sumU = new Float32Array(chromaSize);
  const sumV = new Float32Array(chromaSize);
  const sumCover = new Float32Array(chromaSize);
  for (let line = 0; line < height; line++) {
    for (let column = 0; column < width; column++) {
      const at = line * width + column;
      const alpha = at4(rgba, at, 3) * opacity;
      if (alpha === 0) continue;
      const colour = toYuv(at4(rgba, at, 0), at4(rgba, at, 1), at4(rgba, at, 2));
      y[at] = colour.y;
      cover[at] = Math.round(alpha);
      const chromaAt = (line >> 1) * half + (column >> 1);
      // Weighted by alpha, else the colour of invisible pixels would bleed into the edge.
      sumU[chromaAt] = (sumU[chromaAt] ?? 0) + colour.u * alpha;
      sumV[chromaAt] = (sumV[chromaAt] ?? 0) + colour.v * alpha;
      sumCover[chromaAt] = (sumCover[chromaAt] ?? 0) + alpha;
    }
  }
  const u = new Uint8Array(chromaSize);
  const v = new Uint8Array(chromaSize);
  const chromaCover = new Uint8Array(chromaSize);
  for (let at = 0; at < chromaSize; at++) {
    const sum = sumCover[at] ?? 0;
    if (sum === 0) continue;
    u[at] = Math.round((sumU[at] ?? 0) / sum);
    v[at] = Math.round((sumV[at] ?? 0) / sum);
    chromaCover[at] = Math.round(sum / 4);
  }
  return {
    width,
    height,
    luma: { y, cover, runs: visibleRuns(cover, width, height) },
    chroma: { u, v, cover: chromaCover, runs: visibleRuns(chromaCover, half, height / 2) },
  };
};

/** The same shape in the colours of `picture` at that place: blending it brings the picture back there. */
export const recolourSprite = (shape: Sprite, picture: Canvas, x: number, y: number): Sprite => {
  const half = shape.width / 2;
  const chromaHeight = shape.height / 2;
  return {
    ...shape,
    luma: { ...shape.luma, y: cutOut(picture.y, picture.yStride, x, y, shape.width, shape.height) },
    chroma: {
      ...shape.chroma,
      u: cutOut(picture.u, picture.uStride, x / 2, y / 2, half, chromaHeight),
      v: cutOut(picture.v, picture.vStride, x / 2, y / 2, half, chromaHeight),
    },
  };
};

/** Blends a sprite into a picture; it must lie inside, at even coordinates. Allocates nothing. */
export const blendSprite = (sprite: Sprite, picture: Canvas, x: number, y: number): void => {
  const { luma, chroma, width } = sprite;
  blendPlane(luma.y, luma.cover, luma.runs, width, picture.y, picture.yStride, y * picture.yStride + x);
  const half = width / 2;
  const left = x / 2;
  const top = y / 2;
  blendPlane(
    chroma.u,
    chroma.cover,
    chroma.runs,
    half,
    picture.u,
    picture.uStride,
    top * picture.uStride + left,
  );
  blendPlane(
    chroma.v,
    chroma.cover,
    chroma.runs,
    half,
    picture.v,
    picture.vStride,
    top * picture.vStride + left,
  );
};

const at4 = (rgba: Uint8Array | Uint8ClampedArray, pixel: number, channel: number): number =>
  rgba[pixel * 4 + channel] ?? 0;

const visibleRuns = (cover: Uint8Array, width: number, height: number): Int32Array => {
  const runs: number[] = [];
  for (let line = 0; line < height; line++) {
    let start = -1;
    for (let column = 0; column <= width; column++) {
      const visible = column < width && cover[line * width + column] !== 0;
      if (visible && start < 0) start = column;
      if (!visible && start >= 0) {
        runs.push(line, start, column - start);
        start = -1;
      }
    }
  }
  return Int32Array.from(runs);
};

const cutOut = (
  plane: Uint8Array,
  stride: number,
  x: number,
  y: number,
  width: number,
  height: number,
): Uint8Array => {
  const cut = new Uint8Array(width * height);
  for (let line = 0; line < height; line++) {
    const from = (y + line) * stride + x;
    cut.set(plane.subarray(from, from + width), line * width);
  }
  return cut;
};

const blendPlane = (
  source: Uint8Array,
  cover: Uint8Array,
  runs: Int32Array,
  width: number,
  target: Uint8Array,
  stride: number,
  origin: number,
): void => {
  for (let run = 0; run < runs.length; run += 3) {
    const line = runs[run] ?? 0;
    const column = runs[run + 1] ?? 0;
    const length = runs[run + 2] ?? 0;
    let from = line * width + column;
    let to = origin + line * stride + column;
    for (const end = from + length; from < end; from++, to++) {
      const alpha = cover[from] ?? 0;
      const below = target[to] ?? 0;
      // 255 becomes 256, so that an opaque pixel is copied exactly.
      target[to] = below + ((((source[from] ?? 0) - below) * (alpha + (alpha >> 7))) >> 8);
    }
  }
};
