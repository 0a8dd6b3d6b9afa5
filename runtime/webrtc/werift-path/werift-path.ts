import { RtpPacket, SrtpSession } from 'werift';
import { ReplayWindow, SrtcpSession, StreamsBySsrc, weriftSrtcp } from '../fast-path/index.ts';
import type { PacketSlot } from '../fast-path/index.ts';
import type { SrtpMasterKeys, SrtpProfile } from '../srtp-parameters.ts';

/**
 * Packets through werift's own parsing, SRTP and serialising, as its `RTCDtlsTransport` does it, with the replay lists
 * that it lacks (RFC 3711 section 3.3.2).
 */
export class WeriftPath {
  readonly #srtp: SrtpSession;
  readonly #srtcp: SrtcpSession;
  readonly #windows = new StreamsBySsrc<ReplayWindow>();

  constructor(profile: SrtpProfile, keys: SrtpMasterKeys) {
    this.#srtp = new SrtpSession({ profile, keys });
    this.#srtcp = new SrtcpSession(profile, keys, weriftSrtcp(profile, keys));
  }

  unprotectRtp(data: Buffer): Buffer | undefined {
    let packet: RtpPacket;
    try {
      packet = RtpPacket.deSerialize(this.#srtp.decrypt(data));
    } catch {
      // How werift says that a packet is forged or malformed.
      return undefined;
    }
    return this.#isNew(packet) ? packet.serialize() : undefined;
  }

  #isNew({ header: { ssrc, sequenceNumber } }: RtpPacket): boolean {
    let window = this.#windows.get(ssrc);
    if (window === undefined) {
      window = new ReplayWindow();
      const forgotten = this.#windows.add(ssrc, window);
      if (forgotten !== undefined) {
        Reflect.deleteProperty(this.#srtp.remoteContext.srtpSSRCStates, forgotten);
      }
    }
    const index = window.guessIndex(sequenceNumber);
    if (window.isReplay(index)) {
      return false;
    }
    window.accept(index);
    return true;
  }

  unprotectRtcp(data: Buffer): Buffer | undefined {
    return this.#srtcp.unprotect(data);
  }

  protectRtp(slot: PacketSlot, headerLength: number, length: number): number {
    const plain = slot.bytes.subarray(0, length);
    const { header } = RtpPacket.deSerialize(plain);
    // werift's payload is without the padding that the header announces.
    return this.#srtp.encrypt(plain.subarray(headerLength), header).copy(slot.bytes);
  }

  protectRtcp(plain: Buffer): Buffer {
    return this.#srtcp.protect(plain);
  }

  forget(ssrc: number): void {
    Reflect.deleteProperty(this.#srtp.localContext.srtpSSRCStates, ssrc);
  }
}
