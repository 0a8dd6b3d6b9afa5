const minPackets = 5;
const minReceivedShare = 0.8;
const congestedRatio = 0.9;
const congestedFactor = 0.95;
const maxRatio = 2;
/** Packets sent within this time left in one burst, whose own length is not known. */
const sameBurstMs = 1;
/** The queue is looked at this often. */
const sliceMs = 20;
const slices = 8;
/** So much later the quickest of some packets are by chance, where jitter is 20 ms. */
const harmlessGrowthMs = 5;

/**
 * Measures what a path carried of a burst that was sent at a known rate. All packets sent within its time
 * count, media and padding alike. Two measures, of which the better counts: the rate of arrival, and how much the
 * queue grew meanwhile by the least transit times at its beginning and end, which jitter of 20 ms does not spoil as
 * it does the first.
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
  readonly #leastTransitMs = new Float64Array(slices).fill(Infinity);

  /** Begins at `startMs`; what is sent before {@link end} counts. */
  begin(startMs: number): void {
    this.#startMs = startMs;
    this.#endMs = Infinity;
    this.#sentBytes = 0;
    this.#packets = 0;
    this.#bytes = 0;
    this.#leastTransitMs.fill(Infinity);
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

  /** Enough of it to tell. */
  get hasArrived(): boolean {
    return this.#bytes >= this.#sentBytes * minReceivedShare;
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
    const slice = Math.min(slices - 1, Math.floor((sentMs - this.#startMs) / sliceMs));
    this.#leastTransitMs[slice] = Math.min(this.#leastTransitMs[slice] as number, arrivalMs - sentMs);
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

  /**
   * Bits per second that the path has proved to carry; 0 when too much of the burst did not arrive, and -1 when it
   * measured nothing, because a process that was late sent or read all of it at once.
   */
  result(): number {
    const sendMs = this.#lastSentMs - this.#firstSentMs;
    const arrivalMs = this.#lastArrivalMs - this.#firstArrivalMs;
    if (this.#packets < minPackets || sendMs <= 0 || arrivalMs <= 0) {
      return -1;
    }
    if (!this.hasArrived) {
      return 0;
    }
    const sent = ((this.#bytes - this.#lastBurstBytes) * 8000) / sendMs;
    const arrivalRate = ((this.#bytes - this.#firstArrivalBytes) * 8000) / arrivalMs;
    if (arrivalRate > sent * maxRatio) {
      return -1;
    }
    const arrived = Math.max(arrivalRate, sent * this.#carriedShare());
    return arrived < sent * congestedRatio ? arrived * congestedFactor : Math.min(sent, arrived);
  }

  /** Of what was sent from the first slice to the last, what has not gone into a queue. */
  #carriedShare(): number {
    const first = this.#leastTransitMs.findIndex((transitMs) => transitMs < Infinity);
    const last = this.#leastTransitMs.findLastIndex((transitMs) => transitMs < Infinity);
    if (last <= first) {
      return 0;
    }
    const grownMs = (this.#leastTransitMs[last] as number) - (this.#leastTransitMs[first] as number);
    const spanMs = (last - first) * sliceMs;
    return spanMs / (spanMs + Math.max(0, grownMs - harmlessGrowthMs));
  }
}
