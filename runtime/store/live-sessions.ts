import type { TrackKind } from '../contract/index.ts';
import { fromJson, toJson } from './json.ts';
import type { Store } from './open.ts';
import type { Bit } from './schema.ts';

/** Somebody who is in a live session, beside what `participants` keeps for good. */
export type LiveParticipantState = {
  participantId: string;
  isServerSide: boolean;
  /** The log has been told that it lost its connection, and not that it is back. */
  isReconnecting: boolean;
  /** Name of whoever has invited it to the stage, until it answers. */
  invitedBy: string | null;
  /** ISO 8601; null while its hand is down. */
  handRaisedAt: string | null;
};

/** A track that the log holds as published. */
export type LiveTrackState = {
  participantId: string;
  kind: TrackKind;
  trackId: string;
  codec: string;
  muted: boolean;
  mutedByHost: boolean;
};

/** What is kept of a session only while it is live, so that it can go on after a crash. */
export type LiveSessionState = {
  /** Somebody has come for whose leave it ends; until then it waits for its first guest. */
  occupied: boolean;
  pinnedIds: string[];
  /** In the order in which they came. */
  participants: LiveParticipantState[];
  tracks: LiveTrackState[];
};

export function insertLiveSession(store: Store, sessionId: string): void {
  store.run(store.db.insertInto('live_sessions').values({ sessionId, occupied: 0, pinnedIds: '[]' }));
}

export function updateLiveSession(
  store: Store,
  sessionId: string,
  change: Partial<Pick<LiveSessionState, 'occupied' | 'pinnedIds'>>,
): void {
  store.run(
    store.db
      .updateTable('live_sessions')
      .set({
        ...(change.occupied === undefined ? {} : { occupied: bit(change.occupied) }),
        ...(change.pinnedIds === undefined ? {} : { pinnedIds: toJson(change.pinnedIds) }),
      })
      .where('sessionId', '=', sessionId),
  );
}

/** The session is over: nothing of it is live. */
export function deleteLiveSession(store: Store, sessionId: string): void {
  store.run(store.db.deleteFrom('live_sessions').where('sessionId', '=', sessionId));
}

/** Somebody has come. Whatever a store that could not be written has left of the same id is overwritten. */
export function saveLiveParticipant(
  store: Store,
  sessionId: string,
  { participantId, isServerSide }: Pick<LiveParticipantState, 'participantId' | 'isServerSide'>,
): void {
  const columns = {
    isServerSide: bit(isServerSide),
    isReconnecting: 0,
    invitedBy: null,
    handRaisedAt: null,
  } as const;
  store.run(
    store.db
      .insertInto('live_participants')
      .values({ sessionId, participantId, ...columns })
      .onConflict((conflict) => conflict.columns(['sessionId', 'participantId']).doUpdateSet(columns)),
  );
}

export function updateLiveParticipant(
  store: Store,
  sessionId: string,
  participantId: string,
  change: Partial<Pick<LiveParticipantState, 'isReconnecting' | 'invitedBy' | 'handRaisedAt'>>,
): void {
  const { isReconnecting, ...rest } = change;
  store.run(
    store.db
      .updateTable('live_participants')
      .set({ ...rest, ...(isReconnecting === undefined ? {} : { isReconnecting: bit(isReconnecting) }) })
      .where('sessionId', '=', sessionId)
      .where('participantId', '=', participantId),
  );
}

/** It has left, and publishes nothing. */
export function deleteLiveParticipant(store: Store, sessionId: string, participantId: string): void {
  for (const table of ['live_participants', 'live_tracks'] as const) {
    store.run(
      store.db
        .deleteFrom(table)
        .where('sessionId', '=', sessionId)
        .where('participantId', '=', participantId),
    );
  }
}

/** Writes a track, or what has changed about it. */
export function saveLiveTrack(store: Store, sessionId: string, track: LiveTrackState): void {
  const { participantId, kind, trackId, codec } = track;
  const columns = { trackId, codec, muted: bit(track.muted), mutedByHost: bit(track.mutedByHost) };
  store.run(
    store.db
      .insertInto('live_tracks')
      .values({ sessionId, participantId, kind, ...columns })
      .onConflict((conflict) =>
        conflict.columns(['sessionId', 'participantId', 'kind']).doUpdateSet(columns),
      ),
  );
}

export function deleteLiveTrack(
  store: Store,
  sessionId: string,
  participantId: string,
  kind: TrackKind,
): void {
  store.run(
    store.db
      .deleteFrom('live_tracks')
      .where('sessionId', '=', sessionId)
      .where('participantId', '=', participantId)
      .where('kind', '=', kind),
  );
}

/** Undefined for a session that is over, and for one of a version that kept nothing of it. */
export function readLiveSession(store: Store, sessionId: string): LiveSessionState | undefined {
  const session = store.first(
    store.db.selectFrom('live_sessions').selectAll().where('sessionId', '=', sessionId),
  );
  if (session === undefined) {
    return undefined;
  }
  const participants = store.all(
    store.db
      .selectFrom('live_participants')
      .selectAll()
      .where('sessionId', '=', sessionId)
      .orderBy('sequence'),
  );
  const tracks = store.all(store.db.selectFrom('live_tracks').selectAll().where('sessionId', '=', sessionId));
  return {
    occupied: session.occupied === 1,
    pinnedIds: fromJson(session.pinnedIds),
    participants: participants.map(
      ({ participantId, isServerSide, isReconnecting, invitedBy, handRaisedAt }) => ({
        participantId,
        isServerSide: isServerSide === 1,
        isReconnecting: isReconnecting === 1,
        invitedBy,
        handRaisedAt,
      }),
    ),
    tracks: tracks.map(({ participantId, kind, trackId, codec, muted, mutedByHost }) => ({
      participantId,
      kind: kind as TrackKind,
      trackId,
      codec,
      muted: muted === 1,
      mutedByHost: mutedByHost === 1,
    })),
  };
}

const bit = (value: boolean): Bit => (value ? 1 : 0);
