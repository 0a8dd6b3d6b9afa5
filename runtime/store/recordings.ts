import type { Selectable } from 'kysely';
import type {
  ComposedParticipants,
  CompositionConfig,
  MergeRecordingsBody,
  Page,
  Recording,
  RecordingStatus,
} from '../contract/index.ts';
import { fromJson, fromNullableJson, toJson, toNullableJson } from './json.ts';
import type { Store } from './open.ts';
import { mapPage, readPage, type PageRequest } from './paging.ts';
import type { Database } from './schema.ts';

/** A recording as it is kept; its files are in {@link StoredFile}. */
export type StoredRecording = Pick<
  Recording,
  | 'id'
  | 'stepId'
  | 'kind'
  | 'roomId'
  | 'sessionId'
  | 'participantId'
  | 'participantName'
  | 'fileFormat'
  | 'status'
  | 'start'
  | 'end'
  | 'error'
  | 'metadata'
> & {
  /** `merge`: made of other recordings; it has no step. */
  mode: Recording['mode'] | 'merge';
  webhookUrl: string | null;
  callbackUrl: string | null;
  /** Of what a recording of the room or of chosen participants is composed; null for others. */
  composed: { config: CompositionConfig; participants: ComposedParticipants | null } | null;
  /** What a merge is made of; null for others. */
  merged: MergeSources | null;
};

export type MergeSources = Pick<MergeRecordingsBody, 'channel1' | 'channel2'> & {
  type: 'participant' | 'track';
  /** Recordings that go into each channel, as they were found when the merge was asked for. */
  leftIds: string[];
  rightIds: string[];
  /** Folder below the recordings folder. */
  directory: string;
};

export type RecordingFilter = PageRequest & {
  mode?: StoredRecording['mode'] | undefined;
  roomId?: string | undefined;
  sessionId?: string | undefined;
  participantId?: string | undefined;
  kind?: string | undefined;
  status?: RecordingStatus | undefined;
};

const toRecording = ({
  sequence: _sequence,
  beside: _beside,
  ...row
}: Selectable<Database['recordings']>): StoredRecording => ({
  ...row,
  mode: row.mode as StoredRecording['mode'],
  participantId: row.participantId === '' ? null : row.participantId,
  participantName: row.participantId === '' ? null : row.participantName,
  status: row.status as RecordingStatus,
  error: fromNullableJson(row.error),
  metadata: fromJson(row.metadata),
  composed: fromNullableJson(row.composed),
  merged: fromNullableJson(row.merged),
});

export function insertRecording(store: Store, recording: StoredRecording): void {
  store.run(
    store.db.insertInto('recordings').values({
      ...recording,
      participantId: recording.participantId ?? '',
      participantName: recording.participantName ?? '',
      error: toNullableJson(recording.error),
      metadata: toJson(recording.metadata),
      composed: toNullableJson(recording.composed),
      merged: toNullableJson(recording.merged),
    }),
  );
}

/** Notes that a broadcast has begun a recording, and so ends it. */
export function markBeside(store: Store, id: string): void {
  store.run(store.db.updateTable('recordings').set({ beside: 1 }).where('id', '=', id));
}

/** Whether a broadcast has begun a recording. */
export function isBeside(store: Store, id: string): boolean {
  return store.first(store.db.selectFrom('recordings').select('beside').where('id', '=', id))?.beside === 1;
}

export function findRecording(store: Store, id: string): StoredRecording | undefined {
  const row = store.first(store.db.selectFrom('recordings').selectAll().where('id', '=', id));
  return row === undefined ? undefined : toRecording(row);
}

/** Newest first. */
export function listRecordings(store: Store, filter: RecordingFilter): Page<StoredRecording> {
  const { mode, roomId, sessionId, participantId, kind, status } = filter;
  const query = store.db
    .selectFrom('recordings')
    .selectAll()
    .$if(mode !== undefined, (select) => select.where('mode', '=', mode ?? ''))
    .$if(roomId !== undefined, (select) => select.where('roomId', '=', roomId ?? ''))
    .$if(sessionId !== undefined, (select) => select.where('sessionId', '=', sessionId ?? ''))
    .$if(participantId !== undefined, (select) => select.where('participantId', '=', participantId ?? ''))
    .$if(kind !== undefined, (select) => select.where('kind', '=', kind ?? ''))
    .$if(status !== undefined, (select) => select.where('status', '=', status ?? ''))
    .orderBy('sequence', 'desc');
  return mapPage(readPage(store, query, filter), toRecording);
}

/** Every recording that has not ended: what a restart finds unfinished. */
export function listLiveRecordings(store: Store): StoredRecording[] {
  return store
    .all(store.db.selectFrom('recordings').selectAll().where('end', 'is', null).orderBy('sequence'))
    .map(toRecording);
}

export function updateRecording(
  store: Store,
  id: string,
  change: Partial<Pick<StoredRecording, 'status' | 'start' | 'end' | 'error' | 'kind' | 'fileFormat'>>,
): void {
  const { error, ...plain } = change;
  const set = { ...plain, ...(error === undefined ? {} : { error: toNullableJson(error) }) };
  if (Object.keys(set).length > 0) {
    store.run(store.db.updateTable('recordings').set(set).where('id', '=', id));
  }
}

/** Forgets a recording and its files' rows; the files themselves are the caller's to remove. */
export function deleteRecording(store: Store, id: string): boolean {
  return store.run(store.db.deleteFrom('recordings').where('id', '=', id)).changes > 0;
}
