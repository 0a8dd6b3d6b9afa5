import { hash } from 'node:crypto';

const sha1BlockBytes = 64;
const maxPacketBytes = 2048;

/**
 * HMAC-SHA1 over `packet || ROC` (RFC 3711 section 4.2.1) from two one-shot hashes over prepared blocks: a
 * `createHmac` object per packet costs more than the hashing.
 */
export class SrtpAuthenticator {
  static readonly tagBytes = 10;

  readonly #inner = Buffer.alloc(sha1BlockBytes + maxPacketBytes + 4);
  readonly #outer = Buffer.alloc(sha1BlockBytes + 20);

  constructor(authenticationKey: Buffer) {
    for (let i = 0; i < sha1BlockBytes; i++) {
      const key = authenticationKey[i] ?? 0;
      this.#inner[i] = key ^ 0x36;
      this.#outer[i] = key ^ 0x5c;
    }
  }

  /** The 20-byte digest; its first ten bytes are the tag. `start` to `end` is the authenticated portion. */
  digest(packet: Buffer, start: number, end: number, rollover: number): Buffer {
    const inner = this.#inner;
    packet.copy(inner, sha1BlockBytes, start, end);
    const tail = sha1BlockBytes + end - start;
    inner.writeUInt32BE(rollover >>> 0, tail);
    hash('sha1', inner.subarray(0, tail + 4), 'buffer').copy(this.#outer, sha1BlockBytes);
    return hash('sha1', this.#outer, 'buffer');
  }
}
