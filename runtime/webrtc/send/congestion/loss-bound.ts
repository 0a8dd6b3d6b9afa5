const minWindowMs = 500;
const maxWindowMs = 1000;
const wholeWindowPackets = 40;
const minPackets = 10;
const congestedLoss = 0.1;
/** A window of 40 packets has more than 10 % lost once in 120 where 3 % are lost by chance; two running, hardly ever. */
const congestedWindows = 2;
/** The draft's 2 % would leave a bound where it is for ever on a radio that always loses as much. */
const harmlessLoss = 0.05;
const growthPerSecond = 1.05;

/** What holds a bound that loss sets, in bits per second. */
export type LossLimits = {
  /** What was sent while the loss was measured. */
  sentBitsPerSecond: number;
  /** What was allowed or wanted then, where that is more: that little was sent is no reason to allow little. */
  usedBitsPerSecond: number;
  /** No growth beyond this: little sent proves little. */
  growthLimit: number;
  floor: number;
};

/**
 * The bound that loss sets (draft-ietf-rmcat-gcc-02 section 6): above 10 % it falls by half the loss, below 5 %
 * it grows by 5 % a second, between them it stays, because such loss is the radio's and not a queue's. Never
 * below what arrives. `Infinity` until the first decrease. One bad window by itself is chance, or a process that
 * stood still while its socket overflowed.
 */
export class LossBound {
  bitsPerSecond = Infinity;
  #windowStartMs = -1;
  #reported = 0;
  #lost = 0;
  #badWindows = 0;

  onReceived(): void {
    this.#reported++;
  }

  onLost(): void {
    this.#reported++;
    this.#lost++;
  }

  /** A packet that was reported lost has come after all. */
  onLossTakenBack(): void {
    this.#lost = Math.max(0, this.#lost - 1);
  }

  /** @returns true when the bound fell. */
  update(limits: LossLimits, nowMs: number): boolean {
    if (this.#windowStartMs < 0) {
      this.#windowStartMs = nowMs;
    }
    const elapsedMs = nowMs - this.#windowStartMs;
    if (elapsedMs < minWindowMs || (this.#reported < wholeWindowPackets && elapsedMs < maxWindowMs)) {
      return false;
    }
    const fraction = this.#reported < minPackets ? -1 : this.#lost / this.#reported;
    this.#windowStartMs = nowMs;
    this.#reported = 0;
    this.#lost = 0;
    this.#badWindows = fraction > congestedLoss ? this.#badWindows + 1 : 0;
    if (fraction < 0 || (this.#badWindows > 0 && this.#badWindows < congestedWindows)) {
      return false;
    }
    return this.take(fraction, elapsedMs, limits);
  }

  /** Takes one measure of loss, 0 to 1, over a time: of our own, or of a receiver report. */
  take(fraction: number, elapsedMs: number, limits: LossLimits): boolean {
    const { sentBitsPerSecond, usedBitsPerSecond, growthLimit, floor } = limits;
    if (fraction > congestedLoss) {
      const from = Math.min(this.bitsPerSecond, usedBitsPerSecond);
      const arrived = Math.min(from, sentBitsPerSecond * (1 - fraction));
      this.bitsPerSecond = Math.max(floor, from * (1 - fraction / 2), arrived);
      return true;
    }
    if (fraction < harmlessLoss && this.bitsPerSecond !== Infinity) {
      const grown = this.bitsPerSecond * growthPerSecond ** (Math.min(elapsedMs, 2000) / 1000);
      this.bitsPerSecond = Math.max(this.bitsPerSecond, Math.min(grown, growthLimit));
    }
    return false;
  }

  reset(): void {
    this.bitsPerSecond = Infinity;
    this.#windowStartMs = -1;
    this.#reported = 0;
    this.#lost = 0;
    this.#badWindows = 0;
  }
}
