import type { TrackKind } from '../contract/index.ts';
import type { Store } from './open.ts';

/** One span of presence or publishing; running while `end` is null. */
export type Span = { start: string; end: string | null };
export type TrackSpan = Span & { participantId: string; kind: TrackKind };

/** Begins a span of presence. @returns its id, for {@link endPresence} */
export function startPresence(store: Store, sessionId: string, participantId: string, start: string): number {
  return store.run(
    store.db.insertInto('participant_timelog').values({ sessionId, participantId, start, end: null }),
  ).rowId;
}

/** Ends every running span of presence of the participant. */
export function endPresence(store: Store, sessionId: string, participantId: string, end: string): void {
  store.run(
    store.db
      .updateTable('participant_timelog')
      .set({ end })
      .where('sessionId', '=', sessionId)
      .where('participantId', '=', participantId)
      .where('end', 'is', null),
  );
}

/** Begins a span in which a track was sent unmuted; without effect while one is running. */
export function startTrackSpan(
  store: Store,
  sessionId: string,
  participantId: string,
  kind: TrackKind,
  start: string,
): void {
  store.transact(() => {
    const running = store.first(
      store.db
        .selectFrom('track_timelog')
        .select('id')
        .where('sessionId', '=', sessionId)
        .where('participantId', '=', participantId)
        .where('kind', '=', kind)
        .where('end', 'is', null),
    );
    if (running === undefined) {
      store.run(
        store.db.insertInto('track_timelog').values({ sessionId, participantId, kind, start, end: null }),
      );
    }
  });
}

/** Ends the running span of one kind, or of all kinds when `kind` is null. */
export function endTrackSpans(
  store: Store,
  sessionId: string,
  participantId: string,
  kind: TrackKind | null,
  end: string,
): void {
  store.run(
    store.db
      .updateTable('track_timelog')
      .set({ end })
      .where('sessionId', '=', sessionId)
      .where('participantId', '=', participantId)
      .where('end', 'is', null)
      .$if(kind !== null, (update) => update.where('kind', '=', kind)),
  );
}

/** Presence of everyone in the session, oldest first, by participant id. */
export function readPresence(store: Store, sessionId: string): Map<string, Span[]> {
  const rows = store.all(
    store.db
      .selectFrom('participant_timelog')
      .select(['participantId', 'start', 'end'])
      .where('sessionId', '=', sessionId)
      .orderBy('id'),
  );
  const presence = new Map<string, Span[]>();
  for (const { participantId, start, end } of rows) {
    const spans = presence.get(participantId);
    if (spans === undefined) {
      presence.set(participantId, [{ start, end }]);
    } else {
      spans.push({ start, end });
    }
  }
  return presence;
}

/** What everyone in the session sent and when, oldest first. */
export function readTrackSpans(store: Store, sessionId: string): TrackSpan[] {
  return store
    .all(
      store.db
        .selectFrom('track_timelog')
        .select(['participantId', 'kind', 'start', 'end'])
        .where('sessionId', '=', sessionId)
        .orderBy('id'),
    )
    .map((row) => ({ ...row, kind: row.kind as TrackKind }));
}
