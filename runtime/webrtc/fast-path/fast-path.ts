import type { SrtpMasterKeys, SrtpProfile } from '../srtp-parameters.ts';
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

  constructor(profile: SrtpProfile, keys: SrtpMasterKeys) {
    this.#receiver = new SrtpReceiver(createSrtpCipher(profile, keys.remoteMasterKey, keys.remoteMasterSalt));
    this.#sender = new SrtpSender(createSrtpCipher(profile, keys.localMasterKey, keys.localMasterSalt));
    this.#srtcp = new SrtcpSession(profile, keys);
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
}
