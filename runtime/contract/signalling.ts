import { Type, type Static } from 'typebox';
import { ParticipantId, ParticipantMode, TrackKind, type Permission } from './names.ts';
import type { ErrorBody } from './errors.ts';
import {
  CreatePollBody,
  PinBody,
  QuestionStatus,
  Reaction,
  SendGiftBody,
  StageBody,
  type Audience,
  type Gift,
  type Poll,
  type Question,
} from './audience.ts';

/**
 * The wire between a browser and the runtime: WebSocket `GET /v2/rooms/:roomId/signal?token=…`.
 *
 * A client sends `{ id, method, data }` and gets `{ id, data }` or `{ id, error }` back; the runtime sends
 * `{ event, data }` whenever something happens. A client holds two peer connections: *publish* (the client
 * offers) and *subscribe* (the runtime offers). `media-start` throws away whatever connections the
 * participant had and begins anew: after joining, after a lost worker, and when ICE fails.
 */
const Sdp = Type.String({ minLength: 1, maxLength: 200_000 });
const Candidate = Type.Object({
  candidate: Type.String({ maxLength: 2000 }),
  sdpMid: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
  sdpMLineIndex: Type.Optional(Type.Union([Type.Integer({ minimum: 0, maximum: 1000 }), Type.Null()])),
});
const ObjectId = Type.String({ minLength: 1, maxLength: 64 });
const Layer = Type.Union([Type.Literal('low'), Type.Literal('med'), Type.Literal('high')]);

