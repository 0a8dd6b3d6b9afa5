import { createCipheriv, createSecretKey } from 'node:crypto';
import type { Cipheriv } from 'node:crypto';

const blockBytes = 16;
const maxPayloadBytes = 2048;

/**
 * AES-128 counter-mode key stream of SRTP (RFC 3711 section 4.1.1). One long-lived ECB cipher encrypts the
 * counter blocks: creating a CTR cipher per packet costs more than the encryption itself (2.2 µs against
 * 1.0 µs for 1000 bytes on Node 24).
 */
export class SrtpKeyStream {
  readonly #cipher: Cipheriv;
  readonly #salt0: number;
  readonly #salt1: number;
  readonly #salt2: number;
  readonly #salt3: number;
  readonly #counters = Buffer.alloc(maxPayloadBytes);
  readonly #counterView = new DataView(this.#counters.buffer, this.#counters.byteOffset, maxPayloadBytes);
  readonly #views: Buffer[] = [];
  readonly #stream = new Uint8Array(maxPayloadBytes);
  readonly #words = new Uint32Array(this.#stream.buffer);

  constructor(encryptionKey: Buffer, salt: Buffer) {
    this.#cipher = createCipheriv('aes-128-ecb', createSecretKey(encryptionKey), null);
    this.#cipher.setAutoPadding(false);
    const padded = Buffer.concat([salt, Buffer.alloc(2)]);
    this.#salt0 = padded.readUInt32BE(0);
    this.#salt1 = padded.readUInt32BE(4);
    this.#salt2 = padded.readUInt32BE(8);
    this.#salt3 = padded.readUInt32BE(12);
    for (let blocks = 0; blocks <= maxPayloadBytes / blockBytes; blocks++) {
      this.#views.push(this.#counters.subarray(0, blocks * blockBytes));
    }
  }

  static readonly maxPayloadBytes = maxPayloadBytes;

  /**
   * XORs the key stream of packet (`ssrc`, `rollover`, `sequence`) onto `length` bytes at `offset`:
   * encrypts plain bytes and decrypts encrypted ones. `words` is the same memory as `bytes`, or
   * `undefined` when that memory is not aligned to 4 bytes.
   */
  apply(
    bytes: Uint8Array,
    words: Uint32Array | undefined,
    offset: number,
    length: number,
    ssrc: number,
    rollover: number,
    sequence: number,
  ): void {
    const blocks = (length + blockBytes - 1) >> 4;
    const view = this.#counterView;
    const word1 = (this.#salt1 ^ ssrc) >>> 0;
    const word2 = (this.#salt2 ^ rollover) >>> 0;
    const word3 = (this.#salt3 ^ (sequence << 16)) >>> 0;
    for (let block = 0; block < blocks; block++) {
      const at = block << 4;
      view.setUint32(at, this.#salt0);
      view.setUint32(at + 4, word1);
      view.setUint32(at + 8, word2);
      view.setUint32(at + 12, word3 + block);
    }
    const stream = this.#stream;
    stream.set(this.#cipher.update(this.#views[blocks] as Buffer));
    let done = 0;
    if (words !== undefined && (offset & 3) === 0) {
      const source = this.#words;
      const wholeWords = length >> 2;
      const first = offset >> 2;
      for (let i = 0; i < wholeWords; i++) {
        words[first + i] = (words[first + i] as number) ^ (source[i] as number);
      }
      done = wholeWords << 2;
    }
    for (; done < length; done++) {
      bytes[offset + done] = (bytes[offset + done] as number) ^ (stream[done] as number);
    }
  }
}
