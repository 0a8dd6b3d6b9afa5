import type { Selectable } from 'kysely';
import type { Store } from './open.ts';
import type { Database } from './schema.ts';

/** One file of a recording. `part` counts from 1. */
export type StoredFile = Omit<Selectable<Database['recording_files']>, 'type'> & { type: 'video' | 'audio' };

const toFile = (row: Selectable<Database['recording_files']>): StoredFile => ({
  ...row,
  type: row.type === 'audio' ? 'audio' : 'video',
});

/** Writes a file, or what has changed about it since: it grows while it is recorded. */
export function saveRecordingFile(store: Store, file: StoredFile): void {
  const { id, recordingId, part, createdAt, ...rest } = file;
  store.run(
    store.db
      .insertInto('recording_files')
      .values({ id, recordingId, part, createdAt, ...rest })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(rest)),
  );
}

export function findRecordingFile(store: Store, id: string): StoredFile | undefined {
  const row = store.first(store.db.selectFrom('recording_files').selectAll().where('id', '=', id));
  return row === undefined ? undefined : toFile(row);
}

/** The files of these recordings in the order of their parts, by recording id. */
export function listRecordingFiles(store: Store, recordingIds: readonly string[]): Map<string, StoredFile[]> {
  const files = new Map<string, StoredFile[]>(recordingIds.map((id) => [id, []]));
  if (recordingIds.length > 0) {
    const rows = store.all(
      store.db
        .selectFrom('recording_files')
        .selectAll()
        .where('recordingId', 'in', recordingIds)
        .orderBy('part'),
    );
    for (const row of rows) {
      files.get(row.recordingId)?.push(toFile(row));
    }
  }
  return files;
}
