import type { Selectable } from 'kysely';
import type { Page, Play, PlayStatus } from '../contract/index.ts';
import { fromJson, fromNullableJson, toJson, toNullableJson } from './json.ts';
import type { Store } from './open.ts';
import { mapPage, readPage, type PageRequest } from './paging.ts';
import type { Database } from './schema.ts';

/** A play as it is kept. */
export type StoredPlay = Omit<Play, 'playId' | 'meetingId'>;

export type PlayFilter = PageRequest & {
  roomId?: string | undefined;
  sessionId?: string | undefined;
  participantId?: string | undefined;
  status?: PlayStatus | undefined;
};

const toPlay = ({ sequence: _sequence, ...row }: Selectable<Database['plays']>): StoredPlay => ({
  ...row,
  source: row.source as StoredPlay['source'],
  status: row.status as PlayStatus,
  error: fromNullableJson(row.error),
  metadata: fromJson(row.metadata),
});

export function insertPlay(store: Store, play: StoredPlay): void {
  store.run(
    store.db
      .insertInto('plays')
      .values({ ...play, error: toNullableJson(play.error), metadata: toJson(play.metadata) }),
  );
}

export function findPlay(store: Store, id: string): StoredPlay | undefined {
  const row = store.first(store.db.selectFrom('plays').selectAll().where('id', '=', id));
  return row === undefined ? undefined : toPlay(row);
}

/** Newest first. */
export function listPlays(store: Store, filter: PlayFilter): Page<StoredPlay> {
  const { roomId, sessionId, participantId, status } = filter;
  const query = store.db
    .selectFrom('plays')
    .selectAll()
    .$if(roomId !== undefined, (select) => select.where('roomId', '=', roomId ?? ''))
    .$if(sessionId !== undefined, (select) => select.where('sessionId', '=', sessionId ?? ''))
    .$if(participantId !== undefined, (select) => select.where('participantId', '=', participantId ?? ''))
    .$if(status !== undefined, (select) => select.where('status', '=', status ?? ''))
    .orderBy('sequence', 'desc');
  return mapPage(readPage(store, query, filter), toPlay);
}

/** Every play that has not ended: what a restart finds unfinished. */
export function listOpenPlays(store: Store): StoredPlay[] {
  return store
    .all(store.db.selectFrom('plays').selectAll().where('end', 'is', null).orderBy('sequence'))
    .map(toPlay);
}

export function updatePlay(
  store: Store,
  id: string,
  change: Partial<Pick<StoredPlay, 'stepId' | 'status' | 'playedMs' | 'start' | 'end' | 'error'>>,
): void {
  const { error, ...plain } = change;
  const set = { ...plain, ...(error === undefined ? {} : { error: toNullableJson(error) }) };
  if (Object.keys(set).length > 0) {
    store.run(store.db.updateTable('plays').set(set).where('id', '=', id));
  }
}
