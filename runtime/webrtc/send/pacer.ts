import type { ExtensionIds } from '../rtp/header-extensions.ts';
import type { RtpPacket } from '../rtp/packet.ts';
import { sequenceDelta } from '../sequence.ts';
import { PacketQueue } from './packet-queue.ts';
import { mediaSequence } from './packet-sender.ts';
import type { OutgoingHeader, PacketSink } from './packet-sender.ts';
import { ResendBudget } from './resend-budget.ts';

/** Fast enough that a key frame does not wait long, slow enough that it makes no queue to speak of (libwebrtc). */
const paceFactor = 2.5;
/** What may go out at once: a picture between key frames, and what two ticks would hold. */
const burstMs = 10;
const maxQueueMs = 500;
/** A key frame that follows a drop gets through, however long it takes. */
const minDropIntervalMs = 2000;
const maxPackets = 1024;
/** Header, extensions and authentication tag, near enough for a budget. */
const overheadBytes = 40;

/** Counters of one subscriber's pacer. */
export type PacerStats = {
  /** Packets that did not go straight through. */
  queued: number;
  /** Packets that waited too long and were dropped, and how often that happened. */
  dropped: number;
  drops: number;
  /** Retransmissions that were asked for beyond what a subscriber may have. */
  refused: number;
};

/** A stream's way through the pacer. */
export type PacerLane = PacketSink & {
  /** The stream ended: nothing of it is sent any more, also not what waits. */
  close(): void;
};

type Lane = {
  readonly urgent: boolean;
  /** All packets from this sequence number on were dropped. */
  readonly onDropped: (fromSequence: number) => void;
  droppedMs: number;
  /** The highest number of media that was sent, itself or as a retransmission, or -1. */
  highestSent: number;
  isClosed: boolean;
};

/**
 * Spreads what a subscriber gets over time, at 2.5 times the estimate of its path, so that a key frame does not
 * fill the queues on its way: a leaky bucket. What fits the budget goes straight through, without a copy; the
 * rest waits, retransmissions before video, and sound never waits. While nothing limits the path it does
 * nothing but bound what retransmissions cost. Bounded in time and memory: a stream that waited 500 ms is dropped to
 * its next key frame.
 * Time is given by the clock it is made with and to {@link flush}.
 */
export class Pacer {
  readonly stats: PacerStats = { queued: 0, dropped: 0, drops: 0, refused: 0 };
  readonly #sink: PacketSink;
  readonly #now: () => number;
  readonly #onWaiting: () => void;
  readonly #repairs = new PacketQueue<Lane>(maxPackets / 4);
  readonly #media = new PacketQueue<Lane>(maxPackets);
  readonly #resends: ResendBudget;
  #bytesPerMs = Infinity;
  #debtBytes = 0;
  #paidMs = 0;

  /** @param onWaiting something begins to wait: {@link flush} has to be called every few milliseconds. */
  constructor(sink: PacketSink, now: () => number, onWaiting: () => void) {
    this.#sink = sink;
    this.#now = now;
    this.#onWaiting = onWaiting;
    this.#resends = new ResendBudget(now());
  }

  get isWaiting(): boolean {
    return this.#media.size > 0 || this.#repairs.size > 0;
  }

  /** The estimate of the path in bits per second; `Infinity` switches pacing off. */
  setEstimate(bitsPerSecond: number): void {
    this.#bytesPerMs = (bitsPerSecond * paceFactor) / 8000;
    if (this.#bytesPerMs === Infinity && this.isWaiting) {
      this.flush(this.#now());
    }
  }

  /**
   * A stream's way through.
   *
   * @param urgent sound: goes at once
   * @param onDropped all that waited of the stream was dropped, and nothing from this sequence number on was ever sent:
   * go on with a key frame under this number
   */
  lane(urgent: boolean, onDropped: (fromSequence: number) => void): PacerLane {
    const lane: Lane = { urgent, onDropped, droppedMs: -Infinity, highestSent: -1, isClosed: false };
    return {
      send: (packet, header, from, to) => this.#send(lane, packet, header, from, to),
      close: () => {
        lane.isClosed = true;
        this.#media.drop(lane, () => true);
        this.#repairs.drop(lane, () => true);
      },
    };
  }

  #send(lane: Lane, packet: RtpPacket, header: OutgoingHeader, from: ExtensionIds, to: ExtensionIds): number {
    if (lane.isClosed) {
      return 0;
    }
    const bytes = packet.payload.length + overheadBytes;
    const isAgain = header.order === 'again';
    if (!isAgain) {
      this.#resends.addMedia(bytes);
    }
    if (this.#bytesPerMs === Infinity) {
      return isAgain && !this.#mayResend(bytes, this.#now()) ? 0 : this.#pass(lane, packet, header, from, to);
    }
    const now = this.#now();
    this.#pay(now);
    const isRepair = header.order !== 'next';
    const queue = isRepair ? this.#repairs : this.#media;
    const mayGo = lane.urgent || (this.#debtBytes <= this.#bytesPerMs * burstMs && queue.size === 0);
    if (!mayGo && isRepair && queue.has(lane, mediaSequence(header))) {
      // Receivers ask again every round trip: once sent, one is enough.
      return 0;
    }
    if (isAgain && !this.#mayResend(bytes, now)) {
      return 0;
    }
    if (mayGo) {
      return this.#sendNow(lane, packet, header, from, to);
    }
    if (queue.isFull) {
      if (isRepair) {
        this.stats.dropped++;
      } else {
        this.#drop(lane, header.sequence, now);
      }
      return 0;
    }
    const wasWaiting = this.isWaiting;
    queue.add(lane, packet, header, from, to, bytes, now);
    this.stats.queued++;
    if (!wasWaiting) {
      this.#onWaiting();
    }
    return bytes;
  }

  #mayResend(bytes: number, now: number): boolean {
    const may = this.#resends.take(bytes, now);
    this.stats.refused += may ? 0 : 1;
    return may;
  }

