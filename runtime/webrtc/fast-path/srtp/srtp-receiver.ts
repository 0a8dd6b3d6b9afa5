import { SrtpAuthenticator } from './authenticator.ts';
import { deriveSrtpSessionKeys } from './key-derivation.ts';
import { SrtpKeyStream } from './key-stream.ts';
import { ReplayWindow } from './replay-window.ts';
import { rtpHeaderLength } from '../../rtp/packet.ts';

const maxStreams = 256;

/**
 * Authenticates and decrypts incoming SRTP, profile AES_CM_128_HMAC_SHA1_80 (RFC 3711). Replayed and forged
 * packets are refused without a trace in the state.
 */
export class SrtpReceiver {
  readonly #keyStream: SrtpKeyStream;
  readonly #authenticator: SrtpAuthenticator;
  readonly #windows = new Map<number, ReplayWindow>();

  constructor(masterKey: Buffer, masterSalt: Buffer) {
    const keys = deriveSrtpSessionKeys(masterKey, masterSalt);
    this.#keyStream = new SrtpKeyStream(keys.encryptionKey, keys.salt);
    this.#authenticator = new SrtpAuthenticator(keys.authenticationKey);
  }

  /** Decrypts in place and returns the plain packet, or `undefined` when it must be dropped. */
  unprotect(data: Buffer): Buffer | undefined {
    const end = data.length - SrtpAuthenticator.tagBytes;
    const payloadOffset = rtpHeaderLength(data, end);
    if (payloadOffset < 0 || data.length > SrtpKeyStream.maxPayloadBytes) {
      return undefined;
    }
    const sequence = data.readUInt16BE(2);
    const ssrc = data.readUInt32BE(8);
    const known = this.#windows.get(ssrc);
    const index = known === undefined ? sequence : known.guessIndex(sequence);
    if (known?.isReplay(index) === true) {
      return undefined;
    }
    const rollover = Math.floor(index / 65536);
    const digest = this.#authenticator.digest(data, 0, end, rollover);
    let difference = 0;
    for (let i = 0; i < SrtpAuthenticator.tagBytes; i++) {
      difference |= (digest[i] as number) ^ (data[end + i] as number);
    }
    if (difference !== 0) {
      return undefined;
    }
    this.#windowOf(ssrc, known).accept(index);
    const words =
      (data.byteOffset & 3) === 0
        ? new Uint32Array(data.buffer, data.byteOffset, data.length >> 2)
        : undefined;
    this.#keyStream.apply(data, words, payloadOffset, end - payloadOffset, ssrc, rollover, sequence);
    return data.subarray(0, end);
  }

  #windowOf(ssrc: number, known: ReplayWindow | undefined): ReplayWindow {
    if (known !== undefined) {
      return known;
    }
    if (this.#windows.size >= maxStreams) {
      // A peer that invents SSRCs for ever must not grow our memory; the oldest stream starts anew.
      const oldest = this.#windows.keys().next().value;
      if (oldest !== undefined) {
        this.#windows.delete(oldest);
      }
    }
    const created = new ReplayWindow();
    this.#windows.set(ssrc, created);
    return created;
  }
}
