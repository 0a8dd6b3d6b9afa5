import { seededRandom } from '../../../support/relay/index.ts';

/** What a simulated path does to packets. */
export type PathConditions = {
  /** Of the bottleneck, in bits per second. */
  rateBps: number;
  /** One way, beside the queue. */
  delayMs: number;
  /** What the bottleneck's queue holds before it drops. Default 1000. */
  queueMs?: number;
  /** Share lost by chance. */
  lossShare?: number;
  /** What a packet takes longer than it should, such as a radio that is busy. */
  jitterMs?: (nowMs: number, random: () => number) => number;
};

export type Arrival = { sequence: number; arrivalMs: number };

/** The receiver's clock knows nothing of the sender's. */
const receiverClockMs = 77_777_000;

/** A one-way bottleneck with a queue, and a receiver that reports arrivals every 50 ms. Time is given. */
export class SimulatedPath {
  conditions: PathConditions;
  /** Added to what the receiver's clock shows. */
  clockOffsetMs = receiverClockMs;
  dropped = 0;
  deliveredBytes = 0;
  readonly #random = seededRandom(7);
  readonly #underWay: { sequence: number; bytes: number; dueMs: number }[] = [];
  #arrived: Arrival[] = [];
  #nextSequence: number | undefined;
  #busyUntilMs = 0;
  #heldUntilMs = 0;

  constructor(conditions: PathConditions) {
    this.conditions = conditions;
  }

  /** How long a packet would wait in the bottleneck now. */
  queueMs(nowMs: number): number {
    return Math.max(0, this.#busyUntilMs - nowMs);
  }

  /** Nothing arrives before that time: whoever reads the receiver's socket does not run. */
  holdUntil(timeMs: number): void {
    this.#heldUntilMs = timeMs;
    for (const packet of this.#underWay) {
      packet.dueMs = Math.max(packet.dueMs, timeMs);
    }
  }

  /** @param sequence does not wrap */
  send(sequence: number, bytes: number, nowMs: number): void {
    const { rateBps, delayMs, queueMs = 1000, lossShare = 0, jitterMs } = this.conditions;
    this.#nextSequence ??= sequence;
    if (this.queueMs(nowMs) > queueMs || this.#random() < lossShare) {
      this.dropped++;
      return;
    }
    this.#busyUntilMs = Math.max(this.#busyUntilMs, nowMs) + (bytes * 8000) / rateBps;
    const late = jitterMs?.(nowMs, this.#random) ?? 0;
    const dueMs = Math.max(this.#heldUntilMs, this.#busyUntilMs + delayMs + late);
    this.#underWay.push({ sequence, bytes, dueMs });
  }

  /** What the receiver reports now: each packet since its last report, with -1 for those that did not come. */
  takeReport(nowMs: number): Arrival[] {
    for (let i = 0; i < this.#underWay.length;) {
      const packet = this.#underWay[i];
      if (packet === undefined || packet.dueMs > nowMs) {
        i++;
        continue;
      }
      this.#underWay.splice(i, 1);
      this.deliveredBytes += packet.bytes;
      this.#arrived.push({ sequence: packet.sequence, arrivalMs: packet.dueMs + this.clockOffsetMs });
    }
    const arrived = this.#arrived.sort((a, b) => a.sequence - b.sequence);
    this.#arrived = [];
    const report: Arrival[] = [];
    let next = this.#nextSequence ?? 0;
    for (const arrival of arrived) {
      for (; next < arrival.sequence; next++) {
        report.push({ sequence: next, arrivalMs: -1 });
      }
      report.push(arrival);
      next = Math.max(next, arrival.sequence + 1);
    }
    this.#nextSequence = next;
    return report;
  }
}
