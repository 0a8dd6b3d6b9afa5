const FIRST_PAUSE_MS = 250;
/** So that a server which comes back within two minutes has the stream again within five seconds. */
const SHORT_CAP_MS = 3000;
const LONG_CAP_MS = 30_000;
/** After long outages a pause is at most this part of what it has lasted already. */
const PART_OF_OUTAGE = 1 / 30;

/**
 * How long to wait before the next attempt: doubling, capped, and shortened by up to a quarter at random so that
 * outputs of one server do not come back all at once.
 *
 * @param retry 1 for the first attempt after a loss
 * @param downForMs how long the destination has been away
 * @param random from 0 to 1
 */
export function retryPauseMs(retry: number, downForMs: number, random: number): number {
  const capMs = Math.min(LONG_CAP_MS, Math.max(SHORT_CAP_MS, downForMs * PART_OF_OUTAGE));
  const pauseMs = Math.min(capMs, FIRST_PAUSE_MS * 2 ** (retry - 1));
  return pauseMs * (1 - random / 4);
}
