import { Ajv } from 'ajv';
import { decodeJwt, errors, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { RoomflowError, TokenClaims } from '../../contract/index.ts';
import { credentialOf } from './bearer.ts';
import { equalInConstantTime } from './constant-time.ts';

/** Who is calling: the holder of the server key, or of a token. */
export type Principal = { kind: 'server' } | { kind: 'token'; claims: TokenClaims };

/** What verifying needs. `now` gives milliseconds since 1970. */
export type TokenKeys = { apiKey: string; secret: string; serverKey: string };

const isClaims = new Ajv({ allErrors: true }).compile<TokenClaims>(TokenClaims);
const keyBytes = (secret: string): Uint8Array => new TextEncoder().encode(secret);

/**
 * Who holds this credential (the value of an `Authorization` header or of `?token=`).
 *
 * @throws RoomflowError `missing-token`, `invalid-token`, `expired-token`, `foreign-token` (another `apikey`),
 * `invalid-permissions` (`ask_join` beside `allow_join` or `allow_mod`, VideoSDK 4008)
 */
export async function verifyToken(
  authorization: string | undefined,
  keys: TokenKeys & { now?: () => number },
): Promise<Principal> {
  const credential = credentialOf(authorization);
  if (credential === undefined) {
    throw new RoomflowError('missing-token', 'Send the server key or a token in the Authorization header.');
  }
  if (equalInConstantTime(credential, keys.serverKey)) {
    return { kind: 'server' };
  }
  const claims = await verifiedClaims(credential, keys);
  const { permissions } = claims;
  if (
    permissions.includes('ask_join') &&
    permissions.length > 1 &&
    permissions.some((one) => one !== 'ask_join')
  ) {
    throw new RoomflowError(
      'invalid-permissions',
      `A token cannot hold ask_join together with ${permissions.filter((one) => one !== 'ask_join').join(', ')}.`,
    );
  }
  return { kind: 'token', claims };
}

async function verifiedClaims(token: string, keys: TokenKeys & { now?: () => number }): Promise<TokenClaims> {
  const apikey = unverifiedPayload(token)['apikey'];
  if (typeof apikey === 'string' && apikey !== keys.apiKey) {
    throw new RoomflowError(
      'foreign-token',
      `The token is for API key "${apikey.slice(0, 64)}", not for this runtime. Make one with "roomflow token".`,
    );
  }
  const payload = await signedPayload(token, keys);
  if (!isClaims(payload)) {
    const details = (isClaims.errors ?? []).map(({ instancePath, message }) => ({
      pointer: instancePath,
      message: message ?? 'is not valid',
    }));
    const list = details.map(({ pointer, message }) => `${pointer || '/'} ${message}`).join('; ');
    throw new RoomflowError('invalid-token', `The token's claims are not valid: ${list}.`, { details });
  }
  return payload;
}

function unverifiedPayload(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch (cause) {
    throw new RoomflowError('invalid-token', 'The credential is neither the server key nor a JWT.', {
      cause,
    });
  }
}

async function signedPayload(token: string, keys: TokenKeys & { now?: () => number }): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keyBytes(keys.secret), {
      algorithms: ['HS256'],
      ...(keys.now === undefined ? {} : { currentDate: new Date(keys.now()) }),
    });
    return payload;
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) {
      const expiry =
        cause.payload.exp === undefined ? '' : ` at ${new Date(cause.payload.exp * 1000).toISOString()}`;
      throw new RoomflowError('expired-token', `The token expired${expiry}. Make a new one.`, { cause });
    }
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RoomflowError('invalid-token', `The token is not valid: ${why}.`, { cause });
  }
}

/**
 * Signs a token as VideoSDK's are: HS256 with the secret, `apikey` and `version: 2` filled in.
 *
 * @param expiresInSeconds time to live, from `now`
 */
export async function signToken(
  claims: Omit<TokenClaims, 'apikey' | 'iat' | 'exp'>,
  expiresInSeconds: number,
  keys: Pick<TokenKeys, 'apiKey' | 'secret'> & { now?: () => number },
): Promise<string> {
  const issuedAt = Math.floor((keys.now?.() ?? Date.now()) / 1000);
  return await new SignJWT({ version: 2, ...claims, apikey: keys.apiKey })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + expiresInSeconds)
    .sign(keyBytes(keys.secret));
}
