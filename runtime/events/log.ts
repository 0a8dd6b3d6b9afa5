import { randomBytes, randomUUID } from 'node:crypto';
import type { EventData, EventType, RoomflowEvent } from '../contract/index.ts';
import {
  eventBounds,
  insertEvent,
  pruneEvents,
  readEvents,
  readMeta,
  writeMeta,
  type Store,
  type StoredEvent,
} from '../store/index.ts';
import { cursorText, parseCursor, startOf, type ResetReason } from './cursor.ts';
import { compileFilter, type CompiledFilter, type EventFilter } from './filter.ts';

type ScopeKey = 'roomId' | 'meetingId' | 'sessionId';

/** What an event tells. The log itself fills `roomId`, `meetingId` and `sessionId` into `data`. */
export type EventContent<T extends EventType> = {
  roomId: string;
  sessionId: 'sessionId' extends keyof EventData<T> ? string : string | null;
  data: Omit<EventData<T>, ScopeKey>;
};

/** Who listens. Called in the order of the log, one call at a time. */
export type EventSubscriber = {
  onEvent: (event: RoomflowEvent) => void;
  /** Once, before the first event: the cursor could not be followed, and the whole log is replayed. */
  onReset?: (reset: { reason: ResetReason; cursor: string }) => void;
  /** Once, after the replay: from here on events are live. */
  onReady?: (cursor: string) => void;
  /** Waited for between parts of a long replay, so that a slow receiver is not flooded. */
  drained?: () => Promise<void>;
};

export type EventPage = {
  events: RoomflowEvent[];
  /** Where to read on. */
  cursor: string;
  reset: ResetReason | null;
};

export type EventLog = {
  readonly epoch: string;
  /** Where the log ends now. */
  readonly cursor: () => string;
  /**
   * Writes an event and then hands it to its subscribers, in this same turn. Inside `store.transact` they get
   * it after the commit, and never when it is rolled back.
   */
  readonly append: <T extends EventType>(type: T, content: EventContent<T>) => RoomflowEvent<T>;
  /**
   * Events after `cursor` (`latest` when left out).
   *
   * @throws RoomflowError `invalid-request` when the cursor is malformed
   */
  readonly read: (
    query: EventFilter & { cursor?: string | undefined; limit?: number | undefined },
  ) => EventPage;
  /**
   * Replays what came after `cursor` (`latest` when left out), then goes live without a gap.
   *
   * @throws RoomflowError `invalid-request` when the cursor is malformed
   */
  readonly subscribe: (
    query: EventFilter & { cursor?: string | undefined },
    subscriber: EventSubscriber,
  ) => { unsubscribe: () => void };
  /** Removes what the retention does not keep, a part at a time. @returns how many events were removed */
  readonly prune: () => number;
  /** Ends all subscriptions and the regular pruning. */
  readonly close: () => void;
};

/** How much of the log is kept: both must hold. */
export type EventRetention = { days: number; count: number };

type Subscription = {
  filter: CompiledFilter;
  subscriber: EventSubscriber;
  /** The last sequence number this subscription has dealt with. */
  position: number;
  live: boolean;
  ended: boolean;
};

// A window of this many numbers is read in about a millisecond, so a long replay holds nobody up.
const replayWindow = 1000;
// Little and often: 5000 at once take about 90 ms, in which no event would be delivered.
const pruneLimit = 500;
const pruneEveryMs = 5000;
const defaultLimit = 100;
const dayMs = 86_400_000;

/**
 * The append-only event log over the store.
 *
 * @param options.now milliseconds since 1970
 * @param options.onError a subscriber threw; the log and the other subscribers go on
 */
