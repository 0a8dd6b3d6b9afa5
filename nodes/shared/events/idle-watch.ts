import { delay } from '../items';

const askEveryMs = 60_000;

/**
 * Watches a connection that may be dead without having been closed, as after a sleep of the machine or a
 * dropped NAT entry. A quiet minute is followed by one question; resolves when the answer does not agree
 * with what came over the connection, or when `stop` is aborted.
 *
 * @param seen how many messages have come so far
 * @param isBehind asks the runtime whether there are events that have not come; rejects when it is away
 */
export async function untilStale(options: {
  seen: () => number;
  isBehind: () => Promise<boolean>;
  stop: AbortSignal;
}): Promise<void> {
  let suspicions = 0;
  for (let before = options.seen(); ;) {
    await delay(suspicions === 0 ? askEveryMs : 5_000, options.stop);
    if (options.stop.aborted) {
      return;
    }
    const now = options.seen();
    const wasQuiet = now === before;
    before = now;
    suspicions = wasQuiet && (await options.isBehind().catch(() => true)) ? suspicions + 1 : 0;
    // One answer may have overtaken an event that is still on its way.
    if (suspicions === 2) {
      return;
    }
  }
}
