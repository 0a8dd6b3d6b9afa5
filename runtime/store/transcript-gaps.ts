import type { Selectable } from 'kysely';
import type { Store } from './open.ts';
import type { Database } from './schema.ts';

/** A stretch of somebody's speech that was not transcribed as it was spoken. Times are on the session clock. */
export type StoredGap = Omit<Selectable<Database['transcript_gaps']>, 'filled'> & { filled: boolean };

const toGap = (row: Selectable<Database['transcript_gaps']>): StoredGap => ({
  ...row,
  filled: row.filled === 1,
});

export function insertGap(store: Store, gap: Omit<StoredGap, 'id' | 'filled'>): void {
  store.run(store.db.insertInto('transcript_gaps').values({ ...gap, filled: 0 }));
}

/** In the order in which they begin. */
export function listGaps(store: Store, transcriptionId: string): StoredGap[] {
  return store
    .all(
      store.db
        .selectFrom('transcript_gaps')
        .selectAll()
        .where('transcriptionId', '=', transcriptionId)
        .orderBy('startMs')
        .orderBy('id'),
    )
    .map(toGap);
}

/** Gaps that are still open, of realtime transcriptions that exist: all, or those of one session. */
export function listOpenGaps(store: Store, sessionId?: string): StoredGap[] {
  return store
    .all(
      store.db
        .selectFrom('transcript_gaps')
        .innerJoin('transcriptions', 'transcriptions.id', 'transcript_gaps.transcriptionId')
        .selectAll('transcript_gaps')
        .where('filled', '=', 0)
        .$if(sessionId !== undefined, (select) =>
          select.where('transcriptions.sessionId', '=', sessionId ?? ''),
        )
        .orderBy('transcript_gaps.id'),
    )
    .map(toGap);
}

export function fillGap(store: Store, id: number): void {
  store.run(store.db.updateTable('transcript_gaps').set({ filled: 1 }).where('id', '=', id));
}
