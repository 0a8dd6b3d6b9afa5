import { createCipheriv } from 'node:crypto';

/** Session keys of one direction of an AES_CM_128_HMAC_SHA1_80 context. */
export type SrtpSessionKeys = { encryptionKey: Buffer; authenticationKey: Buffer; salt: Buffer };

/**
 * Derives the SRTP session keys from a 16-byte master key and a 14-byte master salt
 * (RFC 3711 section 4.3.1, key derivation rate 0).
 */
export function deriveSrtpSessionKeys(masterKey: Buffer, masterSalt: Buffer): SrtpSessionKeys {
  return {
    encryptionKey: derive(masterKey, masterSalt, 0x00, 16),
    authenticationKey: derive(masterKey, masterSalt, 0x01, 20),
    salt: derive(masterKey, masterSalt, 0x02, 14),
  };
}

function derive(masterKey: Buffer, masterSalt: Buffer, label: number, length: number): Buffer {
  const initialCounter = Buffer.alloc(16);
  masterSalt.copy(initialCounter, 0, 0, 14);
  initialCounter[7] = (initialCounter[7] as number) ^ label;
  return createCipheriv('aes-128-ctr', masterKey, initialCounter).update(Buffer.alloc(length));
}
