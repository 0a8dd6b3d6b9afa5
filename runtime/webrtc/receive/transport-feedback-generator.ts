import { writeTransportFeedback } from '../rtcp/transport-feedback.ts';
import { SequenceUnwrapper } from '../sequence.ts';

const feedbackIntervalMs = 100;
const flushAtPackets = 200;
const firstCapacity = 256;
/** What comes while nothing is taken for seconds: more cannot be told apart across the wrap. */
const maxCapacity = 0x8000;

/**
 * Collects arrivals of one transport and turns them into transport-wide feedback: every 100 ms however few
 * packets came, earlier when many did, and across the wrap of the sequence number. A packet costs two numbers in
 * arrays that are used again.
 */
export class TransportFeedbackGenerator {
  readonly #senderSsrc: number;
  readonly #unwrapper = new SequenceUnwrapper();
  #sequences = new Float64Array(firstCapacity);
  #arrivalsMs = new Float64Array(firstCapacity);
  #count = 0;
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
    const at = this.#count;
    if (at === this.#sequences.length && !this.#grow()) {
      return;
    }
    if (at > 0 && sequence <= (this.#sequences[at - 1] as number)) {
      this.#sorted = false;
    }
    this.#mediaSsrc = mediaSsrc;
    this.#sequences[at] = sequence;
    this.#arrivalsMs[at] = arrivalMs;
    this.#count++;
  }

  /** RTCP packets to send now, if any. */
  takeDue(nowMs: number): Buffer[] {
    const packets: Buffer[] = [];
    if (
      this.#count === 0 ||
      (nowMs - this.#lastFlushMs < feedbackIntervalMs && this.#count < flushAtPackets)
    ) {
      return packets;
    }
    this.#lastFlushMs = nowMs;
    this.#sort();
    const count = this.#count;
    this.#count = 0;
    const nextBase = this.#nextBase;
    let late = 0;
    if (nextBase !== undefined) {
      // Packets that came after their number was already reported missing: reported on their own, so that
      // the sender can take the loss back.
      while (late < count && (this.#sequences[late] as number) < nextBase) {
        late++;
      }
      this.#write(0, late, undefined, packets);
    }
    this.#nextBase = this.#write(late, count, nextBase, packets) ?? nextBase;
    return packets;
  }

  /** In place and with each number once; nearly in order already, which is what an insertion sort is for. */
  #sort(): void {
    if (this.#sorted) {
      return;
    }
    this.#sorted = true;
    const sequences = this.#sequences;
    const arrivalsMs = this.#arrivalsMs;
    let kept = 1;
    for (let i = 1; i < this.#count; i++) {
      const sequence = sequences[i] as number;
      const arrivalMs = arrivalsMs[i] as number;
      let at = kept;
      while (at > 0 && (sequences[at - 1] as number) > sequence) {
        at--;
      }
      if (at > 0 && sequences[at - 1] === sequence) {
        continue;
      }
      sequences.copyWithin(at + 1, at, kept);
      arrivalsMs.copyWithin(at + 1, at, kept);
      sequences[at] = sequence;
      arrivalsMs[at] = arrivalMs;
      kept++;
    }
    this.#count = kept;
  }

  #write(start: number, end: number, base: number | undefined, into: Buffer[]): number | undefined {
    const arrivals = { sequences: this.#sequences, arrivalsMs: this.#arrivalsMs };
    let next = base;
    for (let at = start; at < end;) {
      const { packet, covered, nextBase } = writeTransportFeedback(
        this.#senderSsrc,
        this.#mediaSsrc,
        this.#feedbackCount,
        next ?? (this.#sequences[at] as number),
        arrivals,
        at,
        end,
      );
      this.#feedbackCount = (this.#feedbackCount + 1) & 0xff;
      into.push(packet);
      at += covered;
      next = nextBase;
    }
    return next;
  }

  #grow(): boolean {
    const capacity = this.#sequences.length * 2;
    if (capacity > maxCapacity) {
      return false;
    }
    const sequences = new Float64Array(capacity);
    const arrivalsMs = new Float64Array(capacity);
    sequences.set(this.#sequences);
    arrivalsMs.set(this.#arrivalsMs);
    this.#sequences = sequences;
    this.#arrivalsMs = arrivalsMs;
    return true;
  }
}
