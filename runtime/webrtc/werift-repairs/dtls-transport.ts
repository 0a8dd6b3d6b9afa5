import { RTCDtlsTransport } from 'werift';
import type { RTCCertificate, RTCIceTransport } from 'werift';
import { srtpProfiles } from '../srtp-parameters.ts';
import type { SrtpMasterKeys, SrtpProfile } from '../srtp-parameters.ts';

/**
 * SRTP profiles by DTLS role, the cheapest first: a packet of 1000 bytes costs 2.1 µs with AES_CM and 3.1 with GCM,
 * one of 160 bytes 1.0 and 2.9. The server chooses, and browsers would choose GCM, so as client we offer what every
 * endpoint has; as server we take GCM from those that have nothing else.
 */
const profilesByRole = {
  client: [srtpProfiles.aesCm],
  server: [srtpProfiles.aesCm, srtpProfiles.aesGcm],
} as const;

/**
 * werift's DTLS transport, of which only the handshake is used: RTP never passes through werift. That keeps
 * its receiver's defects from users (NACK and transport-wide feedback that go silent at the sequence wrap,
 * a RID table that forgets the mid, a sender record table that only grows), and its roll-over counter,
 * which a late retransmission upsets.
 */
export class HandshakeOnlyDtls extends RTCDtlsTransport {
  /** The list that werift reads when the handshake begins; the role is not known before. */
  readonly #profiles: SrtpProfile[];
  readonly #onKeys: (profile: SrtpProfile, keys: SrtpMasterKeys) => void;

  constructor(
    iceTransport: RTCIceTransport,
    certificate: RTCCertificate,
    onKeys: (profile: SrtpProfile, keys: SrtpMasterKeys) => void,
  ) {
    const profiles: SrtpProfile[] = [];
    super({}, iceTransport, certificate, profiles);
    this.#profiles = profiles;
    this.#onKeys = onKeys;
  }

  override async start(): Promise<void> {
    this.#profiles.push(...profilesByRole[this.role === 'client' ? 'client' : 'server']);
    await super.start();
  }

  override startSrtp(): void {
    if (this.srtpStarted) {
      return;
    }
    this.srtpStarted = true;
    this.updateSrtpSession();
    const { profile, keys } = this.srtp.config;
    const agreed = this.#profiles.find((offered) => offered === profile);
    if (agreed === undefined) {
      throw new Error(`The peer chose SRTP profile ${profile}, which was not offered.`);
    }
    this.#onKeys(agreed, keys);
  }

  /** Ends the retransmissions of an unfinished handshake, which werift would go on with for half a minute. */
  abandonHandshake(): void {
    if (this.dtls !== undefined) {
      this.dtls.dtls.flight = Number.MAX_SAFE_INTEGER;
    }
  }
}
