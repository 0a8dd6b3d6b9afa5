const historyPackets = 8192;
const windowMs = 1000;
const baselineMs = 10_000;
const congestedQueueMs = 150;
const congestedLoss = 0.1;
const decreaseFactor = 0.85;
const growthPerSecond = 1.08;
const floorBitsPerSecond = 50_000;

/**
 * How much a subscriber's path carries, from transport-wide feedback, or REMB and receiver reports where
 * there is none. Deliberately simple: unlimited until the path shows congestion (a standing queue or more
 * than 10 % loss), then a little less than what arrived, growing by 8 % a second from there. Memory is fixed.
 * Pure: time is given.
 */
export class BandwidthEstimator {
  readonly #sentAt = new Float64Array(historyPackets);
  readonly #sentBytes = new Uint32Array(historyPackets);
  readonly #sentSequence = new Int32Array(historyPackets).fill(-1);
  #estimate = Infinity;
  #remb = Infinity;
  #hasFeedback = false;
  #lastGrowthMs = -1;
  #lastDecreaseMs = -Infinity;
  #windowStartMs = 0;
  #deliveredBytes = 0;
  #reported = 0;
  #lost = 0;
  #minTransitMs = Infinity;
  #minTransitAtMs = 0;
  #queueMs = 0;

  /** Bits per second; `Infinity` while nothing is known to limit. */
  get bitsPerSecond(): number {
    return this.#hasFeedback ? this.#estimate : Math.min(this.#estimate, this.#remb);
  }

  onSent(transportSequence: number, bytes: number, nowMs: number): void {
    const slot = transportSequence % historyPackets;
    this.#sentSequence[slot] = transportSequence;
    this.#sentAt[slot] = nowMs;
    this.#sentBytes[slot] = bytes;
  }

  /** One packet of transport-wide feedback; `arrivalMs` is -1 when it was lost. */
  onFeedbackPacket(transportSequence: number, arrivalMs: number, nowMs: number): void {
    const slot = transportSequence % historyPackets;
    if (this.#sentSequence[slot] !== transportSequence) {
      return;
    }
    this.#hasFeedback = true;
    this.#reported++;
    if (arrivalMs < 0) {
      this.#lost++;
      return;
    }
    // Feedback repeats packets that it reported before when they came late: count each once.
    this.#sentSequence[slot] = -1;
    this.#deliveredBytes += this.#sentBytes[slot] as number;
    const transit = arrivalMs - (this.#sentAt[slot] as number);
    if (
      transit < this.#minTransitMs ||
      nowMs - this.#minTransitAtMs > baselineMs ||
      transit - this.#minTransitMs > 60_000
    ) {
      this.#minTransitMs = transit;
      this.#minTransitAtMs = nowMs;
    }
    this.#queueMs += (transit - this.#minTransitMs - this.#queueMs) / 16;
  }

  /** The receiver's own estimate (REMB). */
  onRemb(bitsPerSecond: number): void {
    this.#remb = Math.max(floorBitsPerSecond, bitsPerSecond);
  }

  /** Loss of a receiver report, for receivers without transport-wide feedback; 0 to 1. */
  onReportedLoss(fraction: number, sentBitsPerSecond: number, nowMs: number): void {
    if (!this.#hasFeedback && fraction > congestedLoss) {
      this.#decrease(sentBitsPerSecond * (1 - fraction), nowMs);
    }
  }

  /** Takes stock; call several times a second. */
  update(nowMs: number): void {
    if (this.#lastGrowthMs < 0) {
      this.#lastGrowthMs = nowMs;
      this.#windowStartMs = nowMs;
    }
    const elapsedMs = nowMs - this.#windowStartMs;
    if (elapsedMs >= windowMs) {
      const delivered = (this.#deliveredBytes * 8000) / elapsedMs;
      const loss = this.#reported < 10 ? 0 : this.#lost / this.#reported;
      if (loss > congestedLoss || (this.#reported > 0 && this.#queueMs > congestedQueueMs)) {
        this.#decrease(delivered, nowMs);
      }
      this.#windowStartMs = nowMs;
      this.#deliveredBytes = 0;
      this.#reported = 0;
      this.#lost = 0;
    }
    if (this.#estimate !== Infinity && nowMs - this.#lastDecreaseMs > windowMs) {
      this.#estimate *= growthPerSecond ** ((nowMs - this.#lastGrowthMs) / 1000);
      if (this.#estimate > 100_000_000) {
        this.#estimate = Infinity;
      }
    }
    this.#lastGrowthMs = nowMs;
  }

  #decrease(delivered: number, nowMs: number): void {
    if (nowMs - this.#lastDecreaseMs < windowMs) {
      return;
    }
    this.#lastDecreaseMs = nowMs;
    this.#estimate = Math.max(floorBitsPerSecond, Math.min(this.#estimate, delivered * decreaseFactor));
    this.#queueMs = 0;
    this.#minTransitMs = Infinity;
  }
}
