/** Samples the limiter looks ahead, and by which it delays: 5 ms. */
export const LIMITER_DELAY_SAMPLES = 240;

/** -1 dBFS: what encoders add to a peak still fits. */
const CEILING = 0.891;
/** Time constant of the way back to full gain: slow enough not to be heard as pumping. */
const RELEASE_SAMPLES = 0.25 * 48_000;
const WINDOW = LIMITER_DELAY_SAMPLES + 1;

/**
 * Keeps a mix below full scale. Gain falls before a peak comes, over the 5 ms the limiter looks ahead, and returns
 * slowly; both sides share it, so nobody moves. What stays below -1 dBFS goes through unchanged.
 *
 * The gain is the moving average, over the window, of the least gain any sample of the window needs. Each of the
 * averaged values has seen the sample that goes out, so none goes out too loud.
 */
export class Limiter {
  readonly #left = new Float32Array(WINDOW);
  readonly #right = new Float32Array(WINDOW);
  /** Needed gains that are smaller than all after them, oldest first, with the time of each. */
  readonly #minimumGain = new Float32Array(WINDOW + 1);
  readonly #minimumTime = new Float64Array(WINDOW + 1);
  #minimumFirst = 0;
  #minimumCount = 0;
  readonly #averaged = new Float64Array(WINDOW).fill(1);
  #sum = WINDOW;
  #released = 1;
  #time = 0;
  #index = 0;
  /** Samples since one needed less than full gain; once all is at full gain again, nothing is calculated. */
  #idle = true;

  /** Takes `count` samples of each side and gives, interleaved, those of 240 samples before. */
  process(left: Float32Array, right: Float32Array, count: number, output: Float32Array | null): void {
    for (let at = 0; at < count; at++) {
      const inLeft = left[at] ?? 0;
      const inRight = right[at] ?? 0;
      const gain = this.#gainFor(Math.max(Math.abs(inLeft), Math.abs(inRight)));
      this.#left[this.#index] = inLeft;
      this.#right[this.#index] = inRight;
      // The place after the newest holds the oldest: the sample of 240 samples ago.
      this.#index = this.#index + 1 === WINDOW ? 0 : this.#index + 1;
      if (output !== null) {
        output[2 * at] = gain * (this.#left[this.#index] ?? 0);
        output[2 * at + 1] = gain * (this.#right[this.#index] ?? 0);
      }
    }
  }

  #gainFor(peak: number): number {
    const needed = peak > CEILING ? CEILING / peak : 1;
    if (this.#idle && needed === 1) return 1;
    this.#idle = false;
    const least = this.#leastOfWindow(needed);
    const returning = this.#released + (1 - this.#released) / RELEASE_SAMPLES;
    // The way back is exponential: its end is cut off, so that the limiter comes to rest.
    this.#released = Math.min(least, returning > 0.9999 ? 1 : returning);
    return this.#average(this.#released);
  }

  #leastOfWindow(needed: number): number {
    const time = this.#time++;
    while (this.#minimumCount > 0 && (this.#minimumGain[this.#at(this.#minimumCount - 1)] ?? 0) >= needed) {
      this.#minimumCount--;
    }
    const place = this.#at(this.#minimumCount++);
    this.#minimumGain[place] = needed;
    this.#minimumTime[place] = time;
    if ((this.#minimumTime[this.#minimumFirst] ?? 0) <= time - WINDOW) {
      this.#minimumFirst = this.#at(1);
      this.#minimumCount--;
    }
    return this.#minimumGain[this.#minimumFirst] ?? 1;
  }

  #at(offset: number): number {
    return (this.#minimumFirst + offset) % this.#minimumGain.length;
  }

  #average(gain: number): number {
    const place = this.#time % WINDOW;
    this.#sum += gain - (this.#averaged[place] ?? 1);
    this.#averaged[place] = gain;
    if (gain === 1 && this.#sum > WINDOW - 1e-6) this.#rest();
    return Math.min(1, this.#sum / WINDOW);
  }

  #rest(): void {
    this.#idle = true;
    this.#averaged.fill(1);
    this.#sum = WINDOW;
    this.#minimumCount = 0;
  }
}