export const signallingMethods = {
  join: Type.Object(
    {
      name: Type.String({ minLength: 1, maxLength: 100 }),
      participantId: Type.Optional(ParticipantId),
      mode: Type.Optional(ParticipantMode),
      metaData: Type.Optional(Type.Unknown()),
      /** From an earlier `join` answer: come back as the same participant, without a leave/join pair. */
      resumeToken: Type.Optional(Type.String({ maxLength: 200 })),
    },
    { additionalProperties: false },
  ),
  leave: Type.Object({}, { additionalProperties: false }),
  'media-start': Type.Object({}, { additionalProperties: false }),
  publish: Type.Object(
    {
      sdp: Sdp,
      tracks: Type.Array(
        Type.Object({
          mid: Type.String({ maxLength: 16 }),
          kind: TrackKind,
          muted: Type.Optional(Type.Boolean()),
        }),
        { maxItems: 16 },
      ),
    },
    { additionalProperties: false },
  ),
  candidate: Type.Object(
    { connection: Type.Union([Type.Literal('publish'), Type.Literal('subscribe')]), candidate: Candidate },
    { additionalProperties: false },
  ),
  'subscribe-answer': Type.Object(
    { offerId: Type.Integer({ minimum: 0 }), sdp: Sdp },
    { additionalProperties: false },
  ),
  'set-muted': Type.Object({ kind: TrackKind, muted: Type.Boolean() }, { additionalProperties: false }),
  prefer: Type.Object(
    {
      trackId: Type.String({ maxLength: 64 }),
      layer: Type.Optional(Layer),
      paused: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
  'send-message': Type.Object(
    {
      topic: Type.String({ minLength: 1, maxLength: 64 }),
      message: Type.String({ minLength: 1, maxLength: 8000 }),
      persist: Type.Optional(Type.Boolean()),
      sendOnly: Type.Optional(Type.Array(ParticipantId, { maxItems: 200 })),
      payload: Type.Optional(Type.Unknown()),
    },
    { additionalProperties: false },
  ),
  'respond-entry': Type.Object(
    { participantId: ParticipantId, decision: Type.Union([Type.Literal('allowed'), Type.Literal('denied')]) },
    { additionalProperties: false },
  ),
  'mute-participant': Type.Object(
    { participantId: ParticipantId, kind: TrackKind },
    { additionalProperties: false },
  ),
  'remove-participant': Type.Object({ participantId: ParticipantId }, { additionalProperties: false }),
  /** The audience's part: polls, questions, gifts, reactions, hands. */
  'create-poll': CreatePollBody,
  'vote-poll': Type.Object({ pollId: ObjectId, optionId: ObjectId }, { additionalProperties: false }),
  'close-poll': Type.Object({ pollId: ObjectId }, { additionalProperties: false }),
  'ask-question': Type.Object(
    { text: Type.String({ minLength: 1, maxLength: 1000 }) },
    { additionalProperties: false },
  ),
  'upvote-question': Type.Object({ questionId: ObjectId }, { additionalProperties: false }),
  'answer-question': Type.Object(
    {
      questionId: ObjectId,
      answer: Type.Optional(Type.String({ minLength: 1, maxLength: 4000 })),
      status: Type.Optional(QuestionStatus),
    },
    { additionalProperties: false },
  ),
  'send-gift': Type.Omit(SendGiftBody, ['participantId']),
  'send-reaction': Type.Object({ reaction: Reaction }, { additionalProperties: false }),
  'raise-hand': Type.Object({ raised: Type.Boolean() }, { additionalProperties: false }),
  /** Moderators: who comes first in the composed picture. */
  pin: PinBody,
  /** Moderators: bring a viewer on stage, or back into the audience. */
  'invite-to-stage': StageBody,
  /** The invited viewer's answer; accepting changes the mode to SEND_AND_RECV. */
  'respond-stage': Type.Object({ accept: Type.Boolean() }, { additionalProperties: false }),
  ping: Type.Object({}, { additionalProperties: false }),
} as const;

export type SignallingMethod = keyof typeof signallingMethods;
export type SignallingParams<M extends SignallingMethod> = Static<(typeof signallingMethods)[M]>;
export type SubscribeLayer = Static<typeof Layer>;
export type IceCandidate = Static<typeof Candidate>;

/** A track as other participants see it. */
export type TrackView = {
  trackId: string;
  kind: TrackKind;
  muted: boolean;
  codec: string;
};

/** A participant as others in the room see it. */
export type ParticipantView = {
  participantId: string;
  name: string;
  mode: Static<typeof ParticipantMode>;
  isModerator: boolean;
  /** False while the connection is lost and the grace time runs. */
  connected: boolean;
  metaData: unknown;
  tracks: TrackView[];
};

/** A chat or pubsub message. `at` is ISO 8601. */
export type MessageView = {
  messageId: string;
  topic: string;
  message: string;
  senderId: string;
  senderName: string;
  payload: unknown;
  at: string;
};

export type IceServer = { urls: string | string[]; username?: string; credential?: string };

/** What `join` answers once the participant is in the room. */
export type Joined = {
  state: 'joined';
  roomId: string;
  sessionId: string;
  participantId: string;
  resumeToken: string;
  /** True when this is the same participant coming back. */
  resumed: boolean;
  permissions: Static<typeof Permission>[];
  participants: ParticipantView[];
  activeSpeakerId: string | null;
  /** Participants who are being recorded. */
  recordedIds: string[];
  /** Persisted messages of the session, oldest first. */
  messages: MessageView[];
  /** Who is knocking, for those who may admit. */
  entryRequests: { participantId: string; name: string }[];
  iceServers: IceServer[];
  /** How long a lost connection may take to come back, in milliseconds. */
  graceMs: number;
  audience: Audience;
  /** Options this participant has voted for, by poll, and questions it has upvoted. */
  votes: { polls: Record<string, string>; questions: string[] };
  captions: CaptionsState;
  /** Who has asked this participant to come on stage, while that is not answered. */
  stageInvitation: { byName: string } | null;
};

export type SignallingResults = {
  /** `waiting`: in the lobby; an `entry-responded` and then a `joined` event follow. */
  join: Joined | { state: 'waiting'; participantId: string };
  leave: Record<string, never>;
  'media-start': Record<string, never>;
  /** The answer holds all server candidates. */
  publish: { sdp: string; tracks: { mid: string; trackId: string }[] };
  candidate: Record<string, never>;
  'subscribe-answer': Record<string, never>;
  'set-muted': Record<string, never>;
  prefer: Record<string, never>;
  'send-message': { messageId: string };
  'respond-entry': Record<string, never>;
  'mute-participant': Record<string, never>;
  'remove-participant': Record<string, never>;
  'create-poll': { poll: Poll };
  'vote-poll': { poll: Poll };
  'close-poll': { poll: Poll };
  'ask-question': { question: Question };
  'upvote-question': { question: Question };
  'answer-question': { question: Question };
  'send-gift': { gift: Gift };
  'send-reaction': Record<string, never>;
  'raise-hand': Record<string, never>;
  pin: { pinnedIds: string[] };
  'invite-to-stage': Record<string, never>;
  'respond-stage': { mode: Static<typeof ParticipantMode> };
  ping: Record<string, never>;
};

/** Whether what is said is being written down, for clients to offer captions. */
export type CaptionsState = { transcriptionId: string; language: string | null } | null;
/** VideoSDK's `transcription-text`, and what is needed to show it in its place. */
export type Caption = {
  segmentId: string;
  participantId: string;
  participantName: string;
  text: string;
  isFinal: boolean;
  startMs: number;
  endMs: number;
  language: string | null;
  timestamp: number;
};

export type SignallingEvents = {
  /** After the lobby: the same as `join` would have answered. */
  joined: Joined;
  /** Of those who only watch (mode SIGNALLING_ONLY) hear the people on stage and moderators, not each other. */
  'participant-joined': { participant: ParticipantView };
  'participant-left': { participantId: string; reason: string };
  /** Name, connection state, tracks or mute state changed: the whole view anew. */
  'participant-updated': { participant: ParticipantView };
  /** The runtime's offer for the subscribe connection; answer with `subscribe-answer`. */
  'subscribe-offer': {
    offerId: number;
    sdp: string;
    tracks: { mid: string; trackId: string; participantId: string; kind: TrackKind }[];
  };
  'speaker-changed': { participantId: string | null };
  message: MessageView;
  'entry-requested': { participantId: string; name: string };
  /** To hosts: who was answered. To the one who knocked: the decision. */
  'entry-responded': { participantId: string; decision: 'allowed' | 'denied' };
  /** A moderator muted you: stop sending this kind. */
  'mute-requested': { kind: TrackKind; byName: string };
  /** The media worker was lost or replaced: call `media-start` and publish again. */
  'media-restart': { reason: string };
  /** The state of one of your own peer connections as the runtime sees it. */
  'connection-state': { connection: 'publish' | 'subscribe'; state: string };
  /** You are out; the socket closes after this. `code` is of the error table. */
  removed: {
    code: 'participant-removed' | 'participant-replaced' | 'room-closed' | 'entry-denied';
    message: string;
  };
  /** Live captions: whether there are any now, and from whom (null: everybody). Also in `joined`. */
  'captions-changed': { captions: CaptionsState };
  /** Interim texts of a segment replace each other until its final one. Times are on the session clock. */
  'transcription-text': Caption;
  'recording-state-changed': { participantId: string; recording: boolean };
  /** A poll was created, voted on or closed: the whole of it anew. Counts are 0 while its results are hidden. */
  'poll-changed': { poll: Poll };
  'question-changed': { question: Question };
  'gift-sent': { gift: Gift };
  'reaction-sent': { participantId: string; participantName: string; reaction: Reaction };
  'hands-changed': { hands: { participantId: string; participantName: string }[] };
  'viewers-changed': { viewers: number };
  'pins-changed': { pinnedIds: string[] };
  /** HLS of this room began, became playable or ended (null). */
  'hls-changed': { hls: Audience['hls'] };
  'stage-invited': { byName: string };
  /** To moderators: what the invited one has answered. */
  'stage-responded': { participantId: string; participantName: string; accepted: boolean };
  /** Your own mode changed: on stage you may publish, in the audience not. */
  'mode-changed': { mode: Static<typeof ParticipantMode> };
};

export type SignallingReply = { id: number; data: unknown } | { id: number; error: ErrorBody };
export type SignallingNotification = {
  [K in keyof SignallingEvents]: { event: K; data: SignallingEvents[K] };
}[keyof SignallingEvents];

export const SignallingRequestSchema = Type.Object(
  {
    id: Type.Integer({ minimum: 0 }),
    method: Type.String({ maxLength: 64 }),
    data: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);

/** WebSocket close codes of the signalling and event sockets (private range of RFC 6455 section 7.4.2). */
export const closeCodes = {
  badToken: 4401,
  forbidden: 4403,
  notFound: 4404,
  replaced: 4409,
  flooding: 4429,
  stopping: 1001,
} as const;
