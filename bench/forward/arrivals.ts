import type { Arrivals } from './messages.ts';

/** Counts arrived packets and keeps the delays of a sample of them. */
export class ArrivalCount {
  packets = 0;
  #sampleEvery = 1;
  #delaysMs: number[] = [];

  /** Begins anew; about every `sampleEvery`th packet is to be sampled. */
  start(sampleEvery: number): void {
    this.packets = 0;
    this.#sampleEvery = sampleEvery;
    this.#delaysMs = [];
  }

  /** Counts a packet; true when its delay is wanted. */
  add(): boolean {
    return ++this.packets % this.#sampleEvery === 0;
  }

  addDelay(delayMs: number): void {
    this.#delaysMs.push(delayMs);
  }

  take(): Arrivals {
    const sorted = Float64Array.from(this.#delaysMs).sort();
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return { packets: this.packets, sampled: sorted.length, delayP50Ms: at(0.5), delayP99Ms: at(0.99) };
  }
}
