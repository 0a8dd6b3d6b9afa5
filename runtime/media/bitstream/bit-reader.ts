/** Reads big-endian bit fields. Past the end every bit is 0, so parsers of hostile input end by themselves. */
export class BitReader {
  readonly #data: Uint8Array;
  #position: number;

  constructor(data: Uint8Array, byteOffset = 0) {
    this.#data = data;
    this.#position = byteOffset * 8;
  }

  /** Bits read so far, from the start of the data. */
  get position(): number {
    return this.#position;
  }

  get exhausted(): boolean {
    return this.#position > this.#data.length * 8;
  }

  bit(): number {
    const byte = this.#data[this.#position >> 3] ?? 0;
    const bit = (byte >> (7 - (this.#position & 7))) & 1;
    this.#position++;
    return bit;
  }

  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 2 + this.bit();
    return value;
  }

  skip(count: number): void {
    this.#position += count;
  }

  /** Unsigned Exp-Golomb code, ue(v) of ITU-T H.264 §9.1. */
  ue(): number {
    let zeros = 0;
    while (zeros < 32 && this.bit() === 0) zeros++;
    return zeros >= 32 ? 0 : 2 ** zeros - 1 + this.bits(zeros);
  }

  /** Signed Exp-Golomb code, se(v). */
  se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : -(code / 2);
  }
}
