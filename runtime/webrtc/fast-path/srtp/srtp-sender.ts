import { sequenceDelta } from '../../sequence.ts';
import { SrtpAuthenticator } from './authenticator.ts';
import { deriveSrtpSessionKeys } from './key-derivation.ts';
import { SrtpKeyStream } from './key-stream.ts';
import type { PacketSlot } from './packet-slot.ts';

/**
 * Encrypts outgoing RTP, profile AES_CM_128_HMAC_SHA1_80 (RFC 3711). A packet sent again keeps the roll-over
 * counter it had, also when the sequence number has wrapped in between.
 */
export class SrtpSender {
  readonly #keyStream: SrtpKeyStream;
  readonly #authenticator: SrtpAuthenticator;
  /** Highest packet index by SSRC. */
  readonly #highest = new Map<number, number>();

  constructor(masterKey: Buffer, masterSalt: Buffer) {
    const keys = deriveSrtpSessionKeys(masterKey, masterSalt);
    this.#keyStream = new SrtpKeyStream(keys.encryptionKey, keys.salt);
    this.#authenticator = new SrtpAuthenticator(keys.authenticationKey);
  }

  /**
   * Protects the plain packet at the start of `slot` in place.
   *
   * @returns the length of the protected packet in bytes.
   */
  protect(slot: PacketSlot, headerLength: number, length: number): number {
    const { bytes, words } = slot;
    const sequence = bytes.readUInt16BE(2);
    const ssrc = bytes.readUInt32BE(8);
    const highest = this.#highest.get(ssrc);
    const index = highest === undefined ? sequence : highest + sequenceDelta(sequence, highest % 65536);
    if (highest === undefined || index > highest) {
      this.#highest.set(ssrc, index);
    }
    const rollover = Math.floor(Math.max(index, 0) / 65536);
    this.#keyStream.apply(bytes, words, headerLength, length - headerLength, ssrc, rollover, sequence);
    this.#authenticator.digest(bytes, 0, length, rollover).copy(bytes, length, 0, SrtpAuthenticator.tagBytes);
    return length + SrtpAuthenticator.tagBytes;
  }

  /** Forgets a stream that ended. */
  forget(ssrc: number): void {
    this.#highest.delete(ssrc);
  }
}
