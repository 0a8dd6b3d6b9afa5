import { srtpProfiles } from '../srtp-parameters.ts';
import type { SrtpMasterKeys, SrtpProfile } from '../srtp-parameters.ts';
import type { NativeHelper, NativeOpeningCipher, NativeSession } from './native/index.ts';
import { deriveSrtpSessionKeys } from './srtp/key-derivation.ts';
import type { PacketSlot } from './srtp/packet-slot.ts';
import { SrtcpSession } from './srtp/srtcp-session.ts';
import { createSrtpCipher } from './srtp/srtp-cipher.ts';
import { SrtpReceiver } from './srtp/srtp-receiver.ts';
import { SrtpSender } from './srtp/srtp-sender.ts';

/** The packet path of our own. */
export class FastPath {
  readonly #receiver: SrtpReceiver;
  readonly #sender: SrtpSender;
  readonly #srtcp: SrtcpSession;
  readonly #nativeCipher: NativeOpeningCipher | undefined;
  /** Where packets can be encrypted and sent in one: for AES_CM, with the helper. */
  readonly native: NativeSession | undefined;

  /** @param helper encrypts, decrypts and sends, where it can; the rest is as without it. */
  constructor(profile: SrtpProfile, keys: SrtpMasterKeys, helper?: NativeHelper) {
    this.#sender = new SrtpSender(createSrtpCipher(profile, keys.localMasterKey, keys.localMasterSalt));
    this.#srtcp = new SrtcpSession(profile, keys);
    if (helper !== undefined && profile === srtpProfiles.aesCm) {
      const nativeCipher = helper.openingCipher(
        deriveSrtpSessionKeys(keys.remoteMasterKey, keys.remoteMasterSalt),
      );
      try {
        this.native = helper.sender.open(
          deriveSrtpSessionKeys(keys.localMasterKey, keys.localMasterSalt),
          this.#sender,
        );
      } catch (error) {
        nativeCipher.close();
        throw error;
      }
      this.#nativeCipher = nativeCipher;
    }
    this.#receiver = new SrtpReceiver(
      this.#nativeCipher ?? createSrtpCipher(profile, keys.remoteMasterKey, keys.remoteMasterSalt),
    );
  }

  unprotectRtp(data: Buffer): Buffer | undefined {
    return this.#receiver.unprotect(data);
  }

  unprotectRtcp(data: Buffer): Buffer | undefined {
    return this.#srtcp.unprotect(data);
  }

  protectRtp(slot: PacketSlot, headerLength: number, length: number): number {
    return this.#sender.protect(slot, headerLength, length);
  }

  protectRtcp(plain: Buffer): Buffer {
    return this.#srtcp.protect(plain);
  }

  forget(ssrc: number): void {
    this.#sender.forget(ssrc);
  }

  close(): void {
    this.#nativeCipher?.close();
    this.native?.close();
  }
}
