import { SrtcpSession as WeriftSrtcpSession } from 'werift';
import { srtpProfiles } from '../../srtp-parameters.ts';
import type { SrtpMasterKeys, SrtpProfile } from '../../srtp-parameters.ts';
import { ReplayWindow } from './replay-window.ts';
import { StreamsBySsrc } from './streams-by-ssrc.ts';

const headerBytes = 8;
const indexBytes = 4;
/** AES_CM puts its tag behind the index (RFC 3711 section 3.4), GCM before it (RFC 7714 section 9.3). */
const tagBytes = { [srtpProfiles.aesCm]: 10, [srtpProfiles.aesGcm]: 16 };
const bytesBehindIndex = { [srtpProfiles.aesCm]: 10, [srtpProfiles.aesGcm]: 0 };

/**
 * SRTCP of one peer. werift encrypts and decrypts it, since a peer sends a few a second; the replay list
 * (RFC 3711 section 3.3.2), which it lacks, is ours.
 */
export class SrtcpSession {
  readonly #session: WeriftSrtcpSession;
  readonly #minimumBytes: number;
  readonly #bytesBehindIndex: number;
  readonly #windows = new StreamsBySsrc<ReplayWindow>();

  constructor(profile: SrtpProfile, keys: SrtpMasterKeys) {
    this.#session = new WeriftSrtcpSession({ profile, keys });
    this.#minimumBytes = headerBytes + tagBytes[profile] + indexBytes;
    this.#bytesBehindIndex = bytesBehindIndex[profile];
  }

  protect(plain: Buffer): Buffer {
    return this.#session.encrypt(plain);
  }

  /** The plain compound packet, or `undefined` when it must be dropped. */
  unprotect(data: Buffer): Buffer | undefined {
    if (data.length < this.#minimumBytes) {
      return undefined;
    }
    const ssrc = data.readUInt32BE(4);
    const index = data.readUInt32BE(data.length - this.#bytesBehindIndex - indexBytes) & 0x7fffffff;
    const known = this.#windows.get(ssrc);
    if (known?.isReplay(index) === true) {
      return undefined;
    }
    let plain: Buffer;
    try {
      plain = this.#session.decrypt(data);
    } catch {
      // How werift says that a packet is forged.
      return undefined;
    }
    const window = known ?? new ReplayWindow();
    window.accept(index);
    if (known === undefined) {
      this.#windows.add(ssrc, window);
    }
    return plain;
  }
}
