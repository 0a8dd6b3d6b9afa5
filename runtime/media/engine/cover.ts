import type { Rectangle, Size } from './engine.ts';

/**
 * How a whole picture is scaled so that a part of it fills a target, and where that part then begins. Scaling the whole
 * and copying the part needs no pointer into the decoder's memory.
 */
export type CoveringScale = Size & { left: number; top: number };

/** All numbers are even, as 4:2:0 pictures need it. */
export const coveringScale = (natural: Size, crop: Rectangle, target: Size): CoveringScale => {
  const width = coveringWidth(natural, crop, target);
  const height = scaledHeight(natural, width);
  return {
    width,
    height,
    left: scaledOffset(crop.x, width / natural.width, width - target.width),
    top: scaledOffset(crop.y, height / natural.height, height - target.height),
  };
};

/** The height that belongs to a width; ffmpeg rounds likewise (`scale=w:-2`). */
export const scaledHeight = (natural: Size, width: number): number =>
  Math.max(2, 2 * Math.round((width * natural.height) / natural.width / 2));

/** The least even width at which the part covers the target. */
const coveringWidth = (natural: Size, crop: Rectangle, target: Size): number => {
  // A hundredth of a pixel is no reason for two more.
  let width = Math.max(target.width, 2 * Math.ceil((natural.width * target.width) / crop.width / 2 - 0.01));
  while (scaledHeight(natural, width) < target.height) width += 2;
  return width;
};

const scaledOffset = (offset: number, scale: number, limit: number): number =>
  Math.min(limit, 2 * Math.round((offset * scale) / 2));
