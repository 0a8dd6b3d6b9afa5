/** All attempts at what is failing, in all. Speech that is recognised later than that nobody waits for. */
const PATIENCE_MS = 30_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;

/** Since when a service fails without a success in between. */
export type Outage = { readonly sinceMs: number; readonly lastMs: number };

/**
 * Adds a failure. What failed long ago and was not tried since says nothing about now.
 *
 * @param nowMs - On a monotonic clock.
 */
export const prolonged = (outage: Outage | null, nowMs: number): Outage =>
  outage === null || nowMs - outage.lastMs > PATIENCE_MS
    ? { sinceMs: nowMs, lastMs: nowMs }
    : { sinceMs: outage.sinceMs, lastMs: nowMs };

export type Failed = {
  /** Failures of this utterance so far, this one included. */
  failures: number;
  mayPass: boolean;
  /** The pause that the service asks for. */
  retryAfterMs: number | null;
};

/**
 * How long to wait before the next attempt: pauses double from half a second to eight, with up to half as much again by
 * chance, so that many speakers do not come back at once. What the service asks for comes first.
 *
 * @param random - 0 to 1.
 * @returns milliseconds, or null when the failure is to be told: it cannot pass, or would last too long
 */
export function nextAttempt(
  { failures, mayPass, retryAfterMs }: Failed,
  outage: Outage,
  nowMs: number,
  random: number,
): number | null {
  if (!mayPass) return null;
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS) * (1 + random / 2);
  const waitMs = Math.max(pauseMs, retryAfterMs ?? 0);
  return nowMs + waitMs - outage.sinceMs > PATIENCE_MS ? null : waitMs;
}
