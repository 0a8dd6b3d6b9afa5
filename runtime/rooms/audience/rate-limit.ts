/** How often one may do something: so many at once, and then so many a second. */
export type Rate = { burst: number; perSecond: number };

/** A token bucket for each key. Those that are full again are forgotten, and no others. */
export class RateLimit {
  readonly #rate: Rate;
  readonly #now: () => number;
  /** In the order in which something was last taken. */
  readonly #buckets = new Map<string, { left: number; atMs: number }>();

  /** @param now milliseconds, of any clock that only goes forward */
  constructor(rate: Rate, now: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#now = now;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Takes one, or says that there is none left now. */
  take(key: string): boolean {
    const atMs = this.#now();
    this.#forgetFull(atMs);
    const left = this.#leftAt(atMs, this.#buckets.get(key));
    const taken = left >= 1;
    this.#buckets.delete(key);
    this.#buckets.set(key, { left: taken ? left - 1 : left, atMs });
    return taken;
  }

  #leftAt(nowMs: number, bucket: { left: number; atMs: number } | undefined): number {
    const { burst, perSecond } = this.#rate;
    return bucket === undefined
      ? burst
      : Math.min(burst, bucket.left + ((nowMs - bucket.atMs) / 1000) * perSecond);
  }

  #forgetFull(nowMs: number): void {
    for (const [key, bucket] of this.#buckets) {
      if (this.#leftAt(nowMs, bucket) < this.#rate.burst) {
        return;
      }
      this.#buckets.delete(key);
    }
  }
}
