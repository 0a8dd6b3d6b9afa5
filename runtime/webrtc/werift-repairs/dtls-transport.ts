import { RTCDtlsTransport } from 'werift';
import type { RTCCertificate, RTCIceTransport } from 'werift';

/** SRTP master keys and salts that a DTLS handshake agreed on (RFC 5764 section 4.2). */
export type SrtpMasterKeys = {
  localMasterKey: Buffer;
  localMasterSalt: Buffer;
  remoteMasterKey: Buffer;
  remoteMasterSalt: Buffer;
};

/** AES_CM_128_HMAC_SHA1_80 (RFC 5764 section 4.1.2): every WebRTC endpoint has it (RFC 8827 section 6.5). */
const srtpProfile = 0x0001;

/**
 * werift's DTLS transport, of which only the handshake is used: RTP never passes through werift. That keeps
 * its receiver's defects from users (NACK and transport-wide feedback that go silent at the sequence wrap,
 * a RID table that forgets the mid, a sender record table that only grows), and its roll-over counter,
 * which a late retransmission upsets.
 */
export class HandshakeOnlyDtls extends RTCDtlsTransport {
  readonly #onKeys: (keys: SrtpMasterKeys) => void;

  constructor(
    iceTransport: RTCIceTransport,
    certificate: RTCCertificate,
    onKeys: (keys: SrtpMasterKeys) => void,
  ) {
    super({}, iceTransport, certificate, [srtpProfile]);
    this.#onKeys = onKeys;
  }

  override startSrtp(): void {
    if (this.srtpStarted) {
      return;
    }
    this.srtpStarted = true;
    this.updateSrtpSession();
    this.#onKeys(this.srtp.config.keys);
  }

  /** Ends the retransmissions of an unfinished handshake, which werift would go on with for half a minute. */
  abandonHandshake(): void {
    if (this.dtls !== undefined) {
      this.dtls.dtls.flight = Number.MAX_SAFE_INTEGER;
    }
  }
}
