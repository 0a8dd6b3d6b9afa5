import type { Selectable } from 'kysely';
import type { BroadcastStatus, HlsStream, Page } from '../contract/index.ts';
import { fromJson, fromNullableJson, toJson, toNullableJson } from './json.ts';
import type { Store } from './open.ts';
import { mapPage, readPage, type PageRequest } from './paging.ts';
import type { Database } from './schema.ts';

/** An HLS stream as it is kept; its media lies in its folder. */
export type StoredHlsStream = Pick<
  HlsStream,
  | 'id'
  | 'stepId'
  | 'roomId'
  | 'sessionId'
  | 'status'
  | 'playable'
  | 'start'
  | 'end'
  | 'recordingId'
  | 'error'
  | 'metadata'
> & {
  durationSeconds: number;
  /** Below the HLS folder. */
  directory: string;
  /** Its media is for those who have a token. */
  protected: boolean;
  webhookUrl: string | null;
  callbackUrl: string | null;
};

export type HlsStreamFilter = PageRequest & {
  roomId?: string | undefined;
  sessionId?: string | undefined;
};

const toStream = ({ sequence: _sequence, ...row }: Selectable<Database['hls_streams']>): StoredHlsStream => ({
  ...row,
  status: row.status as BroadcastStatus,
  playable: row.playable === 1,
  protected: row.protected === 1,
  error: fromNullableJson(row.error),
  metadata: fromJson(row.metadata),
});

export function insertHlsStream(store: Store, stream: StoredHlsStream): void {
  store.run(
    store.db.insertInto('hls_streams').values({
      ...stream,
      playable: stream.playable ? 1 : 0,
      protected: stream.protected ? 1 : 0,
      error: toNullableJson(stream.error),
      metadata: toJson(stream.metadata),
    }),
  );
}

export function findHlsStream(store: Store, id: string): StoredHlsStream | undefined {
  const row = store.first(store.db.selectFrom('hls_streams').selectAll().where('id', '=', id));
  return row === undefined ? undefined : toStream(row);
}

export function findHlsStreamOfStep(store: Store, stepId: string): StoredHlsStream | undefined {
  const row = store.first(store.db.selectFrom('hls_streams').selectAll().where('stepId', '=', stepId));
  return row === undefined ? undefined : toStream(row);
}

/** Newest first. */
export function listHlsStreams(store: Store, filter: HlsStreamFilter): Page<StoredHlsStream> {
  const { roomId, sessionId } = filter;
  const query = store.db
    .selectFrom('hls_streams')
    .selectAll()
    .$if(roomId !== undefined, (select) => select.where('roomId', '=', roomId ?? ''))
    .$if(sessionId !== undefined, (select) => select.where('sessionId', '=', sessionId ?? ''))
    .orderBy('sequence', 'desc');
  return mapPage(readPage(store, query, filter), toStream);
}

/** Every stream that has not ended: what a restart finds unfinished. */
export function listLiveHlsStreams(store: Store): StoredHlsStream[] {
  return store
    .all(store.db.selectFrom('hls_streams').selectAll().where('end', 'is', null).orderBy('sequence'))
    .map(toStream);
}

export function updateHlsStream(
  store: Store,
  id: string,
  change: Partial<
    Pick<StoredHlsStream, 'status' | 'playable' | 'end' | 'durationSeconds' | 'recordingId' | 'error'>
  >,
): void {
  const { playable, error, ...plain } = change;
  const set = {
    ...plain,
    ...(playable === undefined ? {} : { playable: playable ? (1 as const) : (0 as const) }),
    ...(error === undefined ? {} : { error: toNullableJson(error) }),
  };
  if (Object.keys(set).length > 0) {
    store.run(store.db.updateTable('hls_streams').set(set).where('id', '=', id));
  }
}

/** Forgets a stream; its files are the caller's to remove. */
export function deleteHlsStream(store: Store, id: string): boolean {
  return store.run(store.db.deleteFrom('hls_streams').where('id', '=', id)).changes > 0;
}
