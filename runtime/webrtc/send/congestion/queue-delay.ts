const baseWindowMs = 5000;
const recentWindowMs = 200;

/**
 * How long packets stand in the path's queue: the least time of transit lately over the least in the last 5 to
 * 10 seconds. The least, because a queue holds every packet up, and jitter only some. The two clocks need not
 * agree.
 */
export class QueueDelay {
  #baseMs = Infinity;
  #earlierBaseMs = Infinity;
  #baseStartMs = -Infinity;
  #recentMs = Infinity;
  #earlierRecentMs = Infinity;
  #recentStartMs = -Infinity;

  /** Milliseconds; 0 while nothing is known. */
  get standingMs(): number {
    const recent = Math.min(this.#recentMs, this.#earlierRecentMs);
    return recent === Infinity ? 0 : Math.max(0, recent - Math.min(this.#baseMs, this.#earlierBaseMs));
  }

  add(sentMs: number, arrivalMs: number, nowMs: number): void {
    if (nowMs - this.#baseStartMs > baseWindowMs) {
      this.#earlierBaseMs = nowMs - this.#baseStartMs > 2 * baseWindowMs ? Infinity : this.#baseMs;
      this.#baseMs = Infinity;
      this.#baseStartMs = nowMs;
    }
    if (nowMs - this.#recentStartMs > recentWindowMs) {
      this.#earlierRecentMs = nowMs - this.#recentStartMs > 2 * recentWindowMs ? Infinity : this.#recentMs;
      this.#recentMs = Infinity;
      this.#recentStartMs = nowMs;
    }
    const transitMs = arrivalMs - sentMs;
    this.#baseMs = Math.min(this.#baseMs, transitMs);
    this.#recentMs = Math.min(this.#recentMs, transitMs);
  }

  reset(): void {
    this.#baseMs = Infinity;
    this.#earlierBaseMs = Infinity;
    this.#baseStartMs = -Infinity;
    this.#recentMs = Infinity;
    this.#earlierRecentMs = Infinity;
    this.#recentStartMs = -Infinity;
  }
}
