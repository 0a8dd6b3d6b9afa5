import type { Selectable } from 'kysely';
import type { BroadcastStatus, Livestream, LivestreamOutputView, Page } from '../contract/index.ts';
import { fromJson, fromNullableJson, toJson, toNullableJson } from './json.ts';
import type { Store } from './open.ts';
import { mapPage, readPage, type PageRequest } from './paging.ts';
import type { Database } from './schema.ts';

/** A livestream as it is kept: its outputs are shown ones, without their keys. */
export type StoredLivestream = Omit<Livestream, 'meetingId' | 'outputs'> & {
  outputs: LivestreamOutputView[];
  webhookUrl: string | null;
  callbackUrl: string | null;
};

export type LivestreamFilter = PageRequest & {
  roomId?: string | undefined;
  sessionId?: string | undefined;
  status?: BroadcastStatus | undefined;
};

const toLivestream = ({
  sequence: _sequence,
  ...row
}: Selectable<Database['livestreams']>): StoredLivestream => ({
  ...row,
  status: row.status as BroadcastStatus,
  outputs: fromJson(row.outputs),
  error: fromNullableJson(row.error),
  metadata: fromJson(row.metadata),
});

export function insertLivestream(store: Store, livestream: StoredLivestream): void {
  store.run(
    store.db.insertInto('livestreams').values({
      ...livestream,
      outputs: toJson(livestream.outputs),
      error: toNullableJson(livestream.error),
      metadata: toJson(livestream.metadata),
    }),
  );
}

export function findLivestream(store: Store, id: string): StoredLivestream | undefined {
  const row = store.first(store.db.selectFrom('livestreams').selectAll().where('id', '=', id));
  return row === undefined ? undefined : toLivestream(row);
}

export function findLivestreamOfStep(store: Store, stepId: string): StoredLivestream | undefined {
  const row = store.first(store.db.selectFrom('livestreams').selectAll().where('stepId', '=', stepId));
  return row === undefined ? undefined : toLivestream(row);
}

/** Newest first. */
export function listLivestreams(store: Store, filter: LivestreamFilter): Page<StoredLivestream> {
  const { roomId, sessionId, status } = filter;
  const query = store.db
    .selectFrom('livestreams')
    .selectAll()
    .$if(roomId !== undefined, (select) => select.where('roomId', '=', roomId ?? ''))
    .$if(sessionId !== undefined, (select) => select.where('sessionId', '=', sessionId ?? ''))
    .$if(status !== undefined, (select) => select.where('status', '=', status ?? ''))
    .orderBy('sequence', 'desc');
  return mapPage(readPage(store, query, filter), toLivestream);
}

/** Every livestream that has not ended: what a restart finds unfinished. */
export function listLiveLivestreams(store: Store): StoredLivestream[] {
  return store
    .all(store.db.selectFrom('livestreams').selectAll().where('end', 'is', null).orderBy('sequence'))
    .map(toLivestream);
}

export function updateLivestream(
  store: Store,
  id: string,
  change: Partial<Pick<StoredLivestream, 'status' | 'end' | 'outputs' | 'recordingId' | 'error'>>,
): void {
  const { outputs, error, ...plain } = change;
  const set = {
    ...plain,
    ...(outputs === undefined ? {} : { outputs: toJson(outputs) }),
    ...(error === undefined ? {} : { error: toNullableJson(error) }),
  };
  if (Object.keys(set).length > 0) {
    store.run(store.db.updateTable('livestreams').set(set).where('id', '=', id));
  }
}
