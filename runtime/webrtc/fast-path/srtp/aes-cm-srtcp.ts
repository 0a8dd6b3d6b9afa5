import type { SrtpMasterKeys } from '../../srtp-parameters.ts';
import { SrtpAuthenticator } from './authenticator.ts';
import { deriveSrtpSessionKeys } from './key-derivation.ts';
import { SrtpCounterCipher, SrtpKeyStream } from './key-stream.ts';
import { maxDatagramBytes } from './packet-slot.ts';

const headerBytes = 8;
const indexBytes = 4;
const encryptedFlag = 0x80000000;
const mostIndex = 0x7fffffff;

/**
 * SRTCP with AES_CM_128_HMAC_SHA1_80 (RFC 3711 section 3.4), without its replay list. It takes some 3 µs a packet where
 * werift takes 25 to 30, and each listener of a room reports many times a second.
 */
export class AesCmSrtcp {
  readonly #local: Direction;
  readonly #remote: Direction;
  /** Of the last packet sent. All SSRCs count together: a receiver reads it from the packet. */
  #index = 0;

  constructor(keys: SrtpMasterKeys) {
    this.#local = directionOf(keys.localMasterKey, keys.localMasterSalt);
    this.#remote = directionOf(keys.remoteMasterKey, keys.remoteMasterSalt);
  }

  protect(plain: Buffer): Buffer {
    const { length } = plain;
    const tagOffset = length + indexBytes;
    const sealed = Buffer.allocUnsafe(tagOffset + SrtpAuthenticator.tagBytes);
    plain.copy(sealed);
    this.#index = this.#index === mostIndex ? 1 : this.#index + 1;
    const trailer = (this.#index | encryptedFlag) >>> 0;
    this.#local.applyKeyStream(sealed, length, this.#index);
    sealed.writeUInt32BE(trailer, length);
    this.#local.authenticator.sign(sealed, length, trailer, tagOffset);
    return sealed;
  }

  /** Decrypts in place; `undefined` for what is forged or malformed. */
  unprotect(data: Buffer): Buffer | undefined {
    const tagOffset = data.length - SrtpAuthenticator.tagBytes;
    const length = tagOffset - indexBytes;
    if (length < headerBytes || data.length > maxDatagramBytes) {
      return undefined;
    }
    const trailer = data.readUInt32BE(length);
    if (!this.#remote.authenticator.verify(data, length, trailer, tagOffset)) {
      return undefined;
    }
    if (trailer >= encryptedFlag) {
      this.#remote.applyKeyStream(data, length, trailer & mostIndex);
    }
    return data.subarray(0, length);
  }
}

type Direction = {
  authenticator: SrtpAuthenticator;
  /** XORs the key stream onto what lies behind the header of the first `length` bytes. */
  applyKeyStream: (packet: Buffer, length: number, index: number) => void;
};

function directionOf(masterKey: Buffer, masterSalt: Buffer): Direction {
  const keys = deriveSrtpSessionKeys(masterKey, masterSalt, 'rtcp');
  const cipher = new SrtpCounterCipher(keys.encryptionKey, keys.salt);
  return {
    authenticator: new SrtpAuthenticator(keys.authenticationKey),
    applyKeyStream: (packet, length, index) => {
      // Not kept for the next packet: reports are few, and of many lengths.
      const keyStream = new SrtpKeyStream(cipher, packet.readUInt32BE(4));
      keyStream.apply(packet, headerBytes, length - headerBytes, index);
    },
  };
}
