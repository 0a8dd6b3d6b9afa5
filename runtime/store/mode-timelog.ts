import type { ParticipantMode } from '../contract/index.ts';
import type { Store } from './open.ts';
import type { Span } from './timelogs.ts';

export type ModeSpan = Span & { participantId: string; mode: ParticipantMode };

/** Begins a span in a mode, and ends the one before. */
export function startModeSpan(
  store: Store,
  span: { sessionId: string; participantId: string; mode: ParticipantMode; start: string },
): void {
  store.transact(() => {
    endModeSpans(store, span.sessionId, span.participantId, span.start);
    store.run(store.db.insertInto('mode_timelog').values({ ...span, end: null }));
    store.run(
      store.db
        .updateTable('participants')
        .set({ mode: span.mode })
        .where('sessionId', '=', span.sessionId)
        .where('participantId', '=', span.participantId),
    );
  });
}

/** Ends the running span of the participant. */
export function endModeSpans(store: Store, sessionId: string, participantId: string, end: string): void {
  store.run(
    store.db
      .updateTable('mode_timelog')
      .set({ end })
      .where('sessionId', '=', sessionId)
      .where('participantId', '=', participantId)
      .where('end', 'is', null),
  );
}

/** In which mode everyone in the session was and when, oldest first. */
export function readModeSpans(store: Store, sessionId: string): ModeSpan[] {
  return store
    .all(
      store.db
        .selectFrom('mode_timelog')
        .select(['participantId', 'mode', 'start', 'end'])
        .where('sessionId', '=', sessionId)
        .orderBy('id'),
    )
    .map((row) => ({ ...row, mode: row.mode as ParticipantMode }));
}
