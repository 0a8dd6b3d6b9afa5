import { sequenceDelta } from '../../sequence.ts';
import type { PacketSlot } from './packet-slot.ts';
import { ReplayWindow } from './replay-window.ts';
import type { SrtpCipher, SrtpStreamCipher } from './srtp-cipher.ts';

type OutgoingStream = {
  readonly cipher: SrtpStreamCipher;
  /** What was sealed already, where that must not happen twice. */
  readonly sealed: ReplayWindow | undefined;
  highestIndex: number;
};

/**
 * Encrypts outgoing RTP (RFC 3711 section 3.3). A packet sent again keeps the roll-over counter it had, also when
 * the sequence number has wrapped in between.
 */
export class SrtpSender {
  readonly #cipher: SrtpCipher;
  readonly #streams = new Map<number, OutgoingStream>();

  constructor(cipher: SrtpCipher) {
    this.#cipher = cipher;
  }

  /**
   * Protects the plain packet at the start of `slot` in place.
   *
   * @returns the length of the protected packet in bytes; 0 when it must not be sent: it is of before the first cycle
   *   of its numbers, or GCM has encrypted its number already (what was lost is repeated as RTX then, or not at all).
   */
  protect(slot: PacketSlot, headerLength: number, length: number): number {
    const { bytes } = slot;
    const sequence = bytes.readUInt16BE(2);
    const ssrc = bytes.readUInt32BE(8);
    let stream = this.#streams.get(ssrc);
    if (stream === undefined) {
      stream = {
        cipher: this.#cipher.stream(ssrc),
        sealed: this.#cipher.sealsIndexOnce ? new ReplayWindow() : undefined,
        highestIndex: sequence,
      };
      this.#streams.set(ssrc, stream);
    }
    const highest = stream.highestIndex;
    const index = highest + sequenceDelta(sequence, highest % 65536);
    if (index > highest) {
      stream.highestIndex = index;
    } else if (index < 0) {
      // Before the first cycle there is no index; receivers would take the packet for one far ahead.
      return 0;
    }
    if (stream.sealed !== undefined) {
      if (stream.sealed.isReplay(index)) {
        return 0;
      }
      stream.sealed.accept(index);
    }
    stream.cipher.seal(slot, headerLength, length, index);
    return length + this.#cipher.tagBytes;
  }

  /** Forgets a stream that ended. */
  forget(ssrc: number): void {
    this.#streams.delete(ssrc);
  }
}
