import { createCanvas, loadImage } from '@napi-rs/canvas';
import type { Colour } from '../oracle/index.ts';

/** A JPEG picture's size, and its colour at a place: 0 to 1 across and down. */
export async function readJpeg(
  data: Uint8Array,
  at: { across: number; down: number },
): Promise<{ width: number; height: number; colour: Colour }> {
  const image = await loadImage(Buffer.from(data));
  const { width, height } = image;
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  const [red = 0, green = 0, blue = 0] = context.getImageData(
    Math.floor(at.across * (width - 1)),
    Math.floor(at.down * (height - 1)),
    1,
    1,
  ).data;
  return { width, height, colour: { red, green, blue } };
}
