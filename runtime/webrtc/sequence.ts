/** Distance from `from` to `to` in 16-bit serial arithmetic (RFC 1982): -32768 to 32767. */
export function sequenceDelta(to: number, from: number): number {
  return ((to - from) << 16) >> 16;
}

/** Turns wrapping 16-bit sequence numbers into ever-growing ones, tolerating reordering across the wrap. */
export class SequenceUnwrapper {
  #highest: number | undefined;

  /** The extended number nearest to the highest seen so far. The first number is kept as it is. */
  unwrap(sequence: number): number {
    if (this.#highest === undefined) {
      this.#highest = sequence;
      return sequence;
    }
    const extended = this.#highest + sequenceDelta(sequence, this.#highest & 0xffff);
    if (extended > this.#highest) {
      this.#highest = extended;
    }
    return extended;
  }

  get highest(): number | undefined {
    return this.#highest;
  }
}
