import type { Selectable } from 'kysely';
import type { Page, TranscriptSegment } from '../contract/index.ts';
import { fromNullableJson, toNullableJson } from './json.ts';
import type { Store } from './open.ts';
import { mapPage, readPage, type PageRequest } from './paging.ts';
import type { Database } from './schema.ts';

const toSegment = ({
  sequence: _sequence,
  transcriptionId: _transcriptionId,
  words: wordsText,
  ...row
}: Selectable<Database['transcript_segments']>): TranscriptSegment => {
  const words = fromNullableJson<NonNullable<TranscriptSegment['words']>>(wordsText);
  return { ...row, ...(words === null ? {} : { words }) };
};

/** Adds what was said; the order among segments is that of their times, not that of adding. */
export function insertSegments(
  store: Store,
  transcriptionId: string,
  segments: readonly TranscriptSegment[],
): void {
  store.transact(() => {
    for (const { words, ...segment } of segments) {
      store.run(
        store.db
          .insertInto('transcript_segments')
          .values({ ...segment, transcriptionId, words: toNullableJson(words) }),
      );
    }
  });
}

const segmentsOf = (store: Store, transcriptionId: string) =>
  store.db
    .selectFrom('transcript_segments')
    .selectAll()
    .where('transcriptionId', '=', transcriptionId)
    .orderBy('startMs')
    .orderBy('sequence');

/** Everything that was said, in the order in which it began. */
export function readSegments(store: Store, transcriptionId: string): TranscriptSegment[] {
  return store.all(segmentsOf(store, transcriptionId)).map(toSegment);
}

/** A page of what was said, in the order in which it began. */
export function listSegments(
  store: Store,
  transcriptionId: string,
  request: PageRequest,
): Page<TranscriptSegment> {
  return mapPage(readPage(store, segmentsOf(store, transcriptionId), request), toSegment);
}

export function countSegments(store: Store, transcriptionId: string): number {
  return (
    store.first(
      store.db
        .selectFrom('transcript_segments')
        .select((expression) => expression.fn.countAll<number>().as('total'))
        .where('transcriptionId', '=', transcriptionId),
    )?.total ?? 0
  );
}
