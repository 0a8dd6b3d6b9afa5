import type { Selectable } from 'kysely';
import type { Store } from './open.ts';
import type { Database } from './schema.ts';

/** A participant's own audio beside a recording of more than one. `durationSeconds` is null until the file is finished. */
export type KeptVoice = Selectable<Database['kept_voices']>;

export function insertKeptVoice(store: Store, voice: Omit<KeptVoice, 'id'>): void {
  store.run(store.db.insertInto('kept_voices').values(voice));
}

/** The file is finished: where in the session it begins, and how much it holds. */
export function finishKeptVoice(
  store: Store,
  path: string,
  { startMs, durationSeconds }: { startMs: number; durationSeconds: number },
): void {
  store.run(store.db.updateTable('kept_voices').set({ startMs, durationSeconds }).where('path', '=', path));
}

/** In the order in which they begin. */
export function listKeptVoices(store: Store, recordingId: string): KeptVoice[] {
  return store.all(
    store.db
      .selectFrom('kept_voices')
      .selectAll()
      .where('recordingId', '=', recordingId)
      .orderBy('startMs')
      .orderBy('id'),
  );
}

/** Forgets them; the files are the caller's to remove. */
export function deleteKeptVoices(store: Store, recordingId: string): void {
  store.run(store.db.deleteFrom('kept_voices').where('recordingId', '=', recordingId));
}
