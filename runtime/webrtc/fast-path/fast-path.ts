import { srtpProfiles } from '../srtp-parameters.ts';
import type { SrtpMasterKeys, SrtpProfile } from '../srtp-parameters.ts';
import type { NativeSender, NativeSession } from './native/index.ts';
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
  /** Where packets can be encrypted and sent in one: for AES_CM, with the helper. */
  readonly native: NativeSession | undefined;

  /** @param native encrypts and sends, where it can; the rest is as without it. */
  constructor(profile: SrtpProfile, keys: SrtpMasterKeys, native?: NativeSender) {
    this.#receiver = new SrtpReceiver(createSrtpCipher(profile, keys.remoteMasterKey, keys.remoteMasterSalt));
    this.#sender = new SrtpSender(createSrtpCipher(profile, keys.localMasterKey, keys.localMasterSalt));
    this.#srtcp = new SrtcpSession(profile, keys);
    this.native =
      profile === srtpProfiles.aesCm
        ? native?.open(deriveSrtpSessionKeys(keys.localMasterKey, keys.localMasterSalt), this.#sender)
        : undefined;
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
    this.native?.close();
  }
}
