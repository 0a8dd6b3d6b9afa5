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

/** What is kept of a stretch, in this order. */
const firstIn = 0;
const firstOut = 1;
const timestampOffset = 2;
const shift = 3;
const rank = 4;
const marked = 5;
const stride = 6;

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
  /** Stretches in a ring, {@link stride} numbers each: one array, because each costs more than what it holds. */
  readonly #stretches: Int32Array;
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
    this.#stretches = new Int32Array(size * stride);
    this.offset = start - 1;
  }

  /** Enters a layer with the incoming packet `number`. Packets before it are not of this stream. */
  enter(number: number, stretch: Stretch): void {
    const next = (this.highest + this.offset + 1) | 0;
    const slot = this.#begin(number, next);
    this.#stretches[slot + timestampOffset] = stretch.timestampOffset;
    this.#stretches[slot + shift] = stretch.shift;
    this.#stretches[slot + rank] = stretch.rank;
    this.#stretches[slot + marked] = stretch.marked ? 1 : 0;
    this.#entry = this.#open;
    this.highest = (number - 1) | 0;
  }

  /** Leaves out the incoming packets `from` to `to`, which is the newest; what follows has another shift. */
  leaveOut(from: number, to: number, nextShift: number): void {
    const open = this.#slotOf(this.#open);
    const used = (from - this.#at(open, firstIn)) | 0;
    const next = (to + 1) | 0;
    this.highest = to;
    if (used > 0) {
      const slot = this.#begin(next, (this.#at(open, firstOut) + used) | 0);
      this.#stretches[slot + timestampOffset] = this.#at(open, timestampOffset);
      this.#stretches[slot + shift] = nextShift;
      this.#stretches[slot + rank] = this.#at(open, rank);
      this.#stretches[slot + marked] = 0;
      return;
    }
    this.#stretches[open + firstIn] = next;
    this.#stretches[open + shift] = nextShift;
    this.offset = (this.#at(open, firstOut) - next) | 0;
  }

  /**
   * Takes back the outgoing numbers from this one on, which were never sent: the layer that is entered next goes on
   * there. @param sequence its 16 bits
   */
  takeBack(sequence: number): void {
    const first = this.#outgoingOf(sequence);
    const oldest = Math.max(-1, this.#open - this.#mask);
    while (this.#open > oldest && ((first - this.#at(this.#slotOf(this.#open), firstOut)) | 0) <= 0) {
      this.#open--;
    }
    this.offset = (first - 1 - this.highest) | 0;
  }

  /** Where the incoming packet of the current layer lies, or -1 when it was left out or is too old. */
  findIncoming(number: number): number {
    for (let i = this.#open; i >= this.#entry && i > this.#open - this.#mask; i--) {
      const slot = this.#slotOf(i);
      const distance = (number - this.#at(slot, firstIn)) | 0;
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
      const slot = this.#slotOf(i);
      if (((out - this.#at(slot, firstOut)) | 0) >= 0) {
        return slot;
      }
    }
    return -1;
  }

  /** The incoming number behind an outgoing one that {@link findOutgoing} has found at `slot`. */
  incomingAt(slot: number, sequence: number): number {
    const into = (this.#outgoingOf(sequence) - this.#at(slot, firstOut)) | 0;
    return (this.#at(slot, firstIn) + into) | 0;
  }

  /** The outgoing number, 16 bits, of an incoming one that {@link findIncoming} has found at `slot`. */
  sequenceAt(slot: number, number: number): number {
    return (this.#at(slot, firstOut) + number - this.#at(slot, firstIn)) & 0xffff;
  }

  rankAt(slot: number): number {
    return this.#at(slot, rank);
  }

  timestampOffsetAt(slot: number): number {
    return this.#at(slot, timestampOffset);
  }

  shiftAt(slot: number): number {
    return this.#at(slot, shift);
  }

  /** Whether the packet got its marker bit here. */
  isMarkedAt(slot: number, number: number): boolean {
    return this.#at(slot, marked) === 1 && this.#at(slot, firstIn) === number;
  }

  #begin(incoming: number, outgoing: number): number {
    this.#open++;
    const slot = this.#slotOf(this.#open);
    this.#stretches[slot + firstIn] = incoming;
    this.#stretches[slot + firstOut] = outgoing;
    this.offset = (outgoing - incoming) | 0;
    return slot;
  }

  #slotOf(stretch: number): number {
    return (stretch & this.#mask) * stride;
  }

  #at(slot: number, field: number): number {
    return this.#stretches[slot + field] as number;
  }

  /** How many packets the stretch has; the open one has no end. */
  #lengthOf(stretch: number): number {
    if (stretch === this.#open) {
      return 0x7fffffff;
    }
    return (this.#at(this.#slotOf(stretch + 1), firstOut) - this.#at(this.#slotOf(stretch), firstOut)) | 0;
  }

  #outgoingOf(sequence: number): number {
    const newest = (this.highest + this.offset) | 0;
    return (newest + (((sequence - newest) << 16) >> 16)) | 0;
  }
}
