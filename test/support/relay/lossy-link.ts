import { DelayQueue } from './delay-queue.ts';
import { isRtp, isRtpOrRtcp, readRtpHeader, type RtpHeader } from './rtp-header.ts';

/** What a one-way link does to datagrams. */
export type LinkConditions = {
  /** Share of datagrams that are lost, 0 to 1, each by itself. */
  lossShare?: number;
  /** Every datagram takes this long. */
  delayMs?: number;
  /** On top of that each takes a time of its own, evenly spread from 0 to this. */
  jitterMs?: number;
  /** Whether jitter may put datagrams out of order (as netem does) or only holds the later ones back too. */
  reorder?: boolean;
  /** A bottleneck: so many bits per second pass, the rest waits its turn. Without it everything passes at once. */
  rateBps?: number;
  /** What the bottleneck holds before it drops what comes. Default 300 ms. */
  queueMs?: number;
  /** `media` spares STUN and DTLS, so that a connection is made as fast as without loss. */
  applyTo?: 'all' | 'media';
};

export type LinkCounts = {
  /** Datagrams that came in. */
  received: number;
  /** Of these, RTP. */
  rtpReceived: number;
  delivered: number;
  /** Lost by chance. */
  lost: number;
  /** Lost because a test had asked for these very ones. */
  lostOnDemand: number;
  /** Lost because the bottleneck's queue was full. */
  overflowed: number;
  /** Lost because the link was blocked. */
  blocked: number;
  /** Delivered after one that had come in later. */
  reordered: number;
};

/** Decides whether a packet is to be lost; asked for every RTP packet in order. */
export type LossDemand = (header: RtpHeader) => boolean;

type UnderWay = { number: number; datagram: Buffer; deliver: (datagram: Buffer) => void };

/** One direction of a network: loses and delays datagrams. Knows nothing of sockets. */
export class LossyLink {
  readonly counts: LinkCounts = {
    received: 0,
    rtpReceived: 0,
    delivered: 0,
    lost: 0,
    lostOnDemand: 0,
    overflowed: 0,
    blocked: 0,
    reordered: 0,
  };
  isBlocked = false;
  #conditions: LinkConditions;
  readonly #random: () => number;
  readonly #demands: LossDemand[] = [];
  readonly #underWay = new DelayQueue<UnderWay>((datagram) => this.#arrive(datagram));
  #lastDueMs = 0;
  /** When the bottleneck has passed on what it has taken. */
  #freeMs = 0;
  #newestDelivered = 0;

  constructor(conditions: LinkConditions, random: () => number) {
    this.#conditions = conditions;
    this.#random = random;
  }

  /** From now on; datagrams under way arrive as they would have. */
  setConditions(conditions: LinkConditions): void {
    this.#conditions = conditions;
  }

  loseOnDemand(demand: LossDemand): void {
    this.#demands.push(demand);
  }

  /** Calls `deliver` when, and if, the datagram arrives. */
  send(datagram: Buffer, deliver: (datagram: Buffer) => void): void {
    const { lossShare = 0, delayMs = 0, jitterMs = 0, reorder = true, applyTo = 'all' } = this.#conditions;
    const { rateBps = Infinity, queueMs = 300 } = this.#conditions;
    this.counts.received += 1;
    const number = this.counts.received;
    const isMedia = isRtpOrRtcp(datagram);
    if (isRtp(datagram)) {
      this.counts.rtpReceived += 1;
      if (this.#isDemanded(readRtpHeader(datagram))) {
        this.counts.lostOnDemand += 1;
        return;
      }
    }
    if (this.isBlocked) {
      this.counts.blocked += 1;
      return;
    }
    // Both numbers are drawn for every datagram, so that the fate of one does not depend on the conditions of
    // those before it.
    const lossDraw = this.#random();
    const jitterDraw = this.#random();
    const applies = isMedia || applyTo === 'all';
    if (applies && lossDraw < lossShare) {
      this.counts.lost += 1;
      return;
    }

    const nowMs = performance.now();
    let dueMs = nowMs;
    if (applies && rateBps !== Infinity) {
      if (this.#freeMs - nowMs > queueMs) {
        this.counts.overflowed += 1;
        return;
      }
      this.#freeMs = Math.max(this.#freeMs, nowMs) + (datagram.length * 8000) / rateBps;
      dueMs = this.#freeMs;
    }
    dueMs += applies ? delayMs + jitterDraw * jitterMs : 0;
    if (!reorder) {
      dueMs = Math.max(dueMs, this.#lastDueMs);
      this.#lastDueMs = dueMs;
    }
    const underWay = { number, datagram, deliver };
    if (dueMs <= nowMs) {
      this.#arrive(underWay);
    } else {
      this.#underWay.add(dueMs, underWay);
    }
  }

  /** Loses everything under way. */
  close(): void {
    this.#underWay.clear();
  }

  #isDemanded(header: RtpHeader): boolean {
    // Every demand is asked, since each counts for itself.
    return this.#demands.map((demand) => demand(header)).includes(true);
  }

  #arrive({ number, datagram, deliver }: UnderWay): void {
    if (this.isBlocked) {
      this.counts.blocked += 1;
      return;
    }
    this.counts.delivered += 1;
    if (number < this.#newestDelivered) {
      this.counts.reordered += 1;
    } else {
      this.#newestDelivered = number;
    }
    deliver(datagram);
  }
}
