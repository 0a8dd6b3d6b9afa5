import type { FlvPacket } from '../flv/index.ts';

/** What may wait for a destination. Beyond it the stream would come too late to be live. */
const LONGEST_WAIT_MS = 3000;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Packets that wait for one slow destination. When they become too many, whole groups of pictures are dropped, the
 * oldest first: what is sent can always be decoded, and nobody else waits.
 */
export class LeakyQueue {
  #packets: FlvPacket[] = [];
  #head = 0;
  #bytes = 0;
  #dropped = 0;
  #skipping = false;

  /** Packets given up so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Packets that wait. */
  get length(): number {
    return this.#packets.length - this.#head;
  }

  /** Nothing is taken before the next key frame. */
  get waitsForKey(): boolean {
    return this.#skipping;
  }

  push(packet: FlvPacket): void {
    if (this.#skipping) {
      if (!packet.key) {
        this.#dropped += 1;
        return;
      }
      this.#skipping = false;
    }
    this.#packets.push(packet);
    this.#bytes += packet.data.length;
    if (this.#isTooFull(packet)) {
      this.#dropOldGroups();
    }
  }

  /** The oldest packet, which is no longer in the queue. */
  shift(): FlvPacket | undefined {
    const packet = this.#packets[this.#head];
    if (packet !== undefined) {
      this.#head += 1;
      this.#bytes -= packet.data.length;
      if (this.#head === this.#packets.length) {
        this.#packets.length = this.#head = 0;
      }
    }
    return packet;
  }

  /** Gives up all that waits; goes on at the next key frame. */
  clear(): void {
    this.#dropped += this.length;
    this.#restart();
    this.#skipping = true;
  }

  /** Another connection begins with these packets, the first of which is a key frame, or with the next key frame. */
  beginWith(packets: readonly FlvPacket[]): void {
    this.#restart();
    this.#skipping = true;
    for (const packet of packets) {
      this.push(packet);
    }
  }

  #restart(): void {
    this.#packets = [];
    this.#head = 0;
    this.#bytes = 0;
  }

  #isTooFull(newest: FlvPacket): boolean {
    const oldest = this.#packets[this.#head] ?? newest;
    return this.#bytes > MOST_BYTES || newest.timestampMs - oldest.timestampMs > LONGEST_WAIT_MS;
  }

  /** Keeps the newest group of pictures, when it is not too much itself. */
  #dropOldGroups(): void {
    const last = this.#packets.findLastIndex(({ key }) => key);
    if (last <= this.#head) {
      this.clear();
      return;
    }
    this.#dropped += last - this.#head;
    this.#packets = this.#packets.slice(last);
    this.#head = 0;
    this.#bytes = this.#packets.reduce((sum, { data }) => sum + data.length, 0);
  }
}
