/** RFC 7741 knows four temporal layers of VP8; those of VP9 above the fourth count with it. */
const mostLayers = 4;

/** How much of a layer's rate each of its temporal layers is. */
export class TemporalRates {
  readonly #bytes = new Float64Array(mostLayers);

  /** @param bytes of a payload */
  add(temporal: number, bytes: number): void {
    const at = temporal < mostLayers ? temporal : mostLayers - 1;
    this.#bytes[at] = (this.#bytes[at] as number) + bytes;
  }

  /** Bits per second of each temporal layer with those below it, since the last time `windowMs` ago. */
  take(windowMs: number): number[] {
    const highest = this.#bytes.findLastIndex((bytes) => bytes > 0);
    const rates: number[] = [];
    let sum = 0;
    for (let temporal = 0; temporal <= Math.max(0, highest); temporal++) {
      sum += this.#bytes[temporal] as number;
      rates.push(Math.round((sum * 8000) / windowMs));
    }
    this.#bytes.fill(0);
    return rates;
  }
}
