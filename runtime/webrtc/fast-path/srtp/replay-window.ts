const windowPackets = 1024;

/**
 * Roll-over counter and replay list of one SSRC (RFC 3711 sections 3.3.1 and 3.3.2). The window is 1024
 * packets so that late retransmissions still pass.
 */
export class ReplayWindow {
  #highest = -1;
  readonly #seen = new Uint32Array(windowPackets / 32);

  /** The 48-bit packet index that `sequence` most likely has. */
  guessIndex(sequence: number): number {
    if (this.#highest < 0) {
      return sequence;
    }
    const highestSequence = this.#highest % 65536;
    const index = this.#highest + (((sequence - highestSequence) << 16) >> 16);
    return index < 0 ? sequence : index;
  }

  /** True when the packet with this index was accepted before or is too old to tell. */
  isReplay(index: number): boolean {
    if (index > this.#highest) {
      return false;
    }
    if (this.#highest - index >= windowPackets) {
      return true;
    }
    return this.#bit(index);
  }

  /** Notes an authenticated packet. */
  accept(index: number): void {
    if (index > this.#highest) {
      const from = this.#highest < 0 ? index : Math.max(this.#highest + 1, index - windowPackets + 1);
      for (let skipped = from; skipped < index; skipped++) {
        this.#set(skipped, false);
      }
      this.#highest = index;
    }
    this.#set(index, true);
  }

  #bit(index: number): boolean {
    const slot = index % windowPackets;
    return (((this.#seen[slot >> 5] as number) >>> (slot & 31)) & 1) === 1;
  }

  #set(index: number, seen: boolean): void {
    const slot = index % windowPackets;
    const word = this.#seen[slot >> 5] as number;
    const mask = 1 << (slot & 31);
    this.#seen[slot >> 5] = seen ? word | mask : word & ~mask;
  }
}
