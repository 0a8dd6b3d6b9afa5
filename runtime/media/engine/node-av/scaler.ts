import type { Frame, SoftwareScaleContext } from 'node-av/lib';
import type { Canvas, Rectangle, Size } from '../engine.ts';
import { copyPart } from '../planes.ts';
import { checkResult } from './library.ts';
import type { NodeAv } from './library.ts';
import { createFramePicture } from './pictures.ts';
import type { FramePicture } from './pictures.ts';

/** Contexts kept: a picture's size changes with its sender's layers, its place with the layout. */
const KEPT_CONTEXTS = 4;
/** At multiples of this width FFmpeg's vector code writes nothing beyond the row, in luma and chroma. */
const EXACT_WIDTH = 32;

/** Scales pictures of one source, keeping one context for each pair of sizes. */
export class Scaler {
  readonly #av: NodeAv;
  readonly #contexts = new Map<string, SoftwareScaleContext>();
  #between: FramePicture | undefined;

  constructor(av: NodeAv) {
    this.#av = av;
  }

  /**
   * Scales a part of a 4:2:0 picture into a rectangle of a canvas. Synchronous, because the asynchronous `scale` of
   * node-av 6.1 ended the process with a segmentation fault in half of all runs; 1280x720 to 640x360 takes 0.3 ms.
   */
  scale(source: Canvas, format: Frame['format'], crop: Rectangle, canvas: Canvas, target: Rectangle): void {
    const context = this.#contextFor(crop, format, target);
    const exact = target.width % EXACT_WIDTH === 0;
    const onto = exact ? canvas : this.#intermediate(target);
    const result = context.scaleSync(
      planesFrom(source, crop.x, crop.y),
      stridesOf(source),
      0,
      crop.height,
      exact ? planesFrom(onto, target.x, target.y) : planesFrom(onto, 0, 0),
      stridesOf(onto),
    );
    checkResult(this.#av, result, `Scaling ${crop.width}x${crop.height} to ${target.width}x${target.height}`);
    if (!exact) copyPart(onto, 0, 0, canvas, target);
  }

  close(): void {
    for (const context of this.#contexts.values()) context.freeContext();
    this.#contexts.clear();
    this.#between?.frame.free();
    this.#between = undefined;
  }

  #contextFor(from: Size, format: Frame['format'], to: Size): SoftwareScaleContext {
    const key = `${from.width}x${from.height} ${format} ${to.width}x${to.height}`;
    const known = this.#contexts.get(key);
    if (known !== undefined) return known;
    const { AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P, SWS_BILINEAR } = this.#av.constants;
    const sourceFormat = format === AV_PIX_FMT_YUVJ420P ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P;
    const context = new this.#av.SoftwareScaleContext();
    context.getContext(
      from.width,
      from.height,
      sourceFormat,
      to.width,
      to.height,
      AV_PIX_FMT_YUV420P,
      SWS_BILINEAR,
    );
    this.#contexts.set(key, context);
    this.#dropOldest();
    return context;
  }

  #dropOldest(): void {
    const [oldest] = this.#contexts;
    if (oldest === undefined || this.#contexts.size <= KEPT_CONTEXTS) return;
    oldest[1].freeContext();
    this.#contexts.delete(oldest[0]);
  }

  #intermediate({ width, height }: Size): FramePicture {
    if (this.#between?.width !== width || this.#between.height !== height) {
      this.#between?.frame.free();
      this.#between = createFramePicture(this.#av, { width, height });
    }
    return this.#between;
  }
}

/** A picture's planes from one of its pixels on; the coordinates are even. */
const planesFrom = (picture: Canvas, x: number, y: number): Buffer[] => [
  from(picture.y, y * picture.yStride + x),
  from(picture.u, (y / 2) * picture.uStride + x / 2),
  from(picture.v, (y / 2) * picture.vStride + x / 2),
];

const from = (plane: Uint8Array, offset: number): Buffer =>
  Buffer.from(plane.buffer, plane.byteOffset + offset, plane.byteLength - offset);

const stridesOf = ({ yStride, uStride, vStride }: Canvas): number[] => [yStride, uStride, vStride];
