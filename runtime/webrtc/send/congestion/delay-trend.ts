const windowGroups = 20;
const smoothing = 0.9;
const gain = 4;
const maxCountedGroups = 60;
const overuseMs = 10;
const startThreshold = 12.5;
const minThreshold = 6;
const maxThreshold = 600;
/** Far above the threshold is a single spike, which must not make the detector deaf. */
const maxAdapted = 15;
const adaptUp = 0.0087;
const adaptDown = 0.039;
const maxAdaptMs = 100;

/** Whether the queue on the path grows, shrinks or does neither. */
export type PathUsage = 'normal' | 'overusing' | 'underusing';

/**
 * Tells from the trend of the one-way delay whether the path's queue grows: a line is laid through the smoothed
 * delays of the last 20 groups, and its slope held against a threshold that adapts to the path's jitter
 * (draft-ietf-rmcat-gcc-02 section 5.4 with the trendline filter that libwebrtc uses in place of the Kalman
 * filter). Pure.
 */
export class DelayTrend {
  usage: PathUsage = 'normal';
  readonly #arrival = new Float64Array(windowGroups);
  readonly #delay = new Float64Array(windowGroups);
  #groups = 0;
  #firstArrivalMs = 0;
  #accumulatedMs = 0;
  #smoothedMs = 0;
  #trend = 0;
  #threshold = startThreshold;
  #adaptedMs = -1;
  #overMs = -1;
  #overGroups = 0;

  /** Takes one complete group. */
  add(sendDeltaMs: number, arrivalDeltaMs: number, arrivalMs: number): void {
    if (this.#groups === 0) {
      this.#firstArrivalMs = arrivalMs;
    }
    this.#accumulatedMs += arrivalDeltaMs - sendDeltaMs;
    this.#smoothedMs = smoothing * this.#smoothedMs + (1 - smoothing) * this.#accumulatedMs;
    const slot = this.#groups % windowGroups;
    this.#arrival[slot] = arrivalMs - this.#firstArrivalMs;
    this.#delay[slot] = this.#smoothedMs;
    this.#groups++;
    const before = this.#trend;
    if (this.#groups >= windowGroups) {
      this.#trend = this.#slope() ?? before;
    }
    if (this.#groups >= 2) {
      this.#detect(before, sendDeltaMs, arrivalMs);
    }
  }

  /** After a change of path or clock. */
  reset(): void {
    this.usage = 'normal';
    this.#groups = 0;
    this.#accumulatedMs = 0;
    this.#smoothedMs = 0;
    this.#trend = 0;
    this.#threshold = startThreshold;
    this.#adaptedMs = -1;
    this.#overMs = -1;
    this.#overGroups = 0;
  }

  /** Least squares; `undefined` when all groups arrived at one moment. */
  #slope(): number | undefined {
    let sumArrival = 0;
    let sumDelay = 0;
    for (let i = 0; i < windowGroups; i++) {
      sumArrival += this.#arrival[i] as number;
      sumDelay += this.#delay[i] as number;
    }
    const meanArrival = sumArrival / windowGroups;
    const meanDelay = sumDelay / windowGroups;
    let numerator = 0;
    let denominator = 0;
    for (let i = 0; i < windowGroups; i++) {
      const distance = (this.#arrival[i] as number) - meanArrival;
      numerator += distance * ((this.#delay[i] as number) - meanDelay);
      denominator += distance * distance;
    }
    return denominator === 0 ? undefined : numerator / denominator;
  }

  #detect(before: number, sendDeltaMs: number, arrivalMs: number): void {
    const scaled = Math.min(this.#groups, maxCountedGroups) * this.#trend * gain;
    if (scaled > this.#threshold) {
      this.#overMs = this.#overMs < 0 ? sendDeltaMs / 2 : this.#overMs + sendDeltaMs;
      this.#overGroups++;
      if (this.#overMs > overuseMs && this.#overGroups > 1 && this.#trend >= before) {
        this.#overMs = 0;
        this.#overGroups = 0;
        this.usage = 'overusing';
      }
    } else {
      this.#overMs = -1;
      this.#overGroups = 0;
      this.usage = scaled < -this.#threshold ? 'underusing' : 'normal';
    }
    this.#adapt(Math.abs(scaled), arrivalMs);
  }

  #adapt(size: number, arrivalMs: number): void {
    const elapsedMs = this.#adaptedMs < 0 ? 0 : Math.min(arrivalMs - this.#adaptedMs, maxAdaptMs);
    this.#adaptedMs = arrivalMs;
    if (size > this.#threshold + maxAdapted) {
      return;
    }
    const speed = size < this.#threshold ? adaptDown : adaptUp;
    const adapted = this.#threshold + speed * (size - this.#threshold) * elapsedMs;
    this.#threshold = Math.min(maxThreshold, Math.max(minThreshold, adapted));
  }
}
