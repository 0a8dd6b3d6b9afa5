import type { FlvPacket } from '../flv/index.ts';

/** A little more than the key frame interval of an encoder. */
const LONGEST_GROUP_MS = 2500;
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * The stream since its last key frame, so that a destination which connects begins at once, without asking an encoder
 * that others share for a key frame. Empty where the last key frame is too long ago.
 */
export class GroupCache {
  #packets: FlvPacket[] = [];
  #bytes = 0;

  /** From a key frame on; not to be changed. */
  get packets(): readonly FlvPacket[] {
    return this.#packets;
  }

  push(packet: FlvPacket): void {
    if (packet.key) {
      this.#packets = [];
      this.#bytes = 0;
    }
    const first = this.#packets[0];
    if (first === undefined && !packet.key) {
      return;
    }
    this.#packets.push(packet);
    this.#bytes += packet.data.length;
    if (
      this.#bytes > MOST_BYTES ||
      (first !== undefined && packet.timestampMs - first.timestampMs > LONGEST_GROUP_MS)
    ) {
      this.#packets = [];
      this.#bytes = 0;
    }
  }
}