  /** Sends what the budget allows by now and drops what waited too long. */
  flush(now: number): void {
    this.#pay(now);
    this.#flushQueue(this.#repairs, now);
    if (this.#repairs.size === 0) {
      this.#flushQueue(this.#media, now);
    }
    const oldest = this.#media.first;
    if (oldest?.owner !== undefined && now - oldest.queuedMs > maxQueueMs) {
      const lane = oldest.owner;
      if (now - lane.droppedMs > minDropIntervalMs) {
        this.#drop(lane, -1, now);
      }
    }
    const oldestRepair = this.#repairs.first;
    if (oldestRepair !== undefined && now - oldestRepair.queuedMs > maxQueueMs) {
      // Asked for again, if it is still wanted.
      this.stats.dropped += this.#repairs.size;
      this.#repairs.clear();
    }
  }

  /** Padding and whatever else passes beside the pacer counts against the budget. */
  spend(bytes: number): void {
    if (this.#bytesPerMs !== Infinity) {
      this.#debtBytes += bytes;
    }
  }

  clear(): void {
    this.#repairs.clear();
    this.#media.clear();
    this.#debtBytes = 0;
  }

  #flushQueue(queue: PacketQueue<Lane>, now: number): void {
    for (let first = queue.first; first !== undefined; first = queue.first) {
      if (first.packet !== undefined && first.owner !== undefined) {
        if (this.#debtBytes > this.#bytesPerMs * burstMs && this.#bytesPerMs !== Infinity) {
          return;
        }
        this.#sendNow(first.owner, first.packet, first.header, first.from, first.to);
      }
      queue.removeFirst();
    }
    this.#paidMs = now;
  }

  #sendNow(
    lane: Lane,
    packet: RtpPacket,
    header: OutgoingHeader,
    from: ExtensionIds,
    to: ExtensionIds,
  ): number {
    const bytes = this.#pass(lane, packet, header, from, to);
    this.#debtBytes += bytes;
    return bytes;
  }

  #pass(lane: Lane, packet: RtpPacket, header: OutgoingHeader, from: ExtensionIds, to: ExtensionIds): number {
    const sequence = mediaSequence(header);
    if (isAfter(sequence, lane.highestSent)) {
      lane.highestSent = sequence;
    }
    return this.#sink.send(packet, header, from, to);
  }

  #pay(now: number): void {
    const elapsedMs = Math.max(0, now - this.#paidMs);
    this.#debtBytes =
      this.#bytesPerMs === Infinity ? 0 : Math.max(0, this.#debtBytes - elapsedMs * this.#bytesPerMs);
    this.#paidMs = now;
  }

  #drop(lane: Lane, incomingSequence: number, now: number): void {
    let first = -1;
    let count = 0;
    const note = (sequence: number) => {
      count++;
      // What came late or was asked for again may have overtaken what waits: its number is used up.
      if (isAfter(sequence, lane.highestSent) && (first < 0 || isAfter(first, sequence))) {
        first = sequence;
      }
    };
    if (incomingSequence >= 0) {
      note(incomingSequence);
    }
    this.#media.drop(lane, ({ header }) => {
      note(header.sequence);
      return true;
    });
    if (first < 0) {
      first = (lane.highestSent + 1) & 0xffff;
    }
    this.#repairs.drop(lane, ({ header }) => {
      const isTakenBack = !isAfter(first, mediaSequence(header));
      count += isTakenBack ? 1 : 0;
      return isTakenBack;
    });
    lane.droppedMs = now;
    this.stats.dropped += count;
    this.stats.drops++;
    lane.onDropped(first);
  }
}

/** @param highest -1 before the first one */
function isAfter(sequence: number, highest: number): boolean {
  return highest < 0 || sequenceDelta(sequence, highest) > 0;
}
