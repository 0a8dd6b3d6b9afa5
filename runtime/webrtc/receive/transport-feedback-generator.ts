import { maxFeedbackPackets, writeTransportFeedback } from '../rtcp/transport-feedback.ts';
import type { PacketArrival } from '../rtcp/transport-feedback.ts';
import { SequenceUnwrapper } from '../sequence.ts';

const feedbackIntervalMs = 100;
const flushAtPackets = 200;

/**
 * Collects arrivals of one transport and turns them into transport-wide feedback: every 100 ms however few
 * packets came, earlier when many did, and across the wrap of the sequence number.
 */
export class TransportFeedbackGenerator {
  readonly #senderSsrc: number;
  readonly #unwrapper = new SequenceUnwrapper();
  #pending: PacketArrival[] = [];
  #sorted = true;
  #nextBase: number | undefined;
  #feedbackCount = 0;
  #lastFlushMs = -Infinity;
  #mediaSsrc = 0;

  constructor(senderSsrc: number) {
    this.#senderSsrc = senderSsrc;
  }

  /** Notes one packet that carried the transport-wide sequence number. */
  onPacket(transportSequence: number, arrivalMs: number, mediaSsrc: number): void {
    const sequence = this.#unwrapper.unwrap(transportSequence);
    const last = this.#pending[this.#pending.length - 1];
    if (last !== undefined && sequence <= last.sequence) {
      this.#sorted = false;
    }
    this.#mediaSsrc = mediaSsrc;
    this.#pending.push({ sequence, arrivalMs });
  }

  /** RTCP packets to send now, if any. */
  takeDue(nowMs: number): Buffer[] {
    const packets: Buffer[] = [];
    if (
      this.#pending.length === 0 ||
      (nowMs - this.#lastFlushMs < feedbackIntervalMs && this.#pending.length < flushAtPackets)
    ) {
      return packets;
    }
    this.#lastFlushMs = nowMs;
    let arrivals = this.#takePending();
    const nextBase = this.#nextBase;
    if (nextBase !== undefined) {
      // Packets that came after their number was already reported missing: reported on their own, so that
      // the sender can take the loss back.
      const late = arrivals.filter((arrival) => arrival.sequence < nextBase);
      arrivals = arrivals.slice(late.length);
      this.#write(late, undefined, packets);
    }
    const end = this.#write(arrivals, nextBase, packets);
    this.#nextBase = end ?? nextBase;
    return packets;
  }

  #takePending(): PacketArrival[] {
    const pending = this.#pending;
    this.#pending = [];
    if (!this.#sorted) {
      pending.sort((a, b) => a.sequence - b.sequence);
      this.#sorted = true;
      return pending.filter((arrival, i) => arrival.sequence !== pending[i - 1]?.sequence);
    }
    return pending;
  }

  #write(arrivals: PacketArrival[], from: number | undefined, into: Buffer[]): number | undefined {
    let rest = arrivals;
    let base = from;
    while (rest.length > 0) {
      const first = rest[0] as PacketArrival;
      const start = base === undefined || first.sequence - base >= maxFeedbackPackets ? first.sequence : base;
      const { packet, covered, nextBase } = writeTransportFeedback(
        this.#senderSsrc,
        this.#mediaSsrc,
        this.#feedbackCount,
        start,
        rest,
      );
      this.#feedbackCount = (this.#feedbackCount + 1) & 0xff;
      into.push(packet);
      rest = rest.slice(covered);
      base = nextBase;
    }
    return base;
  }
}
