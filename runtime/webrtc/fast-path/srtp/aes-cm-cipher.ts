import { SrtpAuthenticator } from './authenticator.ts';
import type { SrtpSessionKeys } from './key-derivation.ts';
import { SrtpCounterCipher, SrtpKeyStream } from './key-stream.ts';
import type { PacketSlot } from './packet-slot.ts';

/** AES_CM_128_HMAC_SHA1_80 (RFC 3711 sections 4.1.1 and 4.2.1). */
export class AesCmCipher {
  readonly tagBytes = SrtpAuthenticator.tagBytes;
  readonly sealsIndexOnce = false;
  readonly #cipher: SrtpCounterCipher;
  readonly #authenticator: SrtpAuthenticator;

  constructor(keys: SrtpSessionKeys) {
    this.#cipher = new SrtpCounterCipher(keys.encryptionKey, keys.salt);
    this.#authenticator = new SrtpAuthenticator(keys.authenticationKey);
  }

  stream(ssrc: number): AesCmStream {
    return new AesCmStream(new SrtpKeyStream(this.#cipher, ssrc), this.#authenticator);
  }
}

class AesCmStream {
  readonly #keyStream: SrtpKeyStream;
  readonly #authenticator: SrtpAuthenticator;

  constructor(keyStream: SrtpKeyStream, authenticator: SrtpAuthenticator) {
    this.#keyStream = keyStream;
    this.#authenticator = authenticator;
  }

  seal(slot: PacketSlot, headerLength: number, length: number, index: number): void {
    this.#keyStream.applyInWords(slot.words, headerLength, length - headerLength, index);
    this.#authenticator.sign(slot.bytes, length, Math.floor(index / 65536), length);
  }

  open(data: Buffer, headerLength: number, end: number, index: number): boolean {
    if (!this.#authenticator.verify(data, end, Math.floor(index / 65536), end)) {
      return false;
    }
    this.#keyStream.apply(data, headerLength, end - headerLength, index);
    return true;
  }
}
