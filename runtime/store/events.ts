import type { Selectable } from 'kysely';
import type { Store } from './open.ts';
import type { Database } from './schema.ts';

export type StoredEvent = Selectable<Database['events']>;

/** Appends to the log. @returns the event's sequence number */
export function insertEvent(store: Store, event: Omit<StoredEvent, 'seq'>): number {
  return store.run(store.db.insertInto('events').values(event)).rowId;
}

export type EventWindow = {
  /** Exclusive. */
  after: number;
  /** Inclusive; to the end of the log when left out. */
  upTo?: number;
  /** Empty or left out: all. */
  types?: readonly string[];
  roomId?: string | undefined;
  limit?: number;
};

/** In order. */
export function readEvents(store: Store, window: EventWindow): StoredEvent[] {
  const { after, upTo, types = [], roomId, limit } = window;
  return store.all(
    store.db
      .selectFrom('events')
      .selectAll()
      .where('seq', '>', after)
      .$if(upTo !== undefined, (select) => select.where('seq', '<=', upTo ?? 0))
      .$if(types.length > 0, (select) => select.where('type', 'in', types))
      .$if(roomId !== undefined, (select) => select.where('roomId', '=', roomId ?? ''))
      .orderBy('seq')
      .$if(limit !== undefined, (select) => select.limit(limit ?? 0)),
  );
}

/** The first and the last number in the log; both 0 when it is empty. */
export function eventBounds(store: Store): { first: number; last: number } {
  // SQLite looks one end up in the index; asked for both at once, it would read the whole log.
  const end = (direction: 'asc' | 'desc'): number =>
    store.first(store.db.selectFrom('events').select('seq').orderBy('seq', direction).limit(1))?.seq ?? 0;
  return { first: end('asc'), last: end('desc') };
}

/**
 * Removes the oldest events: those from before `before`, and those numbered up to `upTo`; at most `limit` of
 * them. The last one stays, for it tells where the log stands.
 *
 * @returns how many were removed
 */
export function pruneEvents(store: Store, what: { before: string; upTo: number; limit: number }): number {
  const { first, last } = eventBounds(store);
  const lastBefore = store.first(
    store.db
      .selectFrom('events')
      .select('seq')
      .where('at', '<', what.before)
      .orderBy('at', 'desc')
      .orderBy('seq', 'desc')
      .limit(1),
  );
  const upTo = Math.min(Math.max(lastBefore?.seq ?? 0, what.upTo), last - 1, first + what.limit - 1);
  return upTo < first ? 0 : store.run(store.db.deleteFrom('events').where('seq', '<=', upTo)).changes;
}

/** The number of the event that told of a session's start; undefined where the log does not have it any more. */
export function findSessionStart(
  store: Store,
  { roomId, sessionId }: { roomId: string; sessionId: string },
): number | undefined {
  return store.first(
    store.db
      .selectFrom('events')
      .select('seq')
      .where('roomId', '=', roomId)
      .where('sessionId', '=', sessionId)
      .where('type', '=', 'session-started')
      // A live session is among the last of its room.
      .orderBy('seq', 'desc')
      .limit(1),
  )?.seq;
}
