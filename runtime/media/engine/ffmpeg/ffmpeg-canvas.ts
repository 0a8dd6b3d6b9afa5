import type { EncoderCanvas, Canvas, Size } from '../engine.ts';
import { pictureBytes, picturePlanes } from '../planes.ts';

/** What stood on a canvas at one time: its planes one after the other, as raw video goes over a pipe. */
export class Snapshot {
  readonly memory: Buffer;
  readonly planes: Canvas;
  #readers = 0;

  constructor({ width, height }: Size) {
    this.memory = Buffer.alloc(pictureBytes(width, height));
    this.planes = picturePlanes(this.memory, width, height);
  }

  get isRead(): boolean {
    return this.#readers > 0;
  }

  /** Its bytes stay as they are until {@link Snapshot.release} was called once for each time. */
  retain(): void {
    this.#readers++;
  }

  release(): void {
    this.#readers--;
  }
}

/**
 * A canvas that moves on to other memory while encoders still read what stood on it: a picture waits in a pipe for
 * milliseconds. Copying each for that took 1.5 % of composing with ffmpeg.
 */
export class FfmpegCanvas implements EncoderCanvas {
  readonly width: number;
  readonly height: number;
  readonly yStride: number;
  readonly uStride: number;
  readonly vStride: number;
  readonly #snapshots: Snapshot[];
  #current: Snapshot;

  constructor(size: Size) {
    this.#current = new Snapshot(size);
    this.#snapshots = [this.#current];
    const { planes } = this.#current;
    this.width = planes.width;
    this.height = planes.height;
    this.yStride = planes.yStride;
    this.uStride = planes.uStride;
    this.vStride = planes.vStride;
  }

  get y(): Uint8Array {
    return this.#current.planes.y;
  }

  get u(): Uint8Array {
    return this.#current.planes.u;
  }

  get v(): Uint8Array {
    return this.#current.planes.v;
  }

  /** What stands on it now. */
  get snapshot(): Snapshot {
    return this.#current;
  }

  beginAnew(): void {
    if (!this.#current.isRead) return;
    let free = this.#snapshots.find(({ isRead }) => !isRead);
    if (free === undefined) {
      free = new Snapshot(this);
      this.#snapshots.push(free);
    }
    this.#current = free;
  }
}
