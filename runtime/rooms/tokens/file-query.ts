import { createHmac } from 'node:crypto';
import { RoomflowError } from '../../contract/index.ts';
import { equalInConstantTime } from './constant-time.ts';

const signature = (fileId: string, expires: string, secret: string): string =>
  createHmac('sha256', secret).update(`roomflow file link v1\n${fileId}\n${expires}`).digest('base64url');

/**
 * The query of a link that opens one file without a token: `expires=<seconds>&signature=<base64url>`.
 *
 * @param expiresAtMs milliseconds since 1970
 */
export function signFileQuery(fileId: string, expiresAtMs: number, secret: string): string {
  const expires = String(Math.floor(expiresAtMs / 1000));
  return `expires=${expires}&signature=${signature(fileId, expires, secret)}`;
}

/**
 * @param nowMs milliseconds since 1970
 * @throws RoomflowError `invalid-token` (forged or for another file), `expired-token`
 */
export function verifyFileQuery(
  fileId: string,
  query: { expires: string; signature: string },
  secret: string,
  nowMs: number,
): void {
  if (!equalInConstantTime(query.signature, signature(fileId, query.expires, secret))) {
    throw new RoomflowError('invalid-token', `The link to file "${fileId}" is not signed by this runtime.`);
  }
  const expiresAtMs = Number(query.expires) * 1000;
  if (!(nowMs < expiresAtMs)) {
    const at = new Date(expiresAtMs).toISOString();
    throw new RoomflowError(
      'expired-token',
      `The link to file "${fileId}" expired at ${at}. Get the recording again.`,
    );
  }
}
