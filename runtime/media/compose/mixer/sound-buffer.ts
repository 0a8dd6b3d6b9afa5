import type { StereoSamples } from '../../engine/index.ts';

/** Samples kept of one source: a power of two, 1.4 s. */
const CAPACITY = 65_536;
const MASK = CAPACITY - 1;

/** Most samples that may lie between what is read next and the end of what is written; a block of up to 6144 is read at a time. */
export const REACH_SAMPLES = CAPACITY - 8192;

/** Length of every fade in and out: 5 ms, too short to be heard as one and too long to click. */
export const RAMP_SAMPLES = 240;

/** A stretch of sound without a hole, from its first sample up to the one after its last. */
type Stretch = { start: number; end: number };

/**
 * The decoded sound of one source, placed on the session's samples. Each stretch of sound fades in where it begins
 * and fades out before it ends, so neither a hole nor a source that comes or goes makes a click. Sound that is
 * appended in time takes the fade back.
 */
export class SoundBuffer {
  readonly #left = new Float32Array(CAPACITY);
  readonly #right = new Float32Array(CAPACITY);
  readonly #stretches: Stretch[] = [];
  #gain = 0;
  #lastLeft = 0;
  #lastRight = 0;
  #torn = false;

  /** Where the sound that is here ends, or null when there is none. */
  get end(): number | null {
    return this.#stretches.at(-1)?.end ?? null;
  }

  /** Begins a new stretch of sound at that sample, which is not before the end of the last one. */
  begin(at: number): void {
    this.#stretches.push({ start: at, end: at });
    this.#torn = false;
    this.#lastLeft = 0;
    this.#lastRight = 0;
  }

  /**
   * Appends sound to the last stretch, stretched or squeezed to `length` samples: a few samples more or less are how
   * a source is kept on the session clock without anybody hearing it.
   */
  append({ left, right }: StereoSamples, length = left.length): void {
    const stretch = this.#stretches.at(-1);
    if (stretch === undefined || left.length === 0) return;
    if (length === left.length) this.#copy(left, right, stretch.end);
    else this.#resample(left, right, stretch.end, length);
    if (this.#torn) this.#mend(stretch.end, length);
    this.#lastLeft = left[left.length - 1] ?? 0;
    this.#lastRight = right[right.length - 1] ?? 0;
    stretch.end += length;
  }

  /** Says that what is appended next does not follow on what was appended last. */
  tear(): void {
    this.#torn = true;
  }

  /** Lets the sound fade out from that sample on and forgets what would have come after. */
  cut(from: number): void {
    const end = from + RAMP_SAMPLES;
    const kept = this.#stretches.filter(({ start }) => start < end);
    for (const stretch of kept) stretch.end = Math.min(stretch.end, end);
    this.#stretches.splice(0, this.#stretches.length, ...kept);
  }

  /** Adds the samples from `from` on to `count` samples of both sides. What lies before them is forgotten. */
  mixInto(left: Float32Array, right: Float32Array, from: number, count: number): void {
    const until = from + count;
    let at = from;
    while (at < until) {
      const stretch = this.#stretches[0];
      if (stretch === undefined || stretch.start >= until) {
        this.#gain = 0;
        return;
      }
      if (stretch.end <= at) {
        this.#stretches.shift();
        this.#gain = 0;
        continue;
      }
      if (stretch.start > at) {
        this.#gain = 0;
        at = stretch.start;
      }
      const stop = Math.min(until, stretch.end);
      if (this.#gain === 1 && stretch.end - stop >= RAMP_SAMPLES) this.#addPlain(left, right, at, stop, from);
      else this.#addRamped(left, right, at, stop, from, stretch.end);
      at = stop;
    }
  }

  #copy(left: Float32Array, right: Float32Array, at: number): void {
    const start = at & MASK;
    const first = Math.min(left.length, CAPACITY - start);
    this.#left.set(left.subarray(0, first), start);
    this.#right.set(right.subarray(0, first), start);
    if (first < left.length) {
      this.#left.set(left.subarray(first), 0);
      this.#right.set(right.subarray(first), 0);
    }
  }

  #resample(left: Float32Array, right: Float32Array, at: number, length: number): void {
    const step = left.length / length;
    for (let index = 0; index < length; index++) {
      // From the last sample of the sound before on, so that there is no step where the two meet.
      const position = (index + 1) * step - 1;
      const before = Math.floor(position);
      const share = position - before;
      const target = (at + index) & MASK;
      const leftBefore = before < 0 ? this.#lastLeft : (left[before] ?? 0);
      const rightBefore = before < 0 ? this.#lastRight : (right[before] ?? 0);
      this.#left[target] = leftBefore + share * ((left[before + 1] ?? leftBefore) - leftBefore);
      this.#right[target] = rightBefore + share * ((right[before + 1] ?? rightBefore) - rightBefore);
    }
  }

  /** Spreads the step at a tear over the length of a ramp. */
  #mend(at: number, length: number): void {
    this.#torn = false;
    const stepLeft = this.#lastLeft - (this.#left[at & MASK] ?? 0);
    const stepRight = this.#lastRight - (this.#right[at & MASK] ?? 0);
    const span = Math.min(length, RAMP_SAMPLES);
    for (let index = 0; index < span; index++) {
      const kept = (at + index) & MASK;
      const share = 1 - index / span;
      this.#left[kept] = (this.#left[kept] ?? 0) + share * stepLeft;
      this.#right[kept] = (this.#right[kept] ?? 0) + share * stepRight;
    }
  }

  #addPlain(left: Float32Array, right: Float32Array, start: number, stop: number, origin: number): void {
    for (let at = start; at < stop; at++) {
      const index = at - origin;
      const kept = at & MASK;
      left[index] = (left[index] ?? 0) + (this.#left[kept] ?? 0);
      right[index] = (right[index] ?? 0) + (this.#right[kept] ?? 0);
    }
  }

  #addRamped(
    left: Float32Array,
    right: Float32Array,
    start: number,
    stop: number,
    origin: number,
    end: number,
  ): void {
    let gain = this.#gain;
    for (let at = start; at < stop; at++) {
      gain = Math.min(1, gain + 1 / RAMP_SAMPLES, (end - at) / RAMP_SAMPLES);
      const index = at - origin;
      const kept = at & MASK;
      left[index] = (left[index] ?? 0) + gain * (this.#left[kept] ?? 0);
      right[index] = (right[index] ?? 0) + gain * (this.#right[kept] ?? 0);
    }
    this.#gain = gain;
  }
}
