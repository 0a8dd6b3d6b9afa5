import { RtpPacket, SrtcpSession, SrtpSession } from 'werift';
import type { PacketSlot } from '../fast-path/index.ts';
import type { SrtpMasterKeys, SrtpProfile } from '../srtp-parameters.ts';

/**
 * Packets through werift's own parsing, SRTP and serialising, as its `RTCDtlsTransport` does it. Like there,
 * replayed packets are decrypted again.
 */
export class WeriftPath {
  readonly #srtp: SrtpSession;
  readonly #srtcp: SrtcpSession;

  constructor(profile: SrtpProfile, keys: SrtpMasterKeys) {
    this.#srtp = new SrtpSession({ profile, keys });
    this.#srtcp = new SrtcpSession({ profile, keys });
  }

  unprotectRtp(data: Buffer): Buffer | undefined {
    try {
      return RtpPacket.deSerialize(this.#srtp.decrypt(data)).serialize();
    } catch {
      // werift tells forged and malformed packets by throwing.
      return undefined;
    }
  }

  unprotectRtcp(data: Buffer): Buffer | undefined {
    try {
      return this.#srtcp.decrypt(data);
    } catch {
      return undefined;
    }
  }

  protectRtp(slot: PacketSlot, _headerLength: number, length: number): number {
    const { header, payload } = RtpPacket.deSerialize(slot.bytes.subarray(0, length));
    return this.#srtp.encrypt(payload, header).copy(slot.bytes);
  }

  protectRtcp(plain: Buffer): Buffer {
    return this.#srtcp.encrypt(plain);
  }

  forget(ssrc: number): void {
    Reflect.deleteProperty(this.#srtp.localContext.srtpSSRCStates, ssrc);
  }
}
