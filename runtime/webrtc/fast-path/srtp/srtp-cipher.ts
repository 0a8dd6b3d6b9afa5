import { srtpProfiles } from '../../srtp-parameters.ts';
import type { SrtpProfile } from '../../srtp-parameters.ts';
import { AesCmCipher } from './aes-cm-cipher.ts';
import { AesGcmCipher } from './aes-gcm-cipher.ts';
import { deriveSrtpSessionKeys } from './key-derivation.ts';
import type { PacketSlot } from './packet-slot.ts';

/** Authentication and decryption of the packets of one SSRC. */
export type SrtpStreamOpener = {
  /**
   * Decrypts the payload of `data` in place, which ends at `end` with the tag behind it. `index` is the 48-bit index of
   * the packet (RFC 3711 section 3.3.1).
   *
   * @returns false, with `data` as it was, when the packet is not authentic.
   */
  open(data: Buffer, headerLength: number, end: number, index: number): boolean;
};

/** Encryption and authentication of the packets of one SSRC. */
export type SrtpStreamCipher = SrtpStreamOpener & {
  /**
   * Encrypts the payload of the plain packet in `slot` in place and writes the tag behind it. `index` is the 48-bit
   * index of the packet (RFC 3711 section 3.3.1).
   */
  seal(slot: PacketSlot, headerLength: number, length: number, index: number): void;
};

/** The receiving direction of a protection profile under one master key. */
export type SrtpOpeningCipher = {
  readonly tagBytes: number;
  stream(ssrc: number): SrtpStreamOpener;
};

/** One direction of a protection profile under one master key. */
export type SrtpCipher = {
  readonly tagBytes: number;
  /**
   * Whether two packets of one index must never be sealed, were they to differ in a header extension only: two tags
   * of one nonce give the key of GCM's authentication away (NIST SP 800-38D appendix A).
   */
  readonly sealsIndexOnce: boolean;
  stream(ssrc: number): SrtpStreamCipher;
};

/** The cipher of `profile` for one direction. */
export function createSrtpCipher(profile: SrtpProfile, masterKey: Buffer, masterSalt: Buffer): SrtpCipher {
  const keys = deriveSrtpSessionKeys(masterKey, masterSalt);
  return profile === srtpProfiles.aesGcm ? new AesGcmCipher(keys) : new AesCmCipher(keys);
}
