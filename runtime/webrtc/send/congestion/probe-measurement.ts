const minPackets = 5;
const minReceivedShare = 0.8;
const congestedRatio = 0.9;
const congestedFactor = 0.95;
const maxRatio = 2;
/** Packets sent within this time left in one burst, whose own length is not known. */
const sameBurstMs = 1;

/**
 * Measures what a path carried of a burst that was sent at a known rate. All packets sent within its time
 * count, media and padding alike.
 */
export class ProbeMeasurement {
  #startMs = Infinity;
  #endMs = -Infinity;
  #sentBytes = 0;
  #packets = 0;
  #bytes = 0;
  #firstSentMs = 0;
  #lastSentMs = 0;
  #lastBurstBytes = 0;
  #firstArrivalMs = 0;
  #firstArrivalBytes = 0;
  #lastArrivalMs = 0;

  /** Begins at `startMs`; what is sent before {@link end} counts. */
  begin(startMs: number): void {
    this.#startMs = startMs;
    this.#endMs = Infinity;
    this.#sentBytes = 0;
    this.#packets = 0;
    this.#bytes = 0;
  }

  end(endMs: number): void {
    this.#endMs = endMs;
  }

  onSent(bytes: number, nowMs: number): void {
    if (nowMs >= this.#startMs && nowMs <= this.#endMs) {
      this.#sentBytes += bytes;
    }
  }

  /** Bytes sent so far. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  onArrival(sentMs: number, arrivalMs: number, bytes: number): void {
    if (sentMs < this.#startMs || sentMs > this.#endMs) {
      return;
    }
    if (this.#packets === 0) {
      this.#firstSentMs = sentMs;
      this.#lastSentMs = sentMs;
      this.#lastBurstBytes = 0;
      this.#firstArrivalMs = arrivalMs;
      this.#firstArrivalBytes = bytes;
      this.#lastArrivalMs = arrivalMs;
    }
    this.#packets++;
    this.#bytes += bytes;
    this.#firstSentMs = Math.min(this.#firstSentMs, sentMs);
    if (sentMs > this.#lastSentMs + sameBurstMs) {
      this.#lastBurstBytes = 0;
      this.#lastSentMs = sentMs;
    }
    this.#lastBurstBytes += bytes;
    if (arrivalMs < this.#firstArrivalMs) {
      this.#firstArrivalMs = arrivalMs;
      this.#firstArrivalBytes = bytes;
    }
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, arrivalMs);
  }

  /** Bits per second that the path has proved to carry; 0 when too little of the burst arrived to tell. */
  result(): number {
    const sendMs = this.#lastSentMs - this.#firstSentMs;
    const arrivalMs = this.#lastArrivalMs - this.#firstArrivalMs;
    if (
      this.#packets < minPackets ||
      this.#bytes < this.#sentBytes * minReceivedShare ||
      sendMs <= 0 ||
      arrivalMs <= 0
    ) {
      return 0;
    }
    const sent = ((this.#bytes - this.#lastBurstBytes) * 8000) / sendMs;
    const arrived = ((this.#bytes - this.#firstArrivalBytes) * 8000) / arrivalMs;
    if (arrived > sent * maxRatio) {
      return 0;
    }
    return arrived < sent * congestedRatio ? arrived * congestedFactor : Math.min(sent, arrived);
  }
}
