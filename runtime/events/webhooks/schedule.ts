import type { DeliveryKind } from '../../store/index.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * The pauses after each attempt that did not go through: a little over a day in all, as Standard Webhooks
 * advises.
 */
export const retryDelaysMs: readonly number[] = [
  5 * second,
  30 * second,
  2 * minute,
  10 * minute,
  hour,
  3 * hour,
  6 * hour,
  6 * hour,
  8 * hour,
];

/**
 * A callback resumes a waiting n8n execution. A recording that ends at once is done before n8n has parked the
 * execution, which answers 404 or 409 until then: so some quick attempts go before the long schedule.
 */
export const callbackDelaysMs: readonly number[] = [250, 500, 1000, 2000, 3000, 5000, 5000, ...retryDelaysMs];

// A crowd of deliveries that failed together must not come back together. Upwards only: the day stays a day.
const jitterShare = 0.2;
const longestRetryAfterMs = hour;

/** So many attempts keep younger deliveries to the same URL waiting, for the sake of order; then they overtake. */
export const orderedAttempts = 3;

/**
 * When to try again, in milliseconds since 1970, or null when the schedule is at its end.
 *
 * @param attempts how many attempts were made, the last one included
 * @param random from 0 to 1
 * @param retryAfterMs what the receiver asked for
 */
export function nextAttemptAtMs(
  kind: DeliveryKind,
  attempts: number,
  nowMs: number,
  random: number,
  retryAfterMs = 0,
): number | null {
  const delayMs = (kind === 'callback' ? callbackDelaysMs : retryDelaysMs)[attempts - 1];
  if (delayMs === undefined) {
    return null;
  }
  const jittered = delayMs * (1 + random * jitterShare);
  return Math.round(nowMs + Math.max(jittered, Math.min(retryAfterMs, longestRetryAfterMs)));
}
