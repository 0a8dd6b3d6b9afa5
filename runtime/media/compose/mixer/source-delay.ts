import { OPUS_SAMPLE_RATE } from '../../bitstream/index.ts';

const SAMPLES_PER_MS = OPUS_SAMPLE_RATE / 1000;

/** Over so much mixed time a source is looked at. */
const WINDOW = 5000 * SAMPLES_PER_MS;
/** Late on so many occasions of a window, a source has a slow network; less than that are passing stalls. */
const LATE_OCCASIONS = 25;
/** What comes too late is given this much more time than it needed. */
const LATE_MARGIN = 10 * SAMPLES_PER_MS;
const LONGEST_DELAY = OPUS_SAMPLE_RATE;
/** Frames this far ahead have a clock of their own. */
const FURTHEST_AHEAD = OPUS_SAMPLE_RATE;
/** What a delayed source keeps in hand, and by how much it comes back at a time. */
const SPARE_HEADROOM = 20 * SAMPLES_PER_MS;
const STEP_BACK = 20 * SAMPLES_PER_MS;

/**
 * How much later than captured a source is to be played. Nothing for most: who stalls for a moment stays in sync and
 * loses that moment, however many frames then come at once. Only a source that is late again and again is played
 * later, as its picture is, and comes back step by step when its network allows.
 */
export class SourceDelay {
  #samples = 0;
  #windowStart = -1;
  #leastHeadroom = Infinity;
  /** By how much frames were late, once for each time that something was mixed. */
  readonly #lateness = new Float64Array(LATE_OCCASIONS);
  #occasions = 0;
  #lastLateAt = -1;

  /** In samples; negative for a source whose clock is ahead. */
  get samples(): number {
    return this.#samples;
  }

  /**
   * @param captured - Sample at which the frame was captured.
   * @param length - Of the frame, in samples.
   * @param readAt - The sample that is mixed next when the frame comes.
   */
  observe(captured: number, length: number, readAt: number): void {
    if (this.#windowStart < 0) this.#windowStart = readAt;
    const headroom = captured + this.#samples - readAt;
    if (headroom > FURTHEST_AHEAD) {
      this.#samples -= headroom - SPARE_HEADROOM;
      this.#beginWindow(readAt);
      return;
    }
    this.#leastHeadroom = Math.min(this.#leastHeadroom, headroom);
    if (headroom + length < 0 && readAt !== this.#lastLateAt) this.#noteLate(-headroom, readAt);
    if (readAt - this.#windowStart >= WINDOW) {
      const spare = Math.max(0, this.#leastHeadroom - SPARE_HEADROOM);
      if (this.#samples > 0) this.#samples -= Math.min(this.#samples, spare, STEP_BACK);
      this.#beginWindow(readAt);
    }
  }

  #noteLate(lateness: number, readAt: number): void {
    this.#lastLateAt = readAt;
    this.#lateness[this.#occasions++] = lateness;
    if (this.#occasions < LATE_OCCASIONS) return;
    // The median: what one long stall took says nothing. If it is too little, the next window adds to it.
    const usual = this.#lateness.sort()[LATE_OCCASIONS >> 1] ?? 0;
    this.#samples = Math.min(LONGEST_DELAY, this.#samples + usual + LATE_MARGIN);
    this.#beginWindow(readAt);
  }

  #beginWindow(readAt: number): void {
    this.#windowStart = readAt;
    this.#leastHeadroom = Infinity;
    this.#occasions = 0;
  }
}
