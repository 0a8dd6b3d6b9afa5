import type {
  Audience,
  CaptionsState,
  Joined,
  MessageView,
  ParticipantView,
  SignallingNotification,
} from '../../contract/index.ts';
import { reduceAudience, type OwnVotes } from './audience-state.ts';

/** What is known of the room, as the runtime told it. Replaced, never changed in place. */
export type RoomState = {
  roomId: string;
  sessionId: string;
  selfId: string;
  /** One's own: on stage one is seen and heard, in the audience one only takes part. */
  mode: ParticipantView['mode'];
  /** May admit, mute and remove. */
  isModerator: boolean;
  /** In order of joining; holds oneself only when the runtime lists one. */
  participants: readonly ParticipantView[];
  activeSpeakerId: string | null;
  /** Oldest first. */
  messages: readonly MessageView[];
  entryRequests: readonly { participantId: string; name: string }[];
  /** Participants of whom a recording runs. */
  recordedIds: readonly string[];
  /** Null while nothing that is said is written down. */
  captions: CaptionsState;
  audience: Audience;
  votes: OwnVotes;
  /** Who asks this participant on stage, until answered. */
  stageInvitation: { byName: string } | null;
};

export function roomFromJoined(joined: Joined, previous: RoomState | null): RoomState {
  const sameSession = previous?.sessionId === joined.sessionId;
  const self = joined.participants.find(({ participantId }) => participantId === joined.participantId);
  return {
    roomId: joined.roomId,
    sessionId: joined.sessionId,
    selfId: joined.participantId,
    mode: self?.mode ?? 'SEND_AND_RECV',
    isModerator: joined.permissions.includes('allow_mod'),
    participants: joined.participants,
    activeSpeakerId: joined.activeSpeakerId,
    // Messages that are not persisted live only here; a short loss must not wipe them off the screen.
    messages: mergeMessages(sameSession ? previous.messages : [], joined.messages),
    entryRequests: joined.entryRequests,
    recordedIds: joined.recordedIds,
    captions: joined.captions,
    audience: joined.audience,
    votes: joined.votes,
    stageInvitation: joined.stageInvitation,
  };
}

/** The room after `notification`. Unrelated notifications give back the same object. */
export function reduceRoom(room: RoomState, notification: SignallingNotification): RoomState {
  switch (notification.event) {
    case 'participant-joined':
    case 'participant-updated':
      return { ...room, participants: withParticipant(room.participants, notification.data.participant) };
    case 'participant-left': {
      const { participantId } = notification.data;
      return {
        ...room,
        participants: room.participants.filter((one) => one.participantId !== participantId),
        activeSpeakerId: room.activeSpeakerId === participantId ? null : room.activeSpeakerId,
        recordedIds: room.recordedIds.filter((id) => id !== participantId),
      };
    }
    case 'speaker-changed':
      return { ...room, activeSpeakerId: notification.data.participantId };
    case 'message':
      return withMessage(room, notification.data);
    case 'entry-requested':
      return {
        ...room,
        entryRequests: [...withoutEntry(room, notification.data.participantId), notification.data],
      };
    case 'entry-responded':
      return { ...room, entryRequests: withoutEntry(room, notification.data.participantId) };
    case 'recording-state-changed': {
      const { participantId, recording } = notification.data;
      const others = room.recordedIds.filter((id) => id !== participantId);
      return { ...room, recordedIds: recording ? [...others, participantId] : others };
    }
    case 'captions-changed':
      return { ...room, captions: notification.data.captions };
    case 'stage-invited':
      return { ...room, stageInvitation: notification.data };
    default: {
      const audience = reduceAudience(room.audience, notification);
      return audience === room.audience ? room : { ...room, audience };
    }
  }
}

/** The room with one's own mode changed. */
export function withMode(room: RoomState, mode: ParticipantView['mode']): RoomState {
  return {
    ...room,
    mode,
    stageInvitation: null,
    participants: room.participants.map((one) =>
      one.participantId === room.selfId ? { ...one, mode } : one,
    ),
  };
}

/** Adds a message once: the sender may hear of it both by the reply and by the event. */
export function withMessage(room: RoomState, message: MessageView): RoomState {
  return { ...room, messages: mergeMessages(room.messages, [message]) };
}

function mergeMessages(known: readonly MessageView[], added: readonly MessageView[]): readonly MessageView[] {
  const byId = new Map([...known, ...added].map((message) => [message.messageId, message]));
  return [...byId.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function withParticipant(
  participants: readonly ParticipantView[],
  changed: ParticipantView,
): readonly ParticipantView[] {
  const known = participants.some((one) => one.participantId === changed.participantId);
  return known
    ? participants.map((one) => (one.participantId === changed.participantId ? changed : one))
    : [...participants, changed];
}

const withoutEntry = (room: RoomState, participantId: string): RoomState['entryRequests'] =>
  room.entryRequests.filter((entry) => entry.participantId !== participantId);
