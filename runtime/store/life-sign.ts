import { eventBounds, readEvents } from './events.ts';
import { readMeta, writeMeta } from './meta.ts';
import type { Store } from './open.ts';

const KEY = 'aliveAt';
/** So exactly is known after a crash when it was. */
const LIFE_SIGN_MS = 2000;

/**
 * Notes in the store, now and every two seconds, that the runtime lives, until the function returned is called. A
 * store that cannot be written is told once: other writes tell of it as well.
 */
export function giveLifeSigns(store: Store, onError: (error: unknown) => void): () => void {
  let failed = false;
  const give = (): void => {
    try {
      writeMeta(store, KEY, new Date().toISOString());
      failed = false;
    } catch (error) {
      if (!failed) {
        onError(error);
      }
      failed = true;
    }
  };
  give();
  const timer = setInterval(give, LIFE_SIGN_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}

/** When the runtime was last seen to be alive, in milliseconds since 1970; 0 when it has never been. */
export function lastLifeSignMs(store: Store): number {
  const noted = readMeta(store, KEY);
  const { last } = eventBounds(store);
  const event = readEvents(store, { after: last - 1, limit: 1 })[0];
  return Math.max(0, ...[noted, event?.at].flatMap((at) => (at === undefined ? [] : [Date.parse(at)])));
}
