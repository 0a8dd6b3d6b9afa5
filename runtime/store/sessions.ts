import type { Selectable } from 'kysely';
import type { Page } from '../contract/index.ts';
import { deleteLiveSession } from './live-sessions.ts';
import type { Store } from './open.ts';
import { readPage, type PageRequest } from './paging.ts';
import type { Database } from './schema.ts';

/** A session as it is kept; live while `end` is null. */
export type StoredSession = Selectable<Database['sessions']>;

export type SessionFilter = PageRequest & {
  roomId?: string | undefined;
  status?: 'ongoing' | 'ended' | undefined;
  /** Begun at or after, in milliseconds since 1970. */
  startDate?: number | undefined;
  /** Begun at or before, in milliseconds since 1970. */
  endDate?: number | undefined;
};

export function insertSession(store: Store, session: { id: string; roomId: string; start: string }): void {
  store.run(
    store.db
      .insertInto('sessions')
      .values({ ...session, end: null, endReason: null, activeDurationSeconds: 0 }),
  );
}

export function findSession(store: Store, id: string): StoredSession | undefined {
  return store.first(store.db.selectFrom('sessions').selectAll().where('id', '=', id));
}

/** The room's live session. */
export function findLiveSession(store: Store, roomId: string): StoredSession | undefined {
  return store.first(
    store.db
      .selectFrom('sessions')
      .selectAll()
      .where('roomId', '=', roomId)
      .where('end', 'is', null)
      .orderBy('start', 'desc')
      .limit(1),
  );
}

/** Every live session: what a restart finds unfinished. */
export function listLiveSessions(store: Store): StoredSession[] {
  return store.all(store.db.selectFrom('sessions').selectAll().where('end', 'is', null).orderBy('start'));
}

/** Newest first. */
export function listSessions(store: Store, filter: SessionFilter): Page<StoredSession> {
  const { roomId, status, startDate, endDate } = filter;
  const query = store.db
    .selectFrom('sessions')
    .selectAll()
    .$if(roomId !== undefined, (select) => select.where('roomId', '=', roomId ?? ''))
    .$if(status === 'ongoing', (select) => select.where('end', 'is', null))
    .$if(status === 'ended', (select) => select.where('end', 'is not', null))
    .$if(startDate !== undefined, (select) => select.where('start', '>=', isoOf(startDate)))
    .$if(endDate !== undefined, (select) => select.where('start', '<=', isoOf(endDate)))
    .orderBy('start', 'desc')
    .orderBy('id', 'desc');
  return readPage(store, query, filter);
}

/** Ends a session once; the first end stands. Open time logs of its participants and tracks end with it. */
export function endSession(
  store: Store,
  id: string,
  end: { end: string; reason: string; activeDurationSeconds: number },
): boolean {
  return store.transact(() => {
    const { changes } = store.run(
      store.db
        .updateTable('sessions')
        .set({ end: end.end, endReason: end.reason, activeDurationSeconds: end.activeDurationSeconds })
        .where('id', '=', id)
        .where('end', 'is', null),
    );
    for (const table of ['participant_timelog', 'track_timelog', 'mode_timelog'] as const) {
      store.run(
        store.db
          .updateTable(table)
          .set({ end: end.end })
          .where('sessionId', '=', id)
          .where('end', 'is', null),
      );
    }
    deleteLiveSession(store, id);
    return changes > 0;
  });
}

const isoOf = (atMs: number | undefined): string => new Date(atMs ?? 0).toISOString();
