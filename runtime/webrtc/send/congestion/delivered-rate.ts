const firstWindowMs = 500;
const windowMs = 150;
/** How much a sample is doubted by its distance from the estimate, and how fast the estimate may move. */
const uncertaintyScale = 10;
const driftPerWindow = 5;

/**
 * The rate at which packets reach the receiver, by its own clock: libwebrtc's acknowledged bitrate, a Bayesian
 * average of samples of 150 ms. A pause is no sample, so it does not fall because nothing was sent.
 */
export class DeliveredRate {
  #estimateKbps = -1;
  #lastSampleKbps = 0;
  #variance = 50;
  #previousMs = -1;
  #windowMs = 0;
  #bytes = 0;

  /** Bits per second; -1 while unknown. */
  get bitsPerSecond(): number {
    return this.#estimateKbps < 0 ? -1 : this.#estimateKbps * 1000;
  }

  /** The same, or the last sample where that is more: what a queue that stands lets through just now. */
  get peakBitsPerSecond(): number {
    return this.#estimateKbps < 0 ? -1 : Math.max(this.#estimateKbps, this.#lastSampleKbps) * 1000;
  }

  add(arrivalMs: number, bytes: number): void {
    const lengthMs = this.#estimateKbps < 0 ? firstWindowMs : windowMs;
    if (this.#previousMs >= 0) {
      // Packets that overtook each other count as having come together.
      const step = Math.max(0, arrivalMs - this.#previousMs);
      this.#windowMs += step;
      if (step > lengthMs) {
        this.#bytes = 0;
        this.#windowMs %= lengthMs;
      }
    }
    this.#previousMs = Math.max(this.#previousMs, arrivalMs);
    if (this.#windowMs >= lengthMs) {
      const sample = (this.#bytes * 8) / lengthMs;
      this.#windowMs -= lengthMs;
      this.#bytes = 0;
      if (sample > 0) {
        this.#take(sample);
      }
    }
    this.#bytes += bytes;
  }

  /** After a clock jumped: the estimate stays, the window begins anew. */
  restartWindow(): void {
    this.#previousMs = -1;
    this.#windowMs = 0;
    this.#bytes = 0;
  }

  reset(): void {
    this.restartWindow();
    this.#estimateKbps = -1;
    this.#lastSampleKbps = 0;
    this.#variance = 50;
  }

  #take(sampleKbps: number): void {
    this.#lastSampleKbps = sampleKbps;
    if (this.#estimateKbps < 0) {
      this.#estimateKbps = sampleKbps;
      return;
    }
    const doubt = (uncertaintyScale * Math.abs(this.#estimateKbps - sampleKbps)) / this.#estimateKbps;
    const sampleVariance = doubt * doubt;
    const predicted = this.#variance + driftPerWindow;
    this.#estimateKbps =
      (sampleVariance * this.#estimateKbps + predicted * sampleKbps) / (sampleVariance + predicted);
    this.#variance = (sampleVariance * predicted) / (sampleVariance + predicted);
  }
}
