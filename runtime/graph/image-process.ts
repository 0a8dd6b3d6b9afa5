import { buffer } from 'node:stream/consumers';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { readImageHeader } from './image-header.ts';

/**
 * The program that draws one image anew: the image comes on stdin, a PNG goes out on stdout. What is wrong with the
 * image is told on stderr, with exit code 1.
 */

/** No picture is larger than this, so no image in it needs to be. */
const KEPT_SIDE_PX = 1920;
/** Drawings have no size of their own worth keeping: as large as a full-width watermark may need. */
const DRAWING_SIDE_PX = 1280;

async function asPng(bytes: Buffer): Promise<Buffer> {
  const isDrawing = readImageHeader(bytes)?.format === 'svg';
  const image = await loadImage(bytes);
  const longest = Math.max(image.width, image.height);
  if (!(longest > 0)) throw new Error('it has no size');
  const scale = isDrawing ? DRAWING_SIDE_PX / longest : Math.min(1, KEPT_SIDE_PX / longest);
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const context = createCanvas(width, height).getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, width, height);
  return context.canvas.encode('png');
}

try {
  process.stdout.write(await asPng(await buffer(process.stdin)));
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
