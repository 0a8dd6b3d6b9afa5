import { SrtcpSession as WeriftSrtcpSession } from 'werift';
import { srtpProfiles } from '../../srtp-parameters.ts';
import type { SrtpMasterKeys, SrtpProfile } from '../../srtp-parameters.ts';
import { AesCmSrtcp } from './aes-cm-srtcp.ts';
import { ReplayWindow } from './replay-window.ts';
import { StreamsBySsrc } from './streams-by-ssrc.ts';

const headerBytes = 8;
const indexBytes = 4;
/** AES_CM puts its tag behind the index (RFC 3711 section 3.4), GCM before it (RFC 7714 section 9.3). */
const tagBytes = { [srtpProfiles.aesCm]: 10, [srtpProfiles.aesGcm]: 16 };
const bytesBehindIndex = { [srtpProfiles.aesCm]: 10, [srtpProfiles.aesGcm]: 0 };

/** Encrypts, and decrypts what is not forged or malformed. */
type SrtcpCipher = {
  protect(plain: Buffer): Buffer;
  unprotect(data: Buffer): Buffer | undefined;
};

/**
 * SRTCP of one peer with its replay list (RFC 3711 section 3.3.2). AES_CM is our own; GCM, which only peers get that have
 * nothing else, is werift's.
 */
export class SrtcpSession {
  readonly #cipher: SrtcpCipher;
  readonly #minimumBytes: number;
  readonly #bytesBehindIndex: number;
  readonly #windows = new StreamsBySsrc<ReplayWindow>();

  /** @param cipher left out, the one of `profile`. */
  constructor(
    profile: SrtpProfile,
    keys: SrtpMasterKeys,
    cipher: SrtcpCipher = profile === srtpProfiles.aesCm ? new AesCmSrtcp(keys) : weriftSrtcp(profile, keys),
  ) {
    this.#cipher = cipher;
    this.#minimumBytes = headerBytes + tagBytes[profile] + indexBytes;
    this.#bytesBehindIndex = bytesBehindIndex[profile];
  }

  protect(plain: Buffer): Buffer {
    return this.#cipher.protect(plain);
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
    const plain = this.#cipher.unprotect(data);
    if (plain === undefined) {
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

/** SRTCP by werift. */
export function weriftSrtcp(profile: SrtpProfile, keys: SrtpMasterKeys): SrtcpCipher {
  const session = new WeriftSrtcpSession({ profile, keys });
  return {
    protect: (plain) => session.encrypt(plain),
    unprotect: (data) => {
      try {
        return session.decrypt(data);
      } catch {
        // How werift says that a packet is forged.
        return undefined;
      }
    },
  };
}
