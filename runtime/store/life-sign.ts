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

/**
 * When the last run was last seen to be alive, in milliseconds since 1970; 0 when there was none. An event may be a
 * little younger than the last note; one that is much younger is of a recovery that was itself cut off.
 */
export function lastLifeSignMs(store: Store): number {
  const { last } = eventBounds(store);
  const event = readEvents(store, { after: last - 1, limit: 1 })[0];
  const eventMs = event === undefined ? 0 : Date.parse(event.at);
  const noted = readMeta(store, KEY);
  if (noted === undefined) {
    return eventMs;
  }
  const notedMs = Date.parse(noted);
  return Math.max(notedMs, Math.min(eventMs, notedMs + 2 * LIFE_SIGN_MS));
}
