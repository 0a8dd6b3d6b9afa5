import type { Selectable } from 'kysely';
import type { Page, SummaryStatus, TranscriptFormat, Transcription } from '../contract/index.ts';
import { fromJson, fromNullableJson, toJson, toNullableJson } from './json.ts';
import type { Store } from './open.ts';
import { mapPage, readPage, type PageRequest } from './paging.ts';
import type { Database } from './schema.ts';

/** The summary of a transcript: what was asked for and what has become of it. */
export type StoredSummary = {
  status: SummaryStatus;
  /** Null: the runtime's own words are used. */
  prompt: string | null;
  text: string | null;
  error: string | null;
};

/** A transcription as it is kept; what was said is in {@link StoredSegment}. */
export type StoredTranscription = Pick<
  Transcription,
  | 'id'
  | 'type'
  | 'status'
  | 'roomId'
  | 'sessionId'
  | 'stepId'
  | 'recordingId'
  | 'engine'
  | 'language'
  | 'speakersBy'
  | 'start'
  | 'end'
  | 'error'
  | 'webhookUrl'
  | 'metadata'
> & {
  /** Formats whose files have been written. */
  formats: TranscriptFormat[];
  /** Stretches of audio whose segments are stored. */
  finishedSources: string[];
  summary: StoredSummary;
  callbackUrl: string | null;
};

export type TranscriptionFilter = PageRequest & {
  type?: Transcription['type'] | undefined;
  roomId?: string | undefined;
  sessionId?: string | undefined;
  recordingId?: string | undefined;
};

function summaryColumns({ status, ...summary }: StoredSummary): { summaryStatus: string; summary: string } {
  return { summaryStatus: status, summary: toJson(summary) };
}

const toTranscription = ({
  sequence: _sequence,
  summaryStatus,
  ...row
}: Selectable<Database['transcriptions']>): StoredTranscription => ({
  ...row,
  type: row.type as Transcription['type'],
  status: row.status as Transcription['status'],
  speakersBy: row.speakersBy as Transcription['speakersBy'],
  formats: fromJson(row.formats),
  finishedSources: fromJson(row.finishedSources),
  summary: {
    ...fromJson<Omit<StoredSummary, 'status'>>(row.summary),
    status: summaryStatus as SummaryStatus,
  },
  error: fromNullableJson(row.error),
  metadata: fromJson(row.metadata),
});

export function insertTranscription(store: Store, transcription: StoredTranscription): void {
  store.run(
    store.db.insertInto('transcriptions').values({
      ...transcription,
      formats: toJson(transcription.formats),
      finishedSources: toJson(transcription.finishedSources),
      ...summaryColumns(transcription.summary),
      error: toNullableJson(transcription.error),
      metadata: toJson(transcription.metadata),
    }),
  );
}

export function findTranscription(store: Store, id: string): StoredTranscription | undefined {
  const row = store.first(store.db.selectFrom('transcriptions').selectAll().where('id', '=', id));
  return row === undefined ? undefined : toTranscription(row);
}

/** The transcription that a `transcribe` step makes. */
export function findTranscriptionOfStep(store: Store, stepId: string): StoredTranscription | undefined {
  const row = store.first(store.db.selectFrom('transcriptions').selectAll().where('stepId', '=', stepId));
  return row === undefined ? undefined : toTranscription(row);
}

/** Newest first. */
export function listTranscriptions(store: Store, filter: TranscriptionFilter): Page<StoredTranscription> {
  const { type, roomId, sessionId, recordingId } = filter;
  const query = store.db
    .selectFrom('transcriptions')
    .selectAll()
    .$if(type !== undefined, (select) => select.where('type', '=', type ?? ''))
    .$if(roomId !== undefined, (select) => select.where('roomId', '=', roomId ?? ''))
    .$if(sessionId !== undefined, (select) => select.where('sessionId', '=', sessionId ?? ''))
    .$if(recordingId !== undefined, (select) => select.where('recordingId', '=', recordingId ?? ''))
    .orderBy('sequence', 'desc');
  return mapPage(readPage(store, query, filter), toTranscription);
}

/** What has neither been completed nor failed: what a restart finds unfinished. Oldest first. */
export function listOpenTranscriptions(
  store: Store,
  filter: { type?: Transcription['type']; recordingId?: string } = {},
): StoredTranscription[] {
  const { type, recordingId } = filter;
  return store
    .all(
      store.db
        .selectFrom('transcriptions')
        .selectAll()
        .where('status', 'in', ['starting', 'running', 'stopping'])
        .$if(type !== undefined, (select) => select.where('type', '=', type ?? ''))
        .$if(recordingId !== undefined, (select) => select.where('recordingId', '=', recordingId ?? ''))
        .orderBy('sequence'),
    )
    .map(toTranscription);
}

/** Transcripts that are there, but whose summary is not yet. Oldest first. */
export function listUnsummarised(store: Store): StoredTranscription[] {
  return store
    .all(
      store.db
        .selectFrom('transcriptions')
        .selectAll()
        .where('status', '=', 'completed')
        .where('summaryStatus', '=', 'pending')
        .orderBy('sequence'),
    )
    .map(toTranscription);
}

export function updateTranscription(
  store: Store,
  id: string,
  change: Partial<
    Pick<
      StoredTranscription,
      'status' | 'end' | 'speakersBy' | 'formats' | 'finishedSources' | 'summary' | 'error'
    >
  >,
): void {
  const { formats, finishedSources, summary, error, ...plain } = change;
  const set = {
    ...plain,
    ...(formats === undefined ? {} : { formats: toJson(formats) }),
    ...(finishedSources === undefined ? {} : { finishedSources: toJson(finishedSources) }),
    ...(summary === undefined ? {} : summaryColumns(summary)),
    ...(error === undefined ? {} : { error: toNullableJson(error) }),
  };
  if (Object.keys(set).length > 0) {
    store.run(store.db.updateTable('transcriptions').set(set).where('id', '=', id));
  }
}

/** Forgets a transcription with its segments and gaps; its files are the caller's to remove. */
export function deleteTranscription(store: Store, id: string): boolean {
  return store.run(store.db.deleteFrom('transcriptions').where('id', '=', id)).changes > 0;
}
