/** Writes big-endian bit fields. */
export class BitWriter {
  readonly #bytes: number[] = [];
  #current = 0;
  #used = 0;

  bit(value: number): void {
    this.#current = (this.#current << 1) | (value & 1);
    if (++this.#used === 8) {
      this.#bytes.push(this.#current);
      this.#current = 0;
      this.#used = 0;
    }
  }

  bits(value: number, count: number): void {
    for (let shift = count - 1; shift >= 0; shift--) this.bit(Math.floor(value / 2 ** shift) & 1);
  }

  /** Unsigned Exp-Golomb code, ue(v) of ITU-T H.264 §9.1. */
  ue(value: number): void {
    const length = Math.floor(Math.log2(value + 1));
    this.bits(0, length);
    this.bits(value + 1, length + 1);
  }

  /** Signed Exp-Golomb code, se(v). */
  se(value: number): void {
    this.ue(value > 0 ? value * 2 - 1 : -value * 2);
  }

  get aligned(): boolean {
    return this.#used === 0;
  }

  /** rbsp_trailing_bits of ITU-T H.264 §7.3.2.11. */
  trailing(): void {
    this.bit(1);
    while (!this.aligned) this.bit(0);
  }

  finish(): Uint8Array {
    while (!this.aligned) this.bit(0);
    return Uint8Array.from(this.#bytes);
  }
}
