import { createCanvas } from '@napi-rs/canvas';
import type { Image } from '@napi-rs/canvas';
import type { Canvas } from '../../engine/index.ts';
import { createPicture } from '../picture.ts';

/** An image over the whole canvas, as large as it must be to leave nothing free. Both sides are even. */
export const drawBackground = (image: Image, width: number, height: number, ground: string): Canvas => {
  const context = createCanvas(width, height).getContext('2d');
  context.fillStyle = ground;
  context.fillRect(0, 0, width, height);
  const scale = Math.max(width / image.width, height / image.height);
  const [drawnWidth, drawnHeight] = [image.width * scale, image.height * scale];
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, (width - drawnWidth) / 2, (height - drawnHeight) / 2, drawnWidth, drawnHeight);
  return pictureOf(context.getImageData(0, 0, width, height).data, width, height);
};

/**
 * Opaque RGBA as planes, with the numbers of `colour.ts` in 16-bit fixed point: this runs while pictures are due, and
 * is several times as fast as going through sprites.
 */
const pictureOf = (rgba: Uint8ClampedArray, width: number, height: number): Canvas => {
  const picture = createPicture(width, height);
  for (let line = 0, at = 0; line < height; line++) {
    for (let column = 0; column < width; column++, at++) {
      const red = rgba[4 * at] ?? 0;
      const green = rgba[4 * at + 1] ?? 0;
      const blue = rgba[4 * at + 2] ?? 0;
      picture.y[at] = (16_829 * red + 33_039 * green + 6_416 * blue + 1_081_344) >> 16;
    }
  }
  const half = width / 2;
  for (let line = 0, at = 0; line < height / 2; line++) {
    for (let column = 0; column < half; column++, at++) {
      const first = 8 * (line * width + column);
      const below = first + 4 * width;
      const red = sumOfFour(rgba, first, below);
      const green = sumOfFour(rgba, first + 1, below + 1);
      const blue = sumOfFour(rgba, first + 2, below + 2);
      picture.u[at] = (-9_714 * red - 19_070 * green + 28_784 * blue + 33_685_504) >> 18;
      picture.v[at] = (28_784 * red - 24_103 * green - 4_681 * blue + 33_685_504) >> 18;
    }
  }
  return picture;
};

/** One channel of two neighbours and of the two below them. */
const sumOfFour = (rgba: Uint8ClampedArray, at: number, below: number): number =>
  (rgba[at] ?? 0) + (rgba[at + 4] ?? 0) + (rgba[below] ?? 0) + (rgba[below + 4] ?? 0);
