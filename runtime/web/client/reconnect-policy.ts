import type { MeetingErrorCode } from './meeting-error.ts';

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 3_000;

/**
 * How long to wait before attempt number `attempt` (0 is the first after a loss), in milliseconds.
 *
 * The first comes at once, because most losses are a dropped socket on a sound network; later ones double, with
 * up to a third of jitter so that a room full of clients does not come back in step. `random` is in [0, 1).
 */
export function reconnectDelayMs(attempt: number, random: number): number {
  const base = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
  return attempt === 0 ? base : Math.round(base * (1 + random / 3));
}

/** Whether trying on still makes sense `sinceLossMs` after the connection was lost. */
export function keepsTrying(sinceLossMs: number, giveUpAfterMs: number): boolean {
  return sinceLossMs < giveUpAfterMs;
}

/**
 * How long to wait before media is started anew after `failures` failures in a row, in milliseconds: at once the
 * first time (a lost worker, a changed network), then 1, 2, 4 and at most 8 seconds.
 */
export function mediaRestartDelayMs(failures: number): number {
  return failures <= 1 ? 0 : Math.min(8_000, 500 * 2 ** (failures - 1));
}

const passing: readonly MeetingErrorCode[] = [
  'unreachable',
  'connection-lost',
  'no-answer',
  'worker-lost',
  'runtime-stopping',
  'too-many-requests',
  'internal',
];

/**
 * Whether to try again without asking: only what passes by itself within seconds. A full room can be tried again
 * too, but it is for the person to decide when.
 */
export function passesByItself(code: MeetingErrorCode): boolean {
  return passing.includes(code);
}

const forgotten: readonly MeetingErrorCode[] = [
  'participant-not-found',
  'session-not-found',
  'no-live-session',
  'invalid-request',
];

/** Whether the runtime no longer knows whom we want to come back as, so that only joining anew is left. */
export function isForgotten(code: MeetingErrorCode): boolean {
  return forgotten.includes(code);
}
