import type { RoomflowEvent } from '../../contract/index.ts';
import type { EventLog } from '../../events/index.ts';
import { isPassingFailure, readMeta, writeMeta, type Store } from '../../store/index.ts';

const placeKey = 'graph-cursor';
const pauseAfterErrorMs = 5000;
/** Events that nothing took notice of are passed over again after a restart, but not more of them than this. */
const mostUnkept = 1000;

/** Hands every event to the graphs once, in order, also over a restart. */
export type EventFollower = {
  /** Resolves when all events of before have been handed over. */
  readonly caughtUp: Promise<unknown>;
  /** Writes down that everything up to now has been seen; may be part of a transaction. */
  readonly keepPlace: () => void;
  readonly stop: () => void;
};

/**
 * Follows the log from the place that was kept; the first time from its end.
 *
 * @param options.handle calls `commit` in the transaction in which it writes what it makes of the event
 * @param options.onError an event could not be handled. Where the store failed (a full disk) it is handed over again
 * after a pause; what nothing can be made of is passed over, or it would hold up all behind it for good
 */
export function followEvents(options: {
  store: Store;
  events: EventLog;
  handle(event: RoomflowEvent, commit: () => void): void;
  onError(error: unknown): void;
}): EventFollower {
  const { store, events } = options;
  const { promise: caughtUp, resolve } = Promise.withResolvers<undefined>();
  let place = readMeta(store, placeKey) ?? events.cursor();
  let unkept = 0;
  let timer: NodeJS.Timeout | undefined;
  let subscription: { unsubscribe: () => void } | undefined;

  const keepPlace = (): void => {
    writeMeta(store, placeKey, place);
    unkept = 0;
  };

  const onEvent = (event: RoomflowEvent): void => {
    const before = place;
    place = `${event.epoch}:${event.seq}`;
    try {
      options.handle(event, keepPlace);
      unkept += 1;
      if (unkept >= mostUnkept) {
        keepPlace();
      }
    } catch (error) {
      if (isPassingFailure(error)) {
        place = before;
        subscription?.unsubscribe();
        timer = setTimeout(follow, pauseAfterErrorMs).unref();
      }
      options.onError(error);
    }
  };

  function follow(): void {
    subscription = events.subscribe({ cursor: place }, { onEvent, onReady: () => resolve(undefined) });
  }

  keepPlace();
  follow();
  return {
    caughtUp,
    keepPlace,
    stop: () => {
      clearTimeout(timer);
      subscription?.unsubscribe();
      keepPlace();
    },
  };
}
