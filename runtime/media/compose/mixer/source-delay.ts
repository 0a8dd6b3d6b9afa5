import { OPUS_SAMPLE_RATE } from '../../bitstream/index.ts';

const SAMPLES_PER_MS = OPUS_SAMPLE_RATE / 1000;

/** Frames looked at together: 5 s of the usual 20 ms. */
const WINDOW_FRAMES = 250;
/** So many late frames of a window are no passing stall but a slow network. */
const LATE_FRAMES = 25;
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
 * loses that moment. Only a source of which every tenth frame comes too late is played later, as its picture is, and
 * comes back step by step when its network allows.
 */
export class SourceDelay {
  #samples = 0;
  #frames = 0;
  #late = 0;
  #latest = 0;
  #leastHeadroom = Infinity;

  /** In samples; negative for a source whose clock is ahead. */
  get samples(): number {
    return this.#samples;
  }

  /**
   * @param captured - Sample at which the frame was captured.
   * @param length - Of the frame, in samples.
   * @param readAt - The sample that is mixed when the frame comes.
   */
  observe(captured: number, length: number, readAt: number): void {
    const headroom = captured + this.#samples - readAt;
    if (headroom > FURTHEST_AHEAD) {
      this.#samples -= headroom - SPARE_HEADROOM;
      this.#look();
      return;
    }
    this.#frames++;
    this.#leastHeadroom = Math.min(this.#leastHeadroom, headroom);
    if (headroom + length < 0) {
      this.#late++;
      this.#latest = Math.max(this.#latest, -headroom);
    }
    if (this.#late >= LATE_FRAMES) {
      this.#samples = Math.min(LONGEST_DELAY, this.#samples + this.#latest + LATE_MARGIN);
      this.#look();
    } else if (this.#frames >= WINDOW_FRAMES) {
      const spare = Math.max(0, this.#leastHeadroom - SPARE_HEADROOM);
      if (this.#samples > 0) this.#samples -= Math.min(this.#samples, spare, STEP_BACK);
      this.#look();
    }
  }

  /** Begins a new window. */
  #look(): void {
    this.#frames = 0;
    this.#late = 0;
    this.#latest = 0;
    this.#leastHeadroom = Infinity;
  }
}
