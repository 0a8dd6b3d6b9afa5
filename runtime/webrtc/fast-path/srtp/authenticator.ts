import { hash } from 'node:crypto';
import { maxDatagramBytes } from './packet-slot.ts';

const blockBytes = 64;
const digestBytes = 20;

/** One key's inner block, the packet and the word behind it: what the inner hash is made of. */
const inner = Buffer.from(new ArrayBuffer(blockBytes + maxDatagramBytes + 4));
const innerWords = new Uint32Array(inner.buffer, 0, blockBytes / 4);
const innerViews: Buffer[] = [];

/** The first `length` bytes of {@link inner}: one view for each length, kept. */
function innerView(length: number): Buffer {
  return (innerViews[length] ??= inner.subarray(0, length));
}

/**
 * HMAC-SHA1 of AES_CM_128_HMAC_SHA1_80 (RFC 3711 section 4.2.1) from two one-shot hashes over prepared blocks. For
 * 1000 bytes on Node 24 that takes 1.0 µs and a `createHmac` 3.6. Digests are taken as strings of 20 characters:
 * as a Buffer each would cost 1.4 µs more, for memory outside of the heap.
 */
export class SrtpAuthenticator {
  static readonly tagBytes = 10;

  readonly #innerKey = new Uint32Array(blockBytes / 4);
  readonly #outer = Buffer.alloc(blockBytes + digestBytes);

  constructor(authenticationKey: Buffer) {
    const innerKey = new Uint8Array(this.#innerKey.buffer);
    for (let i = 0; i < blockBytes; i++) {
      const key = authenticationKey[i] ?? 0;
      innerKey[i] = key ^ 0x36;
      this.#outer[i] = key ^ 0x5c;
    }
  }

  /**
   * Writes the tag of the first `length` bytes of `packet` to `tagOffset`. `trailer` is the word that is authenticated
   * behind them: the roll-over counter of SRTP, the index of SRTCP with its flag.
   */
  sign(packet: Buffer, length: number, trailer: number, tagOffset: number): void {
    const digest = this.#digest(packet, length, trailer);
    for (let i = 0; i < SrtpAuthenticator.tagBytes; i++) {
      packet[tagOffset + i] = digest.charCodeAt(i);
    }
  }

  /** Whether the tag at `tagOffset` is the one that {@link sign} writes; takes as long for any wrong one. */
  verify(packet: Buffer, length: number, trailer: number, tagOffset: number): boolean {
    const digest = this.#digest(packet, length, trailer);
    let difference = 0;
    for (let i = 0; i < SrtpAuthenticator.tagBytes; i++) {
      difference |= digest.charCodeAt(i) ^ (packet[tagOffset + i] as number);
    }
    return difference === 0;
  }

  /** The 20 bytes of the digest as characters. */
  #digest(packet: Buffer, length: number, trailer: number): string {
    innerWords.set(this.#innerKey);
    packet.copy(inner, blockBytes, 0, length);
    const tail = blockBytes + length;
    inner.writeUInt32BE(trailer, tail);
    const innerDigest = hash('sha1', innerView(tail + 4), 'binary');
    const outer = this.#outer;
    for (let i = 0; i < digestBytes; i++) {
      outer[blockBytes + i] = innerDigest.charCodeAt(i);
    }
    return hash('sha1', outer, 'binary');
  }
}
