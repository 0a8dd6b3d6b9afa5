/** More than a path of 50 Mbit/s holds between a packet and its feedback. */
const size = 8192;
const mask = size - 1;

const inFlight = 0;
const reportedLost = 1;

/** What feedback says of a packet, given what was known of it. */
export type FeedbackVerdict = 'unknown' | 'received' | 'received-late' | 'lost' | 'lost-again';

/**
 * When and how large the packets were that feedback is still to come for, by transport-wide sequence number.
 * The memory is fixed: a packet older than the last 8192 is forgotten, so a number that comes round again
 * after 65,536 packets never meets an old record.
 */
export class SentPackets {
  readonly #sequence = new Int32Array(size).fill(-1);
  readonly #sentMs = new Float64Array(size);
  readonly #bytes = new Uint16Array(size);
  readonly #state = new Uint8Array(size);

  add(sequence: number, bytes: number, nowMs: number): void {
    const slot = sequence & mask;
    this.#sequence[slot] = sequence;
    this.#sentMs[slot] = nowMs;
    this.#bytes[slot] = bytes;
    this.#state[slot] = inFlight;
  }

  /**
   * Takes what feedback says of one packet. Feedback repeats a packet when it came after it was reported lost;
   * each is counted once as received.
   */
  settle(sequence: number, received: boolean): FeedbackVerdict {
    const slot = sequence & mask;
    if (this.#sequence[slot] !== sequence) {
      return 'unknown';
    }
    const wasLost = this.#state[slot] === reportedLost;
    if (!received) {
      this.#state[slot] = reportedLost;
      return wasLost ? 'lost-again' : 'lost';
    }
    this.#sequence[slot] = -1;
    return wasLost ? 'received-late' : 'received';
  }

  sentMsOf(sequence: number): number {
    return this.#sentMs[sequence & mask] as number;
  }

  bytesOf(sequence: number): number {
    return this.#bytes[sequence & mask] as number;
  }

  clear(): void {
    this.#sequence.fill(-1);
  }
}
