import type { AVPixelFormat } from 'node-av/constants';
import type { Frame, SoftwareScaleContext } from 'node-av/lib';
import type { CoveringScale } from '../cover.ts';
import type { Canvas, Rectangle, Size } from '../engine.ts';
import { copyPart } from '../planes.ts';
import { checkResult } from './library.ts';
import type { NodeAv } from './library.ts';
import { createFramePicture } from './pictures.ts';
import type { FramePicture } from './pictures.ts';

/** `scaled` is made for the first picture that is only copied from there. */
type Way = { context: SoftwareScaleContext; scaled?: FramePicture };

/** Ways kept: a picture's size changes with its sender's layers, its place with the layout. */
const KEPT_WAYS = 3;

/**
 * Scales pictures of one source, keeping a context and a picture for each pair of sizes.
 *
 * A frame is scaled into a picture of its own and copied from there. Scaling into the canvas at once spares the copy
 * (0.03 ms for a quarter of 720p), but needs the frame's memory as buffers, and making those for each decoded frame had
 * the garbage collector take a sixth of the process's time; and FFmpeg's vector code writes up to 15 bytes beyond a row.
 */
export class Scaler {
  readonly #av: NodeAv;
  readonly #ways = new Map<string, Way>();

  constructor(av: NodeAv) {
    this.#av = av;
  }

  /**
   * Scales a frame, of any pixel format, and copies the part that fills a rectangle of a canvas there.
   *
   * @returns false when FFmpeg cannot; the canvas is as it was.
   */
  draw(source: Frame, size: Size, scale: CoveringScale, canvas: Canvas, target: Rectangle): boolean {
    const way = this.#wayTo(source, size, scale);
    way.scaled ??= createFramePicture(this.#av, scale);
    if (way.context.scaleFrameSync(way.scaled.frame, source) < 0) return false;
    copyPart(way.scaled, scale.left, scale.top, canvas, target);
    return true;
  }

  /**
   * Scales a whole frame, of any pixel format, into a picture.
   *
   * @returns false when FFmpeg cannot.
   */
  scale(source: Frame, size: Size, target: FramePicture): boolean {
    // Synchronous: node-av 6.1's asynchronous `scale` ended the process with a segmentation fault in half of all runs.
    return this.#wayTo(source, size, target).context.scaleFrameSync(target.frame, source) >= 0;
  }

  /** Scales a whole picture into another. */
  scaleWhole(source: FramePicture, target: FramePicture): void {
    const { context } = this.#wayTo(source.frame, source, target);
    checkResult(this.#av, context.scaleFrameSync(target.frame, source.frame), 'Scaling the composed picture');
  }

  close(): void {
    for (const way of this.#ways.values()) free(way);
    this.#ways.clear();
  }

  #wayTo(source: Frame, from: Size, to: Size): Way {
    const { format } = source;
    const key = `${from.width}x${from.height} ${format} ${to.width}x${to.height}`;
    const known = this.#ways.get(key);
    if (known !== undefined) return known;
    const { AV_PIX_FMT_YUV420P, SWS_BILINEAR } = this.#av.constants;
    const context = new this.#av.SoftwareScaleContext();
    // A decoder's frames are pictures: their format is one of pixels.
    const pixelFormat = format as AVPixelFormat;
    context.getContext(
      from.width,
      from.height,
      pixelFormat,
      to.width,
      to.height,
      AV_PIX_FMT_YUV420P,
      SWS_BILINEAR,
    );
    const way: Way = { context };
    this.#ways.set(key, way);
    this.#dropOldest();
    return way;
  }

  #dropOldest(): void {
    const [oldest] = this.#ways;
    if (oldest === undefined || this.#ways.size <= KEPT_WAYS) return;
    free(oldest[1]);
    this.#ways.delete(oldest[0]);
  }
}

const free = ({ context, scaled }: Way): void => {
  context.freeContext();
  scaled?.frame.free();
};
