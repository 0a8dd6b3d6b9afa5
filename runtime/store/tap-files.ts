import type { Selectable } from 'kysely';
import type { Store } from './open.ts';
import type { Database } from './schema.ts';

/** A picture or an utterance that a tap has left as a file. */
export type StoredTapFile = Selectable<Database['tap_files']>;

export function insertTapFile(store: Store, file: StoredTapFile): void {
  store.run(store.db.insertInto('tap_files').values(file));
}

export function findTapFile(store: Store, id: string): StoredTapFile | undefined {
  return store.first(store.db.selectFrom('tap_files').selectAll().where('id', '=', id));
}

/** Forgets those made before `createdAt` (ISO 8601); the files are the caller's to remove. */
export function deleteTapFilesBefore(store: Store, createdAt: string): void {
  store.run(store.db.deleteFrom('tap_files').where('createdAt', '<', createdAt));
}
