import { SequenceUnwrapper, sequenceDelta } from '../sequence.ts';

const maxMissing = 400;
const maxTries = 10;
const giveUpMs = 1000;
const minRepeatMs = 20;

type MissingPacket = { since: number; lastAskedAt: number; tries: number };

/**
 * Decides which packets of one RTP stream to ask for again. Works on extended sequence numbers, so a loss
 * across the wrap is a loss like any other. Pure: time is given.
 */
export class NackGenerator {
  readonly #unwrapper = new SequenceUnwrapper();
  /** Keyed by extended sequence number; a Map keeps insertion order, and gaps are noted in sending order. */
  readonly #missing = new Map<number, MissingPacket>();
  #overflowed = false;

  get missingCount(): number {
    return this.#missing.size;
  }

  /** True when this packet is being asked for. */
  isMissing(sequenceNumber: number): boolean {
    const highest = this.#unwrapper.highest;
    return (
      highest !== undefined && this.#missing.has(highest + sequenceDelta(sequenceNumber, highest & 0xffff))
    );
  }

  /**
   * Notes an arrival, first-hand or retransmitted.
   *
   * @returns true when the packet fills a gap or comes out of order.
   */
  onPacket(sequenceNumber: number, nowMs: number): boolean {
    const highest = this.#unwrapper.highest;
    const extended = this.#unwrapper.unwrap(sequenceNumber);
    if (highest === undefined || extended === highest + 1) {
      return false;
    }
    if (extended <= highest) {
      this.#missing.delete(extended);
      return true;
    }
    if (extended - highest - 1 > maxMissing) {
      // More is lost than retransmission can mend in time: a key frame is the quicker way.
      this.#missing.clear();
      this.#overflowed = true;
      return false;
    }
    for (let lost = highest + 1; lost < extended; lost++) {
      this.#missing.set(lost, { since: nowMs, lastAskedAt: -Infinity, tries: 0 });
    }
    while (this.#missing.size > maxMissing) {
      const oldest = this.#missing.keys().next().value;
      if (oldest === undefined) {
        break;
      }
      this.#missing.delete(oldest);
      this.#overflowed = true;
    }
    return false;
  }

  /**
   * The sequence numbers to ask for now, in sending order: each at once, then again after about a round
   * trip, at most ten times within a second.
   */
  takeDue(nowMs: number, roundTripMs: number): number[] {
    const due: number[] = [];
    if (this.#missing.size === 0) {
      return due;
    }
    const repeatMs = Math.max(minRepeatMs, roundTripMs * 1.25);
    for (const [extended, missing] of this.#missing) {
      if (missing.tries >= maxTries || nowMs - missing.since > giveUpMs) {
        this.#missing.delete(extended);
        this.#overflowed = true;
        continue;
      }
      if (nowMs - missing.lastAskedAt >= repeatMs) {
        missing.lastAskedAt = nowMs;
        missing.tries++;
        due.push(extended & 0xffff);
      }
    }
    return due;
  }

  /** True once after packets were given up: the decoder needs a key frame. */
  takeOverflow(): boolean {
    const overflowed = this.#overflowed;
    this.#overflowed = false;
    return overflowed;
  }
}
