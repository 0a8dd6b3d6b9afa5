import type { ErrorCode } from '../../contract/index.ts';
import { MeetingError } from './meeting-error.ts';

/** What each close code of the contract means when the runtime sent no more precise code as the reason. */
const meaning: Readonly<Record<number, { code: ErrorCode; message: string }>> = {
  4401: { code: 'invalid-token', message: 'The link’s token was refused.' },
  4403: { code: 'invalid-permissions', message: 'The link’s token does not allow joining.' },
  4404: { code: 'room-not-found', message: 'There is no such room.' },
  4409: { code: 'participant-replaced', message: 'The same participant joined from elsewhere.' },
  4429: { code: 'too-many-requests', message: 'Too many messages in a short time.' },
};

/** Codes that may stand in a close frame's reason in place of the general meaning of its number. */
const preciseCodes: readonly ErrorCode[] = [
  'missing-token',
  'invalid-token',
  'expired-token',
  'foreign-token',
  'invalid-permissions',
  'unauthorized-room',
  'unauthorized-participant',
  'unauthorized-role',
  'entry-denied',
  'room-not-found',
  'room-closed',
  'room-full',
  'participant-replaced',
  'participant-removed',
  'too-many-requests',
];

/**
 * The lasting error behind a closed signalling socket, or null when the connection was merely lost and coming
 * back can succeed. Numbers are of the private range of RFC 6455 section 7.4.2.
 */
export function closeError(closeCode: number, reason: string): MeetingError | null {
  const general = meaning[closeCode];
  if (general === undefined) {
    return null;
  }
  const precise = preciseCodes.find((code) => reason === code || reason.startsWith(`${code}:`));
  const message =
    reason === '' || reason === precise ? general.message : reason.replace(`${precise}:`, '').trim();
  return new MeetingError(precise ?? general.code, message, closeCode === 4429);
}
