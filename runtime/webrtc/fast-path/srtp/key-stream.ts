import { createCipheriv, createSecretKey } from 'node:crypto';
import type { Cipheriv } from 'node:crypto';
import { maxDatagramBytes } from './packet-slot.ts';

const blockBytes = 16;
const blockWords = blockBytes / 4;

/** Most blocks that are made in one call: the key stream of four packets of a video, of twenty of speech. */
const maxBlocks = 256;
const maxPackets = 16;

const counters = Buffer.from(new ArrayBuffer(maxBlocks * blockBytes));
const counterView = new DataView(counters.buffer);
/** The first so many blocks of {@link counters}. */
const counterViews = Array.from({ length: maxBlocks + 1 }, (_, blocks) =>
  counters.subarray(0, blocks * blockBytes),
);

/** Incoming packets may lie anywhere; in words they are decrypted here. */
const scratchWords = new Uint32Array(maxDatagramBytes / 4);
const scratch = Buffer.from(scratchWords.buffer);

/**
 * AES-128 in counter mode for one key and salt (RFC 3711 section 4.1.1). One long-lived ECB cipher encrypts the
 * counter blocks: making a CTR cipher per packet costs 3 to 4 µs on Node 24.
 */
export class SrtpCounterCipher {
  readonly #cipher: Cipheriv;
  readonly #salt0: number;
  readonly #salt1: number;
  readonly #salt2: number;
  readonly #salt3: number;

  constructor(encryptionKey: Buffer, salt: Buffer) {
    this.#cipher = createCipheriv('aes-128-ecb', createSecretKey(encryptionKey), null);
    this.#cipher.setAutoPadding(false);
    const padded = Buffer.concat([salt, Buffer.alloc(2)]);
    this.#salt0 = padded.readUInt32BE(0);
    this.#salt1 = padded.readUInt32BE(4);
    this.#salt2 = padded.readUInt32BE(8);
    this.#salt3 = padded.readUInt32BE(12);
  }

  /** The key stream of `packets` packets from `firstIndex` on, `blocks` blocks for each. */
  keyStream(ssrc: number, firstIndex: number, packets: number, blocks: number): Uint32Array {
    const word0 = this.#salt0;
    const word1 = this.#salt1 ^ ssrc;
    let at = 0;
    for (let index = firstIndex; index < firstIndex + packets; index++) {
      const word2 = this.#salt2 ^ Math.floor(index / 65536);
      const word3 = this.#salt3 ^ (index << 16);
      for (let block = 0; block < blocks; block++) {
        counterView.setInt32(at, word0);
        counterView.setInt32(at + 4, word1);
        counterView.setInt32(at + 8, word2);
        counterView.setInt32(at + 12, word3 + block);
        at += blockBytes;
      }
    }
    const stream = this.#cipher.update(counterViews[packets * blocks] as Buffer);
    return new Uint32Array(stream.buffer, stream.byteOffset, stream.length >> 2);
  }
}

const noStream: Uint32Array = new Uint32Array(0);

/**
 * The key stream of one SSRC, made for several packets ahead: the call into OpenSSL costs more than what it does
 * (0.84 µs for a packet of 1000 bytes alone, 0.35 for each of four).
 */
export class SrtpKeyStream {
  readonly #cipher: SrtpCounterCipher;
  readonly #ssrc: number;
  #stream = noStream;
  #firstIndex = 0;
  #packets = 0;
  #blocks = 0;
  /** The most blocks that a packet took since the last call. */
  #blocksTaken = 0;

  constructor(cipher: SrtpCounterCipher, ssrc: number) {
    this.#cipher = cipher;
    this.#ssrc = ssrc;
  }

  /**
   * XORs the key stream of the packet with this 48-bit `index` onto `length` bytes of an aligned packet at `offset`, a
   * multiple of four. Up to three bytes behind them change too.
   */
  applyInWords(words: Uint32Array, offset: number, length: number, index: number): void {
    const blocks = (length + blockBytes - 1) >> 4;
    const ahead = index - this.#firstIndex;
    let from = 0;
    let stream = this.#stream;
    if (ahead < 0) {
      // A packet that comes late must not throw away what is made for those that follow.
      stream = this.#cipher.keyStream(this.#ssrc, index, 1, blocks);
    } else if (ahead < this.#packets && blocks <= this.#blocks) {
      this.#blocksTaken = Math.max(this.#blocksTaken, blocks);
      from = ahead * this.#blocks * blockWords;
    } else {
      stream = this.#goOn(index, blocks);
    }
    const first = offset >> 2;
    const count = (length + 3) >> 2;
    for (let i = 0; i < count; i++) {
      words[first + i] = (words[first + i] as number) ^ (stream[from + i] as number);
    }
  }

  /** As {@link applyInWords}, on bytes wherever they lie, and on these only. */
  apply(bytes: Buffer, offset: number, length: number, index: number): void {
    bytes.copy(scratch, 0, offset, offset + length);
    this.applyInWords(scratchWords, 0, length, index);
    scratch.copy(bytes, offset, 0, length);
  }

  #goOn(index: number, blocks: number): Uint32Array {
    // A stream shows first that its packets follow each other: repairs of old ones come one by one.
    const follows = index <= this.#firstIndex + this.#packets + maxPackets;
    this.#blocks = follows ? Math.max(blocks, this.#blocksTaken) : blocks;
    const packets = Math.min(
      2 * this.#packets,
      maxPackets,
      Math.floor(maxBlocks / Math.max(1, this.#blocks)),
    );
    this.#packets = follows ? Math.max(1, packets) : 1;
    this.#blocksTaken = blocks;
    this.#firstIndex = index;
    this.#stream = this.#cipher.keyStream(this.#ssrc, index, this.#packets, this.#blocks);
    return this.#stream;
  }
}
