import { createHmac } from 'node:crypto';
import { RoomflowError } from '../../contract/index.ts';
import { equalInConstantTime } from './constant-time.ts';

const DAY_MS = 24 * 3600 * 1000;
/** A link made now works at least this long. */
const VALID_DAYS = 7;

const signature = (streamId: string, expires: string, secret: string): string =>
  createHmac('sha256', secret).update(`roomflow playback v1\n${streamId}\n${expires}`).digest('base64url');

/**
 * The token that opens the media of one protected stream: `<seconds since 1970>.<base64url>`. All tokens made on one
 * day are alike, so that viewers share what a cache keeps by address.
 */
export function signPlaybackToken(streamId: string, nowMs: number, secret: string): string {
  const expires = String((Math.ceil(nowMs / DAY_MS) + VALID_DAYS) * (DAY_MS / 1000));
  return `${expires}.${signature(streamId, expires, secret)}`;
}

/**
 * @returns until when the token is good, in milliseconds since 1970
 * @throws RoomflowError `missing-token`, `invalid-token`, `expired-token`
 */
export function verifyPlaybackToken(
  streamId: string,
  token: string | undefined,
  secret: string,
  nowMs: number,
): number {
  if (token === undefined || token === '') {
    throw new RoomflowError(
      'missing-token',
      `Stream "${streamId}" is protected: take its address with ?token= from GET /v2/hls/${streamId}.`,
    );
  }
  const [expires = '', signed = ''] = token.split('.');
  if (!equalInConstantTime(signed, signature(streamId, expires, secret))) {
    throw new RoomflowError('invalid-token', `The token is not for stream "${streamId}" of this runtime.`);
  }
  const expiresMs = Number(expires) * 1000;
  if (!(nowMs < expiresMs)) {
    throw new RoomflowError(
      'expired-token',
      `The token of stream "${streamId}" expired at ${new Date(expiresMs).toISOString()}. Get the stream again.`,
    );
  }
  return expiresMs;
}
