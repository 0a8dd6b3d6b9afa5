/** Written later than this behind what came before, a packet begins a new stretch even where nobody said so. */
const STALL_MS = 500;

/**
 * RTP time of a stream that the runtime itself sends: gapless while packets follow each other, and on by what has
 * passed where there was silence. Times are milliseconds of one clock; timestamps count from a random beginning.
 */
export class SendingClock {
  readonly #clockRate: number;
  readonly #origin: number;
  readonly #originMs: number;
  /** Ticks since the origin at which the next packet sounds, not wrapped. */
  #nextTicks = 0;
  #paused = true;

  /**
   * @param origin - the timestamp of `originMs` (RFC 3550 section 5.1: random)
   * @param originMs - nothing is sent before it
   */
  constructor(clockRate: number, origin: number, originMs: number) {
    this.#clockRate = clockRate;
    this.#origin = origin;
    this.#originMs = originMs;
  }

  /** The packets that follow begin a new stretch. */
  pause(): void {
    this.#paused = true;
  }

  /** Whether a packet written now would begin a stretch: its marker bit (RFC 3551 section 4.1). */
  beginsStretch(nowMs: number): boolean {
    return this.#paused || nowMs - this.#nextMs() > STALL_MS;
  }

  /** The timestamp of a packet that is written now and sounds for `durationMs`. */
  take(nowMs: number, durationMs: number): number {
    if (this.beginsStretch(nowMs)) {
      // Time never runs backwards, however early the next stretch begins.
      this.#nextTicks = Math.max(this.#nextTicks, this.#ticksAt(nowMs));
      this.#paused = false;
    }
    const ticks = this.#nextTicks;
    this.#nextTicks = ticks + Math.round((durationMs * this.#clockRate) / 1000);
    return (this.#origin + ticks) >>> 0;
  }

  /** What this clock shows at a moment: for pictures, which have their own time each, and for sender reports. */
  timestampAt(nowMs: number): number {
    return (this.#origin + this.#ticksAt(nowMs)) >>> 0;
  }

  #nextMs(): number {
    return this.#originMs + (this.#nextTicks * 1000) / this.#clockRate;
  }

  #ticksAt(nowMs: number): number {
    return Math.round(((nowMs - this.#originMs) * this.#clockRate) / 1000);
  }
}
