import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;

/** What was awaited has not come about in time. */
export class NotInTime extends Error {}

/**
 * Asks again and again until nothing is wanting any more.
 *
 * @param wanting what is not as it should be yet, in words; none when all is well
 * @throws NotInTime with what was wanting last when `timeoutMs` passes
 */
export async function until(
  what: string,
  wanting: () => Promise<readonly string[]>,
  timeoutMs: number,
): Promise<void> {
  const giveUpAtMs = performance.now() + timeoutMs;
  let left = await wanting();
  while (left.length > 0) {
    if (performance.now() > giveUpAtMs) {
      throw new NotInTime(`${what} not within ${timeoutMs} ms: ${left.join('; ')}`);
    }
    await delay(LOOK_EVERY_MS);
    left = await wanting();
  }
}
