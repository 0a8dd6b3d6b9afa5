/** What a quiet stream may have again: sound, and a still picture. */
const floorBytesPerSecond = 50_000;

/**
 * Bounds what one subscriber's requests for retransmission cost: as many bytes as it got of media in the last
 * second, and a floor. So a request, which is a few bytes, cannot be made into traffic without end, while a path that
 * loses half of what it is given still gets all of it again. Time is given.
 */
export class ResendBudget {
  /** Media sent since {@link take} was last called. */
  #newBytes = 0;
  #bytesPerSecond = 0;
  #leftBytes: number;
  #atMs: number;

  /** @param nowMs since when media is noted */
  constructor(nowMs: number) {
    this.#atMs = nowMs;
    this.#leftBytes = floorBytesPerSecond;
  }

  /** Notes media that is sent for the first time. */
  addMedia(bytes: number): void {
    this.#newBytes += bytes;
  }

  /** @returns false when there is not as much left; otherwise it is spent. */
  take(bytes: number, nowMs: number): boolean {
    const elapsedMs = Math.max(0, nowMs - this.#atMs);
    // A window that slides over the last second, near enough, and costs packets of media no look at the clock.
    this.#bytesPerSecond =
      elapsedMs >= 1000
        ? (this.#newBytes * 1000) / elapsedMs
        : this.#bytesPerSecond * (1 - elapsedMs / 1000) + this.#newBytes;
    this.#leftBytes = Math.min(
      floorBytesPerSecond + this.#bytesPerSecond,
      this.#leftBytes + this.#newBytes + (floorBytesPerSecond * elapsedMs) / 1000,
    );
    this.#newBytes = 0;
    this.#atMs = nowMs;
    if (this.#leftBytes < bytes) {
      return false;
    }
    this.#leftBytes -= bytes;
    return true;
  }
}
