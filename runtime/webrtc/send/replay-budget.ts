const mostPackets = 200;
const refillMs = 1000;

/**
 * Bounds what a subscriber gets of the past in one go, over all of its tracks: 200 packets a second. Its path is not
 * known yet and nothing is paced, so more would be lost in the queues on its way, and would hold up everybody whose
 * packets the same process forwards. Time is given.
 */
export class ReplayBudget {
  #left = mostPackets;
  #filledMs = -Infinity;

  /** @returns false when so many packets are too many now; otherwise they are spent. */
  take(packets: number, nowMs: number): boolean {
    if (nowMs - this.#filledMs >= refillMs) {
      this.#left = mostPackets;
      this.#filledMs = nowMs;
    }
    if (packets > this.#left) {
      return false;
    }
    this.#left -= packets;
    return true;
  }
}
