/** What a stretch of outgoing numbers has in common. */
export type Stretch = {
  /** Rank of the layer that it comes from. */
  rank: number;
  /** Added to timestamps. */
  timestampOffset: number;
  /** See `Vp8Continuity`; 0 for other codecs. */
  shift: number;
  /** The first packet of the stretch has a marker bit that it did not come with. */
  marked: boolean;
};

/**
 * Which number of one subscriber's stream belongs to which incoming packet. A stretch is a run of incoming
 * packets that follow each other and go out with numbers that follow each other; a new one begins where a layer is
 * entered or packets were left out. So nothing is kept per packet: one stretch lasts for ever where nothing is
 * left out. Numbers lost on the way in belong to a stretch and stay a gap on the way out.
 *
 * All numbers are signed 32-bit ones that come round, as `RecentPackets` gives them; differences are taken with `| 0`.
 */
export class NumberLine {
  /** Added to an incoming number of the open stretch, it gives the outgoing one. */
  offset = 0;
  /** The newest incoming packet of the layer, sent or left out. */
  highest = 0;
  readonly #mask: number;
  readonly #firstIn: Int32Array;
  readonly #firstOut: Int32Array;
  readonly #timestampOffsets: Int32Array;
  readonly #shifts: Int32Array;
  readonly #ranks: Uint8Array;
  readonly #marked: Uint8Array;
  /** Counts stretches; the open one is the last. */
  #open = -1;
  /** The stretch with which the current layer was entered. */
  #entry = 0;

  /**
   * @param size how many stretches are remembered, a power of two
   * @param start the first outgoing number
   */
  constructor(size: number, start: number) {
    this.#mask = size - 1;
    this.#firstIn = new Int32Array(size);
    this.#firstOut = new Int32Array(size);
    this.#timestampOffsets = new Int32Array(size);
    this.#shifts = new Int32Array(size);
    this.#ranks = new Uint8Array(size);
    this.#marked = new Uint8Array(size);
    this.offset = start - 1;
  }

  /** Enters a layer with the incoming packet `number`. Packets before it are not of this stream. */
  enter(number: number, stretch: Stretch): void {
    const next = (this.highest + this.offset + 1) | 0;
    this.#begin(number, next, stretch.rank, stretch.timestampOffset, stretch.shift, stretch.marked);
    this.#entry = this.#open;
    this.highest = (number - 1) | 0;
  }

  /** Leaves out the incoming packets `from` to `to`, which is the newest; what follows has another shift. */
  leaveOut(from: number, to: number, shift: number): void {
    const slot = this.#open & this.#mask;
    const used = (from - (this.#firstIn[slot] as number)) | 0;
    const firstIn = (to + 1) | 0;
    this.highest = to;
    if (used > 0) {
      const firstOut = ((this.#firstOut[slot] as number) + used) | 0;
      const rank = this.#ranks[slot] as number;
      this.#begin(firstIn, firstOut, rank, this.#timestampOffsets[slot] as number, shift, false);
      return;
    }
    this.#firstIn[slot] = firstIn;
    this.#shifts[slot] = shift;
    this.offset = ((this.#firstOut[slot] as number) - firstIn) | 0;
  }

  /**
   * Takes back the outgoing numbers from this one on, which were never sent: the layer that is entered next goes on
   * there. @param sequence its 16 bits
   */
  takeBack(sequence: number): void {
    const first = this.#outgoingOf(sequence);
    while (this.#open >= 0 && ((first - (this.#firstOut[this.#open & this.#mask] as number)) | 0) <= 0) {
      this.#open--;
    }
    this.offset = (first - 1 - this.highest) | 0;
  }

  /** Where the incoming packet of the current layer lies, or -1 when it was left out or is too old. */
  findIncoming(number: number): number {
    for (let i = this.#open; i >= this.#entry && i > this.#open - this.#mask; i--) {
      const slot = i & this.#mask;
      const distance = (number - (this.#firstIn[slot] as number)) | 0;
      if (distance >= 0) {
        return distance < this.#lengthOf(i) ? slot : -1;
      }
    }
    return -1;
  }

  /** Where an outgoing number lies, or -1 when it was not sent or is too old. @param sequence its 16 bits */
  findOutgoing(sequence: number): number {
    const out = this.#outgoingOf(sequence);
    if (((out - this.highest - this.offset) | 0) > 0) {
      return -1;
    }
    for (let i = this.#open; i >= 0 && i > this.#open - this.#mask; i--) {
      const slot = i & this.#mask;
      if (((out - (this.#firstOut[slot] as number)) | 0) >= 0) {
        return slot;
      }
    }
    return -1;
  }

  /** The incoming number behind an outgoing one that {@link findOutgoing} has found at `slot`. */
  incomingAt(slot: number, sequence: number): number {
    const into = (this.#outgoingOf(sequence) - (this.#firstOut[slot] as number)) | 0;
    return ((this.#firstIn[slot] as number) + into) | 0;
  }

  /** The outgoing number, 16 bits, of an incoming one that {@link findIncoming} has found at `slot`. */
  sequenceAt(slot: number, number: number): number {
    return ((this.#firstOut[slot] as number) + number - (this.#firstIn[slot] as number)) & 0xffff;
  }

  rankAt(slot: number): number {
    return this.#ranks[slot] as number;
  }

  timestampOffsetAt(slot: number): number {
    return this.#timestampOffsets[slot] as number;
  }

  shiftAt(slot: number): number {
    return this.#shifts[slot] as number;
  }

  /** Whether the packet got its marker bit here. */
  isMarkedAt(slot: number, number: number): boolean {
    return this.#marked[slot] === 1 && this.#firstIn[slot] === number;
  }

  #begin(
    firstIn: number,
    firstOut: number,
    rank: number,
    timestampOffset: number,
    shift: number,
    marked: boolean,
  ): void {
    this.#open++;
    const slot = this.#open & this.#mask;
    this.#firstIn[slot] = firstIn;
    this.#firstOut[slot] = firstOut;
    this.#ranks[slot] = rank;
    this.#timestampOffsets[slot] = timestampOffset;
    this.#shifts[slot] = shift;
    this.#marked[slot] = marked ? 1 : 0;
    this.offset = (firstOut - firstIn) | 0;
  }

  /** How many packets the stretch has; the open one has no end. */
  #lengthOf(stretch: number): number {
    if (stretch === this.#open) {
      return 0x7fffffff;
    }
    const next = this.#firstOut[(stretch + 1) & this.#mask] as number;
    return (next - (this.#firstOut[stretch & this.#mask] as number)) | 0;
  }

  #outgoingOf(sequence: number): number {
    const newest = (this.highest + this.offset) | 0;
    return (newest + (((sequence - newest) << 16) >> 16)) | 0;
  }
}
