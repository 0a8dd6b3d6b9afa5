import { RoomflowError, errorTable, type ErrorCode } from '../../../contract/index.ts';

/** What is known about a failure beside its code; stands in the `cause` of the error. */
type FailureCause = {
  /** When the service asks to be left alone for so long. */
  retryAfterMs: number | null;
  /** False when the same request would fail again, although its code stands for failures that pass. */
  mayPass: boolean;
};

/** The longest pause that a service may ask for; what asks for more is mistaken. */
const LONGEST_PAUSE_MS = 3_600_000;
const TEXT_SHOWN = 200;

/** An error of a speech service. The message must not hold what `fetch` says by itself: it may quote the key. */
export function engineFailure(
  code: 'engine-failed' | 'engine-rate-limited' | 'engine-unauthorized' | 'engine-not-ready',
  message: string,
  { retryAfterMs = null, mayPass = true }: Partial<FailureCause> = {},
): RoomflowError {
  const cause: FailureCause = { retryAfterMs, mayPass };
  return new RoomflowError(code, message, { cause });
}

/**
 * What an HTTP status of a speech service means.
 *
 * @param service - As the operator knows it: its host and the setting.
 * @param said - What the service says about it, already free of secrets.
 */
export function statusFailure(
  service: string,
  status: number,
  said: string,
  retryAfter: string | null,
): RoomflowError {
  const saying = said === '' ? '' : `: ${said.slice(0, TEXT_SHOWN)}`;
  switch (status) {
    case 401:
    case 403:
      return engineFailure(
        'engine-unauthorized',
        `${service} answered ${status}: it does not accept the key. Check "apiKey" in the setting speechEngines.`,
      );
    case 402:
      return engineFailure(
        'engine-unauthorized',
        `${service} answered 402: the account of the key has no credit left.`,
      );
    case 404:
      return engineFailure(
        'engine-not-ready',
        `${service} answered 404${saying}. Check "baseUrl" and "model" in the setting speechEngines.`,
      );
    case 429:
      return engineFailure('engine-rate-limited', `${service} answered 429: too many requests${saying}.`, {
        retryAfterMs: retryAfterMs(retryAfter),
      });
    default:
      return engineFailure('engine-failed', `${service} answered ${status}${saying}.`, {
        retryAfterMs: retryAfterMs(retryAfter),
        mayPass: status >= 500 || status === 408 || status === 409,
      });
  }
}

/** `Retry-After` (RFC 9110 section 10.2.3), seconds or a date, as milliseconds from now. */
export function retryAfterMs(header: string | null, nowMs: number = Date.now()): number | null {
  if (header === null) return null;
  const ms = /^\d+(\.\d+)?$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_PAUSE_MS) : null;
}

/** Whether trying again can help, and how long the service asks to wait for that. */
export function passing(error: RoomflowError): { mayPass: boolean; retryAfterMs: number | null } {
  const row: { retryable: boolean } = errorTable[error.code satisfies ErrorCode];
  const cause = isFailureCause(error.cause) ? error.cause : { retryAfterMs: null, mayPass: true };
  return { mayPass: row.retryable && cause.mayPass, retryAfterMs: cause.retryAfterMs };
}

const isFailureCause = (value: unknown): value is FailureCause =>
  typeof value === 'object' && value !== null && 'retryAfterMs' in value && 'mayPass' in value;
