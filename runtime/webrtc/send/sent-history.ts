import type { RtpPacket } from '../rtp/packet.ts';

/**
 * What was sent lately, to be sent again on request. Holds references to the received packets, which all
 * subscribers of a track share, and the few numbers in which the subscribers differ.
 */
export class SentHistory {
  readonly #mask: number;
  readonly #packets: (RtpPacket | undefined)[];
  readonly #sequences: Int32Array;
  readonly #timestamps: Float64Array;
  readonly #shifts: Int32Array;
  readonly #sentAt: Float64Array;

  /** @param size a power of two: how many packets are kept. */
  constructor(size: number) {
    this.#mask = size - 1;
    this.#packets = new Array<RtpPacket | undefined>(size).fill(undefined);
    this.#sequences = new Int32Array(size).fill(-1);
    this.#timestamps = new Float64Array(size);
    this.#shifts = new Int32Array(size);
    this.#sentAt = new Float64Array(size);
  }

  add(packet: RtpPacket, sequence: number, timestamp: number, shift: number, nowMs: number): void {
    const slot = sequence & this.#mask;
    this.#packets[slot] = packet;
    this.#sequences[slot] = sequence;
    this.#timestamps[slot] = timestamp;
    this.#shifts[slot] = shift;
    this.#sentAt[slot] = nowMs;
  }

  /** The slot of a sent packet, or -1 when it is gone or was sent less than `minAgeMs` ago. */
  find(sequence: number, minAgeMs: number, nowMs: number): number {
    const slot = sequence & this.#mask;
    if (this.#sequences[slot] !== sequence || nowMs - (this.#sentAt[slot] as number) < minAgeMs) {
      return -1;
    }
    return slot;
  }

  packetAt(slot: number): RtpPacket | undefined {
    return this.#packets[slot];
  }

  timestampAt(slot: number): number {
    return this.#timestamps[slot] as number;
  }

  shiftAt(slot: number): number {
    return this.#shifts[slot] as number;
  }

  markSentAgain(slot: number, nowMs: number): void {
    this.#sentAt[slot] = nowMs;
  }

  clear(): void {
    this.#packets.fill(undefined);
    this.#sequences.fill(-1);
  }
}
