/** The last so many values of a series, for their quantiles. */
export class RecentValues {
  readonly #values: Float64Array;
  #count = 0;

  constructor(size: number) {
    this.#values = new Float64Array(size);
  }

  add(value: number): void {
    this.#values[this.#count++ % this.#values.length] = value;
  }

  /** The values that stand at these shares of all, from 0 to 1; empty while there is no value. */
  quantiles(...shares: number[]): number[] {
    const sorted = this.#values.slice(0, Math.min(this.#count, this.#values.length)).sort();
    return shares.flatMap((share) => sorted[Math.floor(share * (sorted.length - 1))] ?? []);
  }
}
