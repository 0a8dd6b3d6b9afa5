import type { SoundDecoder } from '../../engine/index.ts';
import type { EncodedFrame } from '../../frame.ts';
import type { SourceId } from '../types.ts';
import { Limiter, LIMITER_DELAY_SAMPLES } from './limiter.ts';
import { MixedSource } from './mixed-source.ts';
import type { SourceCounts } from './mixed-source.ts';

/**
 * Mixes the sound of any number of sources to 48 kHz stereo on the session clock. Sources fade in and out within
 * 5 ms, holes are silence, and the sum stays below full scale.
 */
export type Mixer = {
  /** Whose sound is mixed from now on. A source that is muted is not to be among them. */
  setSources(sources: Iterable<SourceId>): void;
  /** One Opus frame. Frames of sources that are not mixed are dropped. */
  push(source: SourceId, frame: EncodedFrame): void;
  /** Fills `block` with the samples from `position` on, left and right in turn. Allocates nothing after the first. */
  render(block: Float32Array): void;
  /** The sample, counted from session time 0, with which the next block begins. */
  readonly position: number;
  /** Frames so far that came too late, were guessed because they were lost, or were dropped. */
  readonly counts: Readonly<SourceCounts>;
  close(): void;
};

export type MixerOptions = {
  /** Samples since session time 0 at which the mix begins. */
  startSample: number;
  openDecoder: () => Promise<SoundDecoder>;
  /** A decoder could not be opened: that source is not heard. */
  onError: (error: Error) => void;
};

/** Frames kept for a source while its decoder opens. */
const WAITING_LIMIT = 50;

export const createMixer = (options: MixerOptions): Mixer => new SourceMixer(options);

class SourceMixer implements Mixer {
  readonly #options: MixerOptions;
  readonly #sources = new Map<SourceId, OpeningSource>();
  /** Sources that fade out. */
  readonly #leaving = new Set<OpeningSource>();
  readonly #limiter = new Limiter();
  readonly counts: SourceCounts = { late: 0, concealed: 0, dropped: 0 };
  #left = new Float32Array(0);
  #right = new Float32Array(0);
  #position: number;
  /** Ahead of `position` by what the limiter delays. */
  #readAt: number;

  constructor(options: MixerOptions) {
    this.#options = options;
    this.#position = options.startSample;
    this.#readAt = options.startSample;
  }

  get position(): number {
    return this.#position;
  }

  setSources(sources: Iterable<SourceId>): void {
    const wanted = new Set(sources);
    for (const [id, source] of this.#sources) {
      if (wanted.has(id)) continue;
      this.#sources.delete(id);
      source.leave(this.#readAt);
      this.#leaving.add(source);
    }
    for (const id of wanted) {
      if (!this.#sources.has(id)) this.#sources.set(id, this.#open());
    }
  }

  push(source: SourceId, frame: EncodedFrame): void {
    if (frame.codec !== 'opus') return;
    this.#sources.get(source)?.push(frame, this.#readAt);
  }

  render(block: Float32Array): void {
    if (this.#readAt === this.#position) this.#mix(LIMITER_DELAY_SAMPLES, null);
    const count = block.length / 2;
    this.#mix(count, block);
    this.#position += count;
    for (const source of this.#leaving) {
      if (!source.silent) continue;
      this.#leaving.delete(source);
      source.close();
    }
  }

  close(): void {
    for (const source of [...this.#sources.values(), ...this.#leaving]) source.close();
    this.#sources.clear();
    this.#leaving.clear();
  }

  #open(): OpeningSource {
    const { openDecoder, onError } = this.#options;
    return new OpeningSource(openDecoder(), this.counts, () => this.#readAt, onError);
  }

  #mix(count: number, output: Float32Array | null): void {
    if (this.#left.length < count) {
      this.#left = new Float32Array(count);
      this.#right = new Float32Array(count);
    }
    this.#left.fill(0, 0, count);
    this.#right.fill(0, 0, count);
    for (const source of this.#sources.values()) source.mixInto(this.#left, this.#right, this.#readAt, count);
    for (const source of this.#leaving) source.mixInto(this.#left, this.#right, this.#readAt, count);
    this.#limiter.process(this.#left, this.#right, count, output);
    this.#readAt += count;
  }
}

/** A source and the frames that wait for its decoder. */
class OpeningSource {
  readonly #waiting: EncodedFrame[] = [];
  #source: MixedSource | null = null;
  #closed = false;

  constructor(
    opening: Promise<SoundDecoder>,
    counts: SourceCounts,
    readAt: () => number,
    onError: (error: Error) => void,
  ) {
    opening.then(
      (decoder) => {
        if (this.#closed) {
          decoder.close();
          return;
        }
        this.#source = new MixedSource(decoder, counts);
        for (const frame of this.#waiting.splice(0)) this.push(frame, readAt());
      },
      (error: unknown) => {
        onError(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }

  get silent(): boolean {
    return this.#source === null || this.#source.silent;
  }

  push(frame: EncodedFrame, readAt: number): void {
    if (this.#source !== null) this.#source.push(frame.data, frame.timestampMs, readAt);
    else if (this.#waiting.length < WAITING_LIMIT) this.#waiting.push(frame);
  }

  mixInto(left: Float32Array, right: Float32Array, from: number, count: number): void {
    this.#source?.mixInto(left, right, from, count);
  }

  leave(readAt: number): void {
    this.#waiting.length = 0;
    this.#source?.leave(readAt);
  }

  close(): void {
    this.#closed = true;
    this.#source?.close();
    this.#source = null;
  }
}
