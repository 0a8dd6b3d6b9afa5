import type { MessageView, ParticipantMode, Permission } from '../contract/index.ts';
import {
  findRoom,
  listLiveSessions,
  listLiveSteps,
  listMessages,
  listSessionParticipants,
  readLiveSession,
  type Store,
} from '../store/index.ts';
import { readAudienceSnapshot, type AudienceSnapshot } from './audience/index.ts';
import type { LiveTrack } from './participant.ts';
import type { SessionIdentity } from './session-identity.ts';
import { MAX_REMEMBERED_MESSAGES } from './session-messages.ts';

/** Somebody who was in a session when it was cut off. */
export type ParticipantSnapshot = {
  participantId: string;
  name: string;
  mode: ParticipantMode;
  metaData: unknown;
  permissions: readonly Permission[];
  userAgent: string;
  resumeTokenHash: string | null;
  isServerSide: boolean;
  /** The log holds it as reconnecting already. */
  isReconnecting: boolean;
  tracks: LiveTrack[];
};

/** All that the store knows of a session that goes on. */
export type SessionSnapshot = SessionIdentity & {
  /** Somebody has come for whose leave it ends. */
  occupied: boolean;
  /** In the order in which they came. */
  participants: ParticipantSnapshot[];
  /** Who has left and may have its id again. */
  departed: { participantId: string; resumeTokenHash: string }[];
  /** Who invited to the stage, by the invited one's id. */
  invitations: Map<string, string>;
  pinnedIds: string[];
  /** Oldest first. */
  messages: MessageView[];
  audience: AudienceSnapshot;
};

/**
 * The sessions that the last run was cut off from and that can go on: somebody may come back to them, or a step holds
 * them, in a room that is open. None when the last run was last seen to be alive (`lastAliveMs`) longer than
 * `withinMs` ago.
 */
export function readSessionSnapshots(
  store: Store,
  { withinMs, lastAliveMs, nowMs = Date.now() }: { withinMs: number; lastAliveMs: number; nowMs?: number },
): SessionSnapshot[] {
  if (withinMs === 0 || nowMs - lastAliveMs > withinMs) {
    return [];
  }
  const withSteps = new Set(listLiveSteps(store).map(({ sessionId }) => sessionId));
  // A room has one session; an older one that still counts as live could not be written when it ended.
  const newest = new Map(listLiveSessions(store).map((session) => [session.roomId, session]));
  return [...newest.values()]
    .filter(({ roomId }) => findRoom(store, roomId)?.disabled === false)
    .flatMap(({ id, roomId, start }) => {
      const identity = { roomId, sessionId: id, startedAtMs: Date.parse(start) };
      const snapshot = readSessionSnapshot(store, identity);
      return snapshot !== undefined && goesOn(snapshot, withSteps.has(id)) ? [snapshot] : [];
    });
}

/** A session whose last participant had just left is over; one that waits for its first lasts as long as its steps. */
const goesOn = ({ participants, occupied }: SessionSnapshot, hasSteps: boolean): boolean =>
  participants.some(({ isServerSide }) => !isServerSide) || (!occupied && hasSteps);

function readSessionSnapshot(store: Store, identity: SessionIdentity): SessionSnapshot | undefined {
  const { sessionId } = identity;
  const live = readLiveSession(store, sessionId);
  if (live === undefined) {
    return undefined;
  }
  const people = listSessionParticipants(store, sessionId);
  const known = new Map(people.map((person) => [person.participantId, person]));
  const present = live.participants.flatMap((state) => {
    const person = known.get(state.participantId);
    return person === undefined ? [] : [{ ...state, ...person }];
  });
  const presentIds = new Set(present.map(({ participantId }) => participantId));
  return {
    ...identity,
    occupied: live.occupied,
    participants: present.map((person) => ({
      participantId: person.participantId,
      name: person.name,
      mode: person.mode,
      metaData: person.metaData,
      permissions: person.permissions,
      userAgent: person.userAgent,
      resumeTokenHash: person.resumeTokenHash,
      isServerSide: person.isServerSide,
      isReconnecting: person.isReconnecting,
      tracks: live.tracks
        .filter(({ participantId }) => participantId === person.participantId)
        .map(({ participantId: _participantId, ...track }) => ({ ...track, live: false })),
    })),
    departed: people.flatMap(({ participantId, resumeTokenHash }) =>
      resumeTokenHash === null || presentIds.has(participantId) ? [] : [{ participantId, resumeTokenHash }],
    ),
    invitations: new Map(
      present.flatMap(({ participantId, invitedBy }) =>
        invitedBy === null ? [] : [[participantId, invitedBy] as const],
      ),
    ),
    pinnedIds: live.pinnedIds,
    messages: listMessages(store, { sessionId, persistedOnly: true, limit: MAX_REMEMBERED_MESSAGES })
      .filter(({ sendOnly }) => sendOnly === null)
      .map(
        ({ roomId: _roomId, sessionId: _sessionId, sendOnly: _sendOnly, persist: _persist, ...view }) => view,
      ),
    audience: {
      ...readAudienceSnapshot(store, sessionId),
      hands: present
        .flatMap(({ participantId, name, handRaisedAt }) =>
          handRaisedAt === null ? [] : [{ participantId, participantName: name, handRaisedAt }],
        )
        .sort((a, b) => a.handRaisedAt.localeCompare(b.handRaisedAt))
        .map(({ participantId, participantName }) => ({ participantId, participantName })),
    },
  };
}
