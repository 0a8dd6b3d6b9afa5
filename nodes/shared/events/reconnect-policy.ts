const firstDelayMs = 500;
const longestDelayMs = 15_000;

/**
 * How long to wait before the next attempt to connect: doubling to a cap, spread over the upper half so that
 * many triggers do not come back at the same moment.
 *
 * @param attempt failed attempts in a row, from 0
 * @param random in [0, 1)
 */
export function reconnectDelayMs(attempt: number, random: number): number {
  const ceiling = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempt, 10));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
