import { keyFrameSize } from '../engine/index.ts';
import type { Canvas, CodecEngine, Fit, PictureSource, Rectangle, Size } from '../engine/index.ts';
import type { EncodedFrame } from '../frame.ts';

/** A picture smaller than this has nothing to be seen in it, and FFmpeg cannot scale one of a single pixel. */
const LEAST_SIDE = 16;
/** What encoders of browsers make at most. */
const MOST_SIDE = 4096;
/** Before a decoder that broke is opened anew: its sender may go on with what broke it, and opening costs. */
const REOPEN_AFTER_MS = 1000;

export type GuestPictureOptions = {
  engine: CodecEngine;
  codec: EncodedFrame['codec'];
  onKeyFrameNeeded: () => void;
  /** There is no picture any more until one comes that can be shown. */
  onLost: (reason: string) => void;
};

/**
 * The picture of one source, kept from harming the others: whatever a guest sends, a decoder or a scaler that fails
 * ends this picture alone. Then there is none until a key frame comes that can be shown.
 */
export class GuestPicture {
  readonly codec: EncodedFrame['codec'];
  readonly #options: GuestPictureOptions;
  #decoder: PictureSource | undefined;
  #lostAtMs = -Infinity;
  #isLost = false;

  constructor(options: GuestPictureOptions) {
    this.codec = options.codec;
    this.#options = options;
  }

  push(frame: EncodedFrame): void {
    try {
      if (frame.key) refuseOddSize(keyFrameSize(frame));
      this.#decoder ??= this.#open(frame);
      if (this.#decoder === undefined) this.#options.onKeyFrameNeeded();
      else this.#decoder.push(frame);
    } catch (error) {
      this.#lose(error);
    }
  }

  /** See {@link PictureSource.advance}. */
  advance(untilMs: number): 'fresh' | 'same' | 'none' {
    try {
      const moved = this.#decoder?.advance(untilMs) ?? 'none';
      // In VP9 and AV1 the size may change without a key frame.
      if (moved === 'fresh') refuseOddSize(this.size ?? undefined);
      return moved;
    } catch (error) {
      this.#lose(error);
      return 'none';
    }
  }

  get size(): Size | null {
    return this.#decoder?.size ?? null;
  }

  /**
   * See {@link PictureSource.draw}.
   *
   * @returns false when it cannot be drawn: then there is no picture any more.
   */
  draw(canvas: Canvas, crop: Rectangle, target: Rectangle, fit: Fit): boolean {
    try {
      this.#decoder?.draw(canvas, crop, target, fit);
      if (this.size !== null) return true;
      throw new Error('it cannot be scaled');
    } catch (error) {
      this.#lose(error);
      return false;
    }
  }

  close(): void {
    this.#decoder?.close();
    this.#decoder = undefined;
  }

  #open({ key, codec }: EncodedFrame): PictureSource | undefined {
    if (!key || performance.now() - this.#lostAtMs < REOPEN_AFTER_MS) return undefined;
    if (codec === 'opus' || codec === 'aac') throw new Error(`${codec} is no picture`);
    const decoder = this.#options.engine.openPictureSource({
      codec,
      onKeyFrameNeeded: this.#options.onKeyFrameNeeded,
      onFailure: (error) => {
        if (this.#decoder === decoder) this.#lose(error);
      },
    });
    this.#isLost = false;
    return decoder;
  }

  #lose(error: unknown): void {
    if (!(error instanceof OddSize)) this.#lostAtMs = performance.now();
    this.close();
    if (!this.#isLost) this.#options.onLost(error instanceof Error ? error.message : String(error));
    this.#isLost = true;
    this.#options.onKeyFrameNeeded();
  }
}

/** Not the decoder's fault: the next key frame may be shown at once. */
class OddSize extends Error {}

const refuseOddSize = (size: Size | undefined): void => {
  if (size === undefined) return;
  const { width, height } = size;
  if (Math.min(width, height) >= LEAST_SIDE && Math.max(width, height) <= MOST_SIDE) return;
  throw new OddSize(
    `its pictures of ${width}x${height} are not shown; a side has ${LEAST_SIDE} to ${MOST_SIDE} pixels`,
  );
};
