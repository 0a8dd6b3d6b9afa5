import type { Selectable } from 'kysely';
import type { ParticipantMode, Permission } from '../contract/index.ts';
import { fromJson, toJson } from './json.ts';
import type { Store } from './open.ts';
import type { Database } from './schema.ts';

/** A participant of one session as it is kept. */
export type StoredParticipant = {
  sessionId: string;
  participantId: string;
  roomId: string;
  name: string;
  mode: ParticipantMode;
  permissions: Permission[];
  metaData: unknown;
  /** Of the token with which the same participant comes back; never the token itself. */
  resumeTokenHash: string | null;
  userAgent: string;
  joinedAt: string;
};

const toParticipant = (row: Selectable<Database['participants']>): StoredParticipant => ({
  ...row,
  mode: row.mode as ParticipantMode,
  permissions: fromJson(row.permissions),
  metaData: fromJson(row.metaData),
});

/** Writes a participant, or what has changed about one who joins the same session again. */
export function saveParticipant(store: Store, participant: StoredParticipant): void {
  const { sessionId, participantId, joinedAt, ...rest } = participant;
  const columns = { ...rest, permissions: toJson(rest.permissions), metaData: toJson(rest.metaData) };
  store.run(
    store.db
      .insertInto('participants')
      .values({ sessionId, participantId, joinedAt, ...columns })
      .onConflict((conflict) => conflict.columns(['sessionId', 'participantId']).doUpdateSet(columns)),
  );
}

export function findParticipant(
  store: Store,
  sessionId: string,
  participantId: string,
): StoredParticipant | undefined {
  const row = store.first(
    store.db
      .selectFrom('participants')
      .selectAll()
      .where('sessionId', '=', sessionId)
      .where('participantId', '=', participantId),
  );
  return row === undefined ? undefined : toParticipant(row);
}

/** Nobody comes back by the participant's token any more. */
export function forgetResumeToken(store: Store, sessionId: string, participantId: string): void {
  store.run(
    store.db
      .updateTable('participants')
      .set({ resumeTokenHash: null })
      .where('sessionId', '=', sessionId)
      .where('participantId', '=', participantId),
  );
}

/** The participant whom a resume token belongs to. */
export function findParticipantByResumeToken(store: Store, hash: string): StoredParticipant | undefined {
  const row = store.first(
    store.db
      .selectFrom('participants')
      .selectAll()
      .where('resumeTokenHash', '=', hash)
      .orderBy('joinedAt', 'desc'),
  );
  return row === undefined ? undefined : toParticipant(row);
}

/** Everyone who was in the session, in the order of joining. */
export function listSessionParticipants(store: Store, sessionId: string): StoredParticipant[] {
  return store.all(participantsOf(store, sessionId)).map(toParticipant);
}

const participantsOf = (store: Store, sessionId: string) =>
  store.db
    .selectFrom('participants')
    .selectAll()
    .where('sessionId', '=', sessionId)
    .orderBy('joinedAt')
    .orderBy('participantId');
