const minIntervalMs = 500;
/** Then 2 s, 4 s and 8 s. Longer than an answer takes on a slow path, so what is on its way is not asked for twice. */
const firstRepeatMs = 1000;
const maxRepeats = 4;

/**
 * Key-frame requests per SSRC, as they are to be sent. A request goes out at most once in 500 ms, and one made within
 * that time at its end: encoders answer each with a frame several times the usual size. One that no key frame answers
 * was perhaps lost on the way, which nobody else would notice where a still picture sends nothing; it is repeated
 * after 1 s, then after pauses that double, and given up after four times: a sender that is switched off answers
 * none. Pure: time is given.
 */
export class KeyFrameRequests {
  readonly #lastSentMs = new Map<number, number>();
  /** By SSRC, how often the request has been sent in vain. */
  readonly #unanswered = new Map<number, number>();

  request(ssrc: number): void {
    this.#unanswered.set(ssrc, 0);
  }

  /** A key frame of this SSRC came. */
  fulfilled(ssrc: number): void {
    this.#unanswered.delete(ssrc);
  }

  /** SSRCs to ask now. */
  takeDue(nowMs: number): number[] {
    const due: number[] = [];
    for (const [ssrc, sends] of this.#unanswered) {
      const pauseMs = sends === 0 ? minIntervalMs : firstRepeatMs * 2 ** (sends - 1);
      if (nowMs - (this.#lastSentMs.get(ssrc) ?? -Infinity) < pauseMs) {
        continue;
      }
      this.#lastSentMs.set(ssrc, nowMs);
      if (sends < maxRepeats) {
        this.#unanswered.set(ssrc, sends + 1);
      } else {
        this.#unanswered.delete(ssrc);
      }
      due.push(ssrc);
    }
    return due;
  }

  forget(ssrc: number): void {
    this.#lastSentMs.delete(ssrc);
    this.#unanswered.delete(ssrc);
  }
}
