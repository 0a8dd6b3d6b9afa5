import type { RtpPacket } from '../rtp/packet.ts';
import { sequenceDelta } from '../sequence.ts';

/** Longer than a receiver asks for what it has lost: libwebrtc does so ten times, a round trip apart. */
const keptMs = 2000;
const leastPackets = 64;
const mostPackets = 8192;
/** Where the numbers of a sender that has begun anew go on: far from all before. */
const restartDistance = 0x20000;

/** Where a run of packets from a key frame on begins, and how much it is. */
export type KeyFrameRun = { first: number; packets: number; bytes: number; ageMs: number };

/**
 * The packets of one layer that came in the last two seconds at least: one ring for all subscribers, so each of them
 * needs nothing but the numbers in which it differs. Holds what was received, no copy of it; it grows with the
 * rate until two seconds fit. Pure: time is given.
 */
export class RecentPackets {
  #mask = leastPackets - 1;
  #packets = new Array<RtpPacket | undefined>(leastPackets).fill(undefined);
  #numbers = new Int32Array(leastPackets);
  #arrivals = new Float64Array(leastPackets);
  #highest = 0;
  #ssrc = -1;
  #keyFrame: number | undefined;

  /** How many packets there is room for. */
  get size(): number {
    return this.#mask + 1;
  }

  /** The number of the newest packet. */
  get highest(): number {
    return this.#highest;
  }

  /**
   * Notes a packet.
   *
   * @returns its sequence number without wraps. It grows with the stream and comes round as a signed 32-bit number
   *   does, so differences are taken with `| 0`; a stream that begins anew with another SSRC goes on far above.
   */
  add(packet: RtpPacket, arrivalMs: number): number {
    const number = this.#unwrap(packet);
    let slot = number & this.#mask;
    while (
      this.#packets[slot] !== undefined &&
      this.#numbers[slot] !== number &&
      arrivalMs - (this.#arrivals[slot] as number) < keptMs &&
      this.size < mostPackets
    ) {
      this.#grow();
      slot = number & this.#mask;
    }
    this.#packets[slot] = packet;
    this.#numbers[slot] = number;
    this.#arrivals[slot] = arrivalMs;
    return number;
  }

  /** Whether a packet with this sequence number is here already. */
  has({ ssrc, sequenceNumber }: RtpPacket): boolean {
    return (
      ssrc === this.#ssrc &&
      this.at((this.#highest + sequenceDelta(sequenceNumber, this.#highest & 0xffff)) | 0) !== undefined
    );
  }

  /** The packet of that number begins a key frame, or goes on with one as H.264 does with each slice and parameter set. */
  noteKeyFrame(number: number): void {
    const known = this.#keyFrame === undefined ? undefined : this.at(this.#keyFrame);
    const goesOn = known !== undefined && known.timestamp === this.at(number)?.timestamp;
    if (!goesOn || ((number - (this.#keyFrame ?? number)) | 0) < 0) {
      this.#keyFrame = number;
    }
  }

  at(number: number): RtpPacket | undefined {
    const slot = number & this.#mask;
    return this.#numbers[slot] === number ? this.#packets[slot] : undefined;
  }

  /** When the packet of that number came, or `-Infinity`. */
  arrivalMs(number: number): number {
    const slot = number & this.#mask;
    return this.#numbers[slot] === number ? (this.#arrivals[slot] as number) : -Infinity;
  }

  /** From the last key frame to the newest packet, when none is missing in between. */
  keyFrameRun(nowMs: number): KeyFrameRun | undefined {
    const first = this.#keyFrame;
    if (first === undefined) {
      return undefined;
    }
    const packets = ((this.#highest - first) | 0) + 1;
    if (packets < 1 || packets > this.size) {
      return undefined;
    }
    let bytes = 0;
    for (let i = 0; i < packets; i++) {
      const packet = this.at((first + i) | 0);
      if (packet === undefined) {
        return undefined;
      }
      bytes += packet.data.length;
    }
    return { first, packets, bytes, ageMs: nowMs - this.arrivalMs(first) };
  }

  #unwrap(packet: RtpPacket): number {
    const { sequenceNumber } = packet;
    if (this.#ssrc !== packet.ssrc) {
      this.#highest =
        this.#ssrc < 0 ? sequenceNumber : ((this.#highest + restartDistance) & ~0xffff) | sequenceNumber;
      this.#ssrc = packet.ssrc;
      this.#keyFrame = undefined;
      return this.#highest;
    }
    const delta = sequenceDelta(sequenceNumber, this.#highest & 0xffff);
    const number = (this.#highest + delta) | 0;
    if (delta > 0) {
      this.#highest = number;
    }
    return number;
  }

  #grow(): void {
    const { size } = this;
    const packets = this.#packets;
    const numbers = this.#numbers;
    const arrivals = this.#arrivals;
    this.#mask = size * 2 - 1;
    this.#packets = new Array<RtpPacket | undefined>(size * 2).fill(undefined);
    this.#numbers = new Int32Array(size * 2);
    this.#arrivals = new Float64Array(size * 2);
    for (let i = 0; i < size; i++) {
      if (packets[i] === undefined) {
        continue;
      }
      const slot = (numbers[i] as number) & this.#mask;
      this.#packets[slot] = packets[i];
      this.#numbers[slot] = numbers[i] as number;
      this.#arrivals[slot] = arrivals[i] as number;
    }
  }

  /** Lets go of everything. */
  clear(): void {
    this.#packets.fill(undefined);
    this.#keyFrame = undefined;
  }
}
