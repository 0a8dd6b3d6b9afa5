import { findNextPending, findOldestPending, type StoredDelivery, type Store } from '../../store/index.ts';
import { orderedAttempts } from './schedule.ts';

/** The longest setTimeout takes: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const longestTimerMs = 2_147_483_647;

/** Everything pending for one URL, one attempt at a time. */
export type Lane = {
  /** Looks whether something is due. Called after each new delivery. */
  readonly wake: () => void;
  readonly stop: () => void;
};

/**
 * Which delivery of a URL comes next: the oldest, as long as it has not been put off often; after that
 * whichever is due first, so that one body the receiver chokes on does not hold up a day of others.
 */
export function nextDelivery(store: Store, url: string): StoredDelivery | undefined {
  const oldest = findOldestPending(store, url);
  return oldest === undefined || oldest.attempts <= orderedAttempts ? oldest : findNextPending(store, url);
}

/** The store failed and could not tell when to come back: a pause, so that this does not spin. */
const pauseAfterErrorMs = 30_000;

/**
 * @param attempt makes one attempt and writes down how it went
 * @param onError the attempt rejected: nothing was written down, and the delivery is tried again after a pause
 * @param onEmpty nothing is pending any more
 */
export function createLane(
  store: Store,
  url: string,
  now: () => number,
  attempt: (delivery: StoredDelivery) => Promise<void>,
  onEmpty: () => void,
  onError: (error: unknown) => void,
): Lane {
  let timer: NodeJS.Timeout | undefined;
  let busy = false;
  let stopped = false;

  const wake = (): void => {
    if (busy || stopped) {
      return;
    }
    clearTimeout(timer);
    const next = nextDelivery(store, url);
    if (next === undefined) {
      onEmpty();
      return;
    }
    const waitMs = next.nextAttemptAtMs - now();
    if (waitMs > 0) {
      timer = setTimeout(wake, Math.min(waitMs, longestTimerMs)).unref();
      return;
    }
    busy = true;
    attempt(next).then(resume, (error: unknown) => {
      onError(error);
      timer = stopped ? undefined : setTimeout(resume, pauseAfterErrorMs).unref();
    });
  };

  const resume = (): void => {
    busy = false;
    wake();
  };

  return {
    wake,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
