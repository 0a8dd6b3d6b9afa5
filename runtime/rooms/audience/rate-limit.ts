/** How often one may do something: so many at once, and then so many a second. */
export type Rate = { burst: number; perSecond: number };

/** A token bucket for each key. */
export class RateLimit {
  readonly #rate: Rate;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { left: number; atMs: number }>();

  /** @param now milliseconds, of any clock that only goes forward */
  constructor(rate: Rate, now: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Takes one, or says that there is none left now. */
  take(key: string): boolean {
    const { burst, perSecond } = this.#rate;
    const atMs = this.#now();
    const bucket = this.#buckets.get(key) ?? { left: burst, atMs };
    const left = Math.min(burst, bucket.left + ((atMs - bucket.atMs) / 1000) * perSecond);
    const taken = left >= 1;
    this.#buckets.set(key, { left: taken ? left - 1 : left, atMs });
    return taken;
  }

  forget(key: string): void {
    this.#buckets.delete(key);
  }
}
