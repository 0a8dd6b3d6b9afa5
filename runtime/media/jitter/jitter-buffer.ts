/** The parts of an RTP packet the media floor reads (RFC 3550 §5.1). */
export type MediaPacket = {
  /** 16 bits. */
  sequenceNumber: number;
  /** 32 bits. */
  timestamp: number;
  marker: boolean;
  payload: Uint8Array;
  ssrc: number;
};

export type JitterBufferStats = {
  received: number;
  /** Packets waited for in vain. */
  lost: number;
  duplicates: number;
  /** Packets that came after their place was given up. */
  late: number;
};

/**
 * Puts packets back into the order of their sequence numbers. In-order packets pass without delay; behind a gap they
 * wait for its retransmission, up to a limit.
 */
export type JitterBuffer = {
  push(packet: MediaPacket, arrivalMs: number): void;
  /** Gives up gaps that are too old. To be called now and then, for streams that pause right after a loss. */
  tick(nowMs: number): void;
  /** Hands on all that is held, gaps or not. */
  flush(): void;
  /** Forgets the sequence: the next packet begins a new one. */
  reset(): void;
  readonly stats: JitterBufferStats;
};

/** Packets held at most: three seconds of a 3 Mbps stream. A power of two. */
const CAPACITY = 1024;
const MASK = CAPACITY - 1;
/** A jump further back than this is a new sequence, not a late packet (RFC 3550 §A.1, MAX_MISORDER, widened). */
const MAX_BACKWARD = 3000;

/** Creates a jitter buffer that hands packets to `onPacket` in order, and tells `onLoss` of each gap given up. */
export const createJitterBuffer = (options: {
  maxWaitMs: number;
  onPacket: (packet: MediaPacket) => void;
  onLoss: (count: number) => void;
}): JitterBuffer => new RingJitterBuffer(options);

class RingJitterBuffer implements JitterBuffer {
  readonly stats: JitterBufferStats = { received: 0, lost: 0, duplicates: 0, late: 0 };
  readonly #maxWaitMs: number;
  readonly #onPacket: (packet: MediaPacket) => void;
  readonly #onLoss: (count: number) => void;
  readonly #packets: (MediaPacket | undefined)[] = new Array<MediaPacket | undefined>(CAPACITY).fill(
    undefined,
  );
  readonly #arrivals = new Float64Array(CAPACITY);
  /** Extended number of the packet to hand on next; NaN before the first. */
  #next = Number.NaN;
  #held = 0;
  /** When the packet behind the gap came. */
  #gapSinceMs = 0;
  /** A packet from far away: if its successor follows, the sender began a new sequence (RFC 3550 §A.1). */
  #outlier: MediaPacket | undefined;

  constructor(options: {
    maxWaitMs: number;
    onPacket: (packet: MediaPacket) => void;
    onLoss: (count: number) => void;
  }) {
    this.#maxWaitMs = options.maxWaitMs;
    this.#onPacket = options.onPacket;
    this.#onLoss = options.onLoss;
  }

  push(packet: MediaPacket, arrivalMs: number): void {
    this.stats.received++;
    if (Number.isNaN(this.#next)) this.#next = packet.sequenceNumber;
    // Signed distance over 16 bits: wraps by itself.
    const ahead = ((packet.sequenceNumber - this.#next) << 16) >> 16;
    if (ahead === 0) {
      this.#outlier = undefined;
      this.#next++;
      this.#onPacket(packet);
      if (this.#held > 0) this.#release(arrivalMs);
      return;
    }
    if (ahead < 0) {
      if (ahead < -MAX_BACKWARD) this.#considerRestart(packet, arrivalMs);
      else this.stats.late++;
      return;
    }
    if (ahead >= CAPACITY) {
      this.#considerRestart(packet, arrivalMs);
      return;
    }
    const slot = (this.#next + ahead) & MASK;
    if (this.#packets[slot]) {
      this.stats.duplicates++;
      return;
    }
    this.#packets[slot] = packet;
    this.#arrivals[slot] = arrivalMs;
    if (this.#held++ === 0) this.#gapSinceMs = arrivalMs;
    else this.tick(arrivalMs);
  }

  tick(nowMs: number): void {
    while (this.#held > 0 && nowMs - this.#gapSinceMs >= this.#maxWaitMs) this.#giveUpGap(nowMs);
  }

  flush(): void {
    while (this.#held > 0) this.#giveUpGap(Infinity);
  }

  reset(): void {
    this.#packets.fill(undefined);
    this.#held = 0;
    this.#next = Number.NaN;
    this.#outlier = undefined;
  }

  #giveUpGap(nowMs: number): void {
    let lost = 0;
    while (!this.#packets[this.#next & MASK]) {
      this.#next++;
      lost++;
    }
    this.stats.lost += lost;
    this.#onLoss(lost);
    this.#release(nowMs);
  }

  /** Hands on what is held up to the next gap. */
  #release(nowMs: number): void {
    for (;;) {
      const slot = this.#next & MASK;
      const packet = this.#packets[slot];
      if (!packet) break;
      this.#packets[slot] = undefined;
      this.#held--;
      this.#next++;
      this.#onPacket(packet);
    }
    if (this.#held > 0) {
      let slot = this.#next & MASK;
      while (!this.#packets[slot]) slot = (slot + 1) & MASK;
      this.#gapSinceMs = Math.min(nowMs, this.#arrivals[slot] ?? nowMs);
    }
  }

  #considerRestart(packet: MediaPacket, arrivalMs: number): void {
    const outlier = this.#outlier;
    if (outlier && packet.sequenceNumber === ((outlier.sequenceNumber + 1) & 0xffff)) {
      this.flush();
      this.reset();
      this.#onLoss(1);
      this.stats.received -= 2;
      this.push(outlier, arrivalMs);
      this.push(packet, arrivalMs);
      return;
    }
    this.#outlier = packet;
  }
}
