import { createCipheriv } from 'node:crypto';

/** Session keys of one direction; a GCM context uses the first 12 bytes of the salt and no authentication key. */
export type SrtpSessionKeys = { encryptionKey: Buffer; authenticationKey: Buffer; salt: Buffer };

/** What keys are derived for: the first of three labels, of encryption, authentication and salt (RFC 3711 section 4.3.2). */
const firstLabel = { rtp: 0x00, rtcp: 0x03 };

/**
 * Derives session keys from a 16-byte master key and a master salt of 14 bytes, or of 12, which zeros are added to
 * (RFC 3711 section 4.3.1, key derivation rate 0; RFC 7714 section 11).
 */
export function deriveSrtpSessionKeys(
  masterKey: Buffer,
  masterSalt: Buffer,
  use: 'rtp' | 'rtcp' = 'rtp',
): SrtpSessionKeys {
  const label = firstLabel[use];
  return {
    encryptionKey: derive(masterKey, masterSalt, label, 16),
    authenticationKey: derive(masterKey, masterSalt, label + 1, 20),
    salt: derive(masterKey, masterSalt, label + 2, 14),
  };
}

function derive(masterKey: Buffer, masterSalt: Buffer, label: number, length: number): Buffer {
  const initialCounter = Buffer.alloc(16);
  masterSalt.copy(initialCounter, 0, 0, 14);
  initialCounter[7] = (initialCounter[7] as number) ^ label;
  return createCipheriv('aes-128-ctr', masterKey, initialCounter).update(Buffer.alloc(length));
}
