import { SrtpAuthenticator } from '../srtp/authenticator.ts';
import type { SrtpSessionKeys } from '../srtp/key-derivation.ts';
import type { SrtpOpeningCipher, SrtpStreamOpener } from '../srtp/srtp-cipher.ts';
import type { Addon } from './addon.ts';

/** Authenticates and decrypts the packets of one peer (AES_CM_128_HMAC_SHA1_80) in the helper. Its owner closes it. */
export class NativeOpeningCipher implements SrtpOpeningCipher, SrtpStreamOpener {
  readonly tagBytes = SrtpAuthenticator.tagBytes;
  readonly #addon: Addon;
  #session: number;

  constructor(addon: Addon, { encryptionKey, authenticationKey, salt }: SrtpSessionKeys) {
    this.#addon = addon;
    this.#session = addon.open(encryptionKey, authenticationKey, salt);
  }

  /** The same for all streams: what differs between them is in each packet. */
  stream(): SrtpStreamOpener {
    return this;
  }

  open(data: Buffer, headerLength: number, end: number, index: number): boolean {
    return (
      this.#session >= 0 &&
      this.#addon.unseal(this.#session, data, headerLength, end, Math.floor(index / 65536))
    );
  }

  /** Wipes the helper's keys. Nothing is authentic from then on. */
  close(): void {
    if (this.#session >= 0) {
      this.#addon.close(this.#session);
      this.#session = -1;
    }
  }
}