export function createEventLog(options: {
  store: Store;
  now?: () => number;
  retention?: EventRetention;
  onError?: (error: unknown) => void;
}): EventLog {
  const { store, now = Date.now, retention = { days: 30, count: 1_000_000 } } = options;
  const onError = options.onError ?? ((error: unknown) => process.emitWarning(asError(error)));
  const epoch = epochOf(store);
  const subscriptions = new Set<Subscription>();
  const undelivered: RoomflowEvent[] = [];
  let delivering = false;

  const bounds = (): { epoch: string; first: number; last: number } => ({ epoch, ...eventBounds(store) });
  const cursorAt = (seq: number): string => cursorText({ epoch, seq });

  const guarded = (subscription: Subscription, call: () => void): void => {
    if (subscription.ended) {
      return;
    }
    try {
      call();
    } catch (error) {
      onError(error);
    }
  };

  const deliver = (event: RoomflowEvent): void => {
    undelivered.push(event);
    // An event appended by a subscriber waits its turn, so that everyone sees the same order.
    if (delivering) {
      return;
    }
    delivering = true;
    for (let next = undelivered.shift(); next !== undefined; next = undelivered.shift()) {
      const current = next;
      for (const subscription of subscriptions) {
        if (subscription.live && current.seq > subscription.position) {
          subscription.position = current.seq;
          if (subscription.filter.matches(current)) {
            guarded(subscription, () => subscription.subscriber.onEvent(current));
          }
        }
      }
    }
    delivering = false;
  };

  const append = <T extends EventType>(type: T, content: EventContent<T>): RoomflowEvent<T> => {
    const { roomId, sessionId } = content;
    const scope = { roomId, meetingId: roomId, ...(sessionId === null ? {} : { sessionId }) };
    const unnumbered = {
      id: randomUUID(),
      type,
      roomId,
      sessionId,
      at: new Date(now()).toISOString(),
      data: { ...scope, ...content.data },
    };
    const seq = insertEvent(store, { ...unnumbered, data: JSON.stringify(unnumbered.data) });
    const event: unknown = { epoch, seq, ...unnumbered };
    store.afterCommit(() => deliver(event as RoomflowEvent));
    // The type system does not follow a type parameter through the union of all events; `content` was checked.
    return event as RoomflowEvent<T>;
  };

  const read: EventLog['read'] = (query) => {
    const limit = query.limit ?? defaultLimit;
    const log = bounds();
    const { after, reset } = startOf(parseCursor(query.cursor ?? 'latest'), log);
    const filter = compileFilter(query);
    const events = filter.nothing
      ? []
      : readEvents(store, { after, types: filter.types, roomId: filter.roomId, limit }).map((row) =>
          toEvent(epoch, row),
        );
    const lastRead = events.length < limit ? undefined : events.at(-1);
    return { events, cursor: cursorAt(lastRead?.seq ?? log.last), reset };
  };

  /** Hands over one window of old events. @returns true when the end of the log is reached */
  const replay = (subscription: Subscription): boolean => {
    const { filter, subscriber } = subscription;
    const { last } = bounds();
    const upTo = Math.min(last, subscription.position + replayWindow);
    const rows = filter.nothing
      ? []
      : readEvents(store, { after: subscription.position, upTo, types: filter.types, roomId: filter.roomId });
    for (const row of rows) {
      subscription.position = row.seq;
      guarded(subscription, () => subscriber.onEvent(toEvent(epoch, row)));
    }
    subscription.position = Math.max(subscription.position, upTo);
    // What a subscriber appended just now is still to come.
    return subscription.position >= bounds().last;
  };

  const run = async (subscription: Subscription): Promise<void> => {
    const { subscriber } = subscription;
    while (!subscription.ended) {
      if (replay(subscription)) {
        // Between reading the end and this line nothing can be appended: no gap.
        subscription.live = true;
        guarded(subscription, () => subscriber.onReady?.(cursorAt(subscription.position)));
        return;
      }
      await (subscriber.drained?.() ?? new Promise<void>((resolve) => setImmediate(resolve)));
    }
  };

  const subscribe: EventLog['subscribe'] = (query, subscriber) => {
    const { after, reset } = startOf(parseCursor(query.cursor ?? 'latest'), bounds());
    const subscription: Subscription = {
      filter: compileFilter(query),
      subscriber,
      position: after,
      live: false,
      ended: false,
    };
    const unsubscribe = (): void => {
      subscription.ended = true;
      subscriptions.delete(subscription);
    };
    subscriptions.add(subscription);
    // Not at once: the caller does not hold `unsubscribe` yet.
    queueMicrotask(() => {
      if (reset !== null) {
        guarded(subscription, () => subscriber.onReset?.({ reason: reset, cursor: cursorAt(after) }));
      }
      run(subscription).catch((error: unknown) => {
        unsubscribe();
        onError(error);
      });
    });
    return { unsubscribe };
  };

  const prune = (): number => {
    const before = new Date(now() - retention.days * dayMs).toISOString();
    return pruneEvents(store, { before, upTo: bounds().last - retention.count, limit: pruneLimit });
  };
  const pruning = setInterval(() => {
    try {
      prune();
    } catch (error) {
      onError(error);
    }
  }, pruneEveryMs).unref();

  return {
    epoch,
    cursor: () => cursorAt(bounds().last),
    append,
    read,
    subscribe,
    prune,
    close: () => {
      clearInterval(pruning);
      for (const subscription of subscriptions) {
        subscription.ended = true;
      }
      subscriptions.clear();
    },
  };
}

/** Made with the store, so a new store is a new log. */
function epochOf(store: Store): string {
  return store.transact(() => {
    const kept = readMeta(store, 'event-epoch');
    if (kept !== undefined) {
      return kept;
    }
    const made = randomBytes(6).toString('base64url');
    writeMeta(store, 'event-epoch', made);
    return made;
  });
}

/** An event as it was appended; only `append` writes the table. */
function toEvent(epoch: string, row: StoredEvent): RoomflowEvent {
  const data: unknown = JSON.parse(row.data);
  return { epoch, ...row, data } as RoomflowEvent;
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
