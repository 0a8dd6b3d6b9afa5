/**
 * SRTP protection profiles by their DTLS numbers: AES_CM_128_HMAC_SHA1_80 (RFC 5764 section 4.1.2), which every
 * WebRTC endpoint has (RFC 8827 section 6.5), and AEAD_AES_128_GCM (RFC 7714 section 14.2).
 */
export const srtpProfiles = { aesCm: 0x0001, aesGcm: 0x0007 } as const;

/** A protection profile, by its number in DTLS. */
export type SrtpProfile = (typeof srtpProfiles)[keyof typeof srtpProfiles];

/** SRTP master keys and salts that a DTLS handshake agreed on (RFC 5764 section 4.2). */
export type SrtpMasterKeys = {
  localMasterKey: Buffer;
  localMasterSalt: Buffer;
  remoteMasterKey: Buffer;
  remoteMasterSalt: Buffer;
};
