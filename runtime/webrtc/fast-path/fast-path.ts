import { SrtcpSession } from 'werift';
import type { SrtpMasterKeys, SrtpProfile } from '../srtp-parameters.ts';
import type { PacketSlot } from './srtp/packet-slot.ts';
import { SrtpReceiver } from './srtp/srtp-receiver.ts';
import { SrtpSender } from './srtp/srtp-sender.ts';

/**
 * The packet path of our own. SRTCP is left to werift: a peer sends a few of them a second.
 */
export class FastPath {
  readonly #receiver: SrtpReceiver;
  readonly #sender: SrtpSender;
  readonly #srtcp: SrtcpSession;

  constructor(profile: SrtpProfile, keys: SrtpMasterKeys) {
    this.#receiver = new SrtpReceiver(keys.remoteMasterKey, keys.remoteMasterSalt);
    this.#sender = new SrtpSender(keys.localMasterKey, keys.localMasterSalt);
    this.#srtcp = new SrtcpSession({ profile, keys });
  }

  unprotectRtp(data: Buffer): Buffer | undefined {
    return this.#receiver.unprotect(data);
  }

  unprotectRtcp(data: Buffer): Buffer | undefined {
    try {
      return this.#srtcp.decrypt(data);
    } catch {
      // werift tells forged and malformed packets by throwing.
      return undefined;
    }
  }

  protectRtp(slot: PacketSlot, headerLength: number, length: number): number {
    return this.#sender.protect(slot, headerLength, length);
  }

  protectRtcp(plain: Buffer): Buffer {
    return this.#srtcp.encrypt(plain);
  }

  forget(ssrc: number): void {
    this.#sender.forget(ssrc);
  }
}
