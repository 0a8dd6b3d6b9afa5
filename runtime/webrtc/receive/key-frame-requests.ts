const minIntervalMs = 500;

/**
 * Throttles key-frame requests per SSRC: at most one in 500 ms, and one made within that time is sent at its
 * end. Encoders answer each request with a frame several times the usual size. Pure: time is given.
 */
export class KeyFrameRequests {
  readonly #lastSentMs = new Map<number, number>();
  readonly #waiting = new Set<number>();

  request(ssrc: number): void {
    this.#waiting.add(ssrc);
  }

  /** A request that a key frame of this SSRC fulfilled before it was sent. */
  fulfilled(ssrc: number): void {
    this.#waiting.delete(ssrc);
  }

  /** SSRCs to ask now. */
  takeDue(nowMs: number): number[] {
    if (this.#waiting.size === 0) {
      return [];
    }
    const due: number[] = [];
    for (const ssrc of this.#waiting) {
      const last = this.#lastSentMs.get(ssrc);
      if (last === undefined || nowMs - last >= minIntervalMs) {
        this.#lastSentMs.set(ssrc, nowMs);
        this.#waiting.delete(ssrc);
        due.push(ssrc);
      }
    }
    return due;
  }

  forget(ssrc: number): void {
    this.#lastSentMs.delete(ssrc);
    this.#waiting.delete(ssrc);
  }
}
