import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { Type } from 'typebox';
import { RoomflowError } from '../contract/index.ts';
import { keyFile } from './key-file.ts';

/** Everything secret the runtime owns, and the one public key that goes with it. */
export type RuntimeKeys = {
  /** Full access to the API; `rf_` and 32 random bytes. */
  readonly serverKey: string;
  /** The `apikey` claim of tokens. */
  readonly apiKey: string;
  /** Signs tokens, HS256. */
  readonly secret: string;
  /** RSA key that signs webhooks (`videosdk-signature`), PKCS #8 PEM. */
  readonly webhookPrivateKey: string;
  /** Its public half, SPKI PEM, as `GET /v2/public/rsa-public-key` answers it. */
  readonly webhookPublicKey: string;
  /** Standard Webhooks secret, `whsec_…`. */
  readonly webhookSecret: string;
};

const isJwtKeys = new Ajv().compile<{ apiKey: string; secret: string }>(
  Type.Object({ apiKey: Type.String({ minLength: 1 }), secret: Type.String({ minLength: 16 }) }),
);

/**
 * The keys of a data folder: made on the first start, read on later ones, each file with mode 0600.
 * Keys given by the configuration go before the kept ones and are not written down.
 *
 * @throws RoomflowError `data-folder-unusable` when the folder cannot be written or a key file is damaged
 */
export function loadKeys(
  dataDirectory: string,
  given: { apiKey?: string | undefined; secret?: string | undefined; serverKey?: string | undefined } = {},
): RuntimeKeys {
  try {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    const jwt = jwtKeys(join(dataDirectory, 'jwt.json'));
    const webhookPrivateKey = keyFile(join(dataDirectory, 'webhook.pem'), makeRsaKey);
    return {
      serverKey: given.serverKey ?? serverKey(join(dataDirectory, 'server.key')),
      apiKey: given.apiKey ?? jwt.apiKey,
      secret: given.secret ?? jwt.secret,
      webhookPrivateKey,
      webhookPublicKey: createPublicKey(createPrivateKey(webhookPrivateKey))
        .export({ type: 'spki', format: 'pem' })
        .toString(),
      webhookSecret: webhookSecret(join(dataDirectory, 'webhook.secret')),
    };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RoomflowError(
      'data-folder-unusable',
      `Cannot use the keys in ${dataDirectory}: ${why}. Check that the folder is writable; remove a damaged key file to have it made anew.`,
      { cause },
    );
  }
}

function serverKey(path: string): string {
  const key = keyFile(path, () => `rf_${randomBytes(32).toString('base64url')}\n`).trim();
  // Anything shorter was not made by this program, and an empty key would let everyone in.
  if (key.length < 16) {
    throw new Error(`${path} does not hold a server key`);
  }
  return key;
}

function jwtKeys(path: string): { apiKey: string; secret: string } {
  const text = keyFile(
    path,
    () =>
      `${JSON.stringify({ apiKey: randomBytes(16).toString('hex'), secret: randomBytes(32).toString('hex') }, null, 2)}\n`,
  );
  const keys: unknown = JSON.parse(text);
  if (!isJwtKeys(keys)) {
    throw new Error(`${path} must hold {"apiKey": …, "secret": …}`);
  }
  return keys;
}

function webhookSecret(path: string): string {
  const secret = keyFile(path, () => `whsec_${randomBytes(32).toString('base64')}\n`).trim();
  if (!/^whsec_[A-Za-z0-9+/]{32,}=*$/.test(secret)) {
    throw new Error(`${path} does not hold a Standard Webhooks secret (whsec_…)`);
  }
  return secret;
}

const makeRsaKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
