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
 * How many streams that ended are remembered. Of such a stream nothing is sent but by mistake, for as long as packets
 * wait to be sent: half a second, in which no subscriber loses a thousand.
 */
const mostEnded = 2048;

/**
 * Encrypts outgoing RTP (RFC 3711 section 3.3). A packet sent again keeps the roll-over counter it had, also when
 * the sequence number has wrapped in between.
 */
export class SrtpSender {
  readonly #cipher: SrtpCipher;
  readonly #streams = new Map<number, OutgoingStream>();
  /** In the order in which they ended. */
  readonly #ended = new Set<number>();

  constructor(cipher: SrtpCipher) {
    this.#cipher = cipher;
  }

  /**
   * Protects the plain packet at the start of `slot` in place.
   *
   * @returns the length of the protected packet in bytes; 0 when it must not be sent: it is of before the first cycle
   *   of its numbers, GCM has encrypted its number already (what was lost is repeated as RTX then, or not at all), or
   *   its stream was forgotten.
   */
  protect(slot: PacketSlot, headerLength: number, length: number): number {
    const stream = this.#streamOf(slot.bytes);
    if (stream === undefined) {
      return 0;
    }
    const index = advance(stream, slot.bytes);
    if (index < 0) {
      return 0;
    }
    stream.cipher.seal(slot, headerLength, length, index);
    return length + this.#cipher.tagBytes;
  }

  /**
   * The 48-bit index of the plain packet in `bytes`, for who encrypts it; -1 when it must not be sent, as
   * {@link protect} says.
   */
  indexOf(bytes: Buffer): number {
    const stream = this.#streamOf(bytes);
    return stream === undefined ? -1 : advance(stream, bytes);
  }

  #streamOf(bytes: Buffer): OutgoingStream | undefined {
    const ssrc = bytes.readUInt32BE(8);
    let stream = this.#streams.get(ssrc);
    if (stream === undefined) {
      if (this.#ended.has(ssrc)) {
        // Its indices would begin anew, and a key stream must not be used twice (RFC 3711 section 9.1).
        return undefined;
      }
      stream = {
        cipher: this.#cipher.stream(ssrc),
        sealed: this.#cipher.sealsIndexOnce ? new ReplayWindow() : undefined,
        highestIndex: bytes.readUInt16BE(2),
      };
      this.#streams.set(ssrc, stream);
    }
    return stream;
  }

  /** Forgets a stream that ended. Its SSRC is not used again. */
  forget(ssrc: number): void {
    if (!this.#streams.delete(ssrc)) {
      return;
    }
    this.#ended.add(ssrc);
    if (this.#ended.size > mostEnded) {
      for (const oldest of this.#ended) {
        this.#ended.delete(oldest);
        break;
      }
    }
  }
}

/** @returns -1 when the packet must not be sent. */
function advance(stream: OutgoingStream, bytes: Buffer): number {
  const highest = stream.highestIndex;
  const index = highest + sequenceDelta(bytes.readUInt16BE(2), highest % 65536);
  if (index > highest) {
    stream.highestIndex = index;
  } else if (index < 0) {
    // Before the first cycle there is no index; receivers would take the packet for one far ahead.
    return -1;
  }
  if (stream.sealed !== undefined) {
    if (stream.sealed.isReplay(index)) {
      return -1;
    }
    stream.sealed.accept(index);
  }
  return index;
}
