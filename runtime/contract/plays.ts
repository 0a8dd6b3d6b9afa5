import { Type, type Static } from 'typebox';
import { ParticipantId } from './names.ts';
import { Nullable } from './nullable.ts';

export const VoiceName = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: '^[A-Za-z0-9_./-]+$',
  description: 'One of GET /v2/speech/voices; the operator’s default when left out',
});

/** What is played: exactly one of `text`, `url` and `audio`. */
const source = {
  text: Type.Optional(Type.String({ minLength: 1, maxLength: 5000, description: 'Spoken with `voice`' })),
  voice: Type.Optional(VoiceName),
  url: Type.Optional(
    Type.String({ format: 'uri', pattern: '^https?://', maxLength: 2000, description: 'A media file' }),
  ),
};
/** As whom it is played, and what may end it. */
const manner = {
  /** A participant that speaks already, or the id of the one that comes for it. */
  participantId: Type.Optional(ParticipantId),
  name: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'The name that others see; Assistant when left out',
    }),
  ),
  bargeIn: Type.Optional(Type.Boolean({ description: 'Stops when somebody speaks' })),
  interrupt: Type.Optional(
    Type.Boolean({
      description: 'Ends what plays as this participant and what waits, instead of waiting behind it',
    }),
  ),
  stay: Type.Optional(
    Type.Boolean({
      description: 'Stays in the room when all is played; otherwise leaves after a few seconds',
    }),
  ),
  metadata: Type.Optional(Type.Unknown({ description: 'Anything; it is handed on as it is' })),
};

/**
 * `POST /v2/rooms/:roomId/plays`. Binary audio is sent as the body itself (`audio/*`, `video/*` or
 * `application/octet-stream`), and the manner as the query.
 */
export const PlayBody = Type.Object({ ...source, ...manner }, { additionalProperties: false });
export type PlayBody = Static<typeof PlayBody>;

/** Params of the step `play`; `file` is a file on the runtime's machine that the runtime itself has put there. */
export const PlayParams = {
  ...source,
  file: Type.Optional(Type.String({ maxLength: 4000 })),
  participantId: Type.Optional(ParticipantId),
  bargeIn: manner.bargeIn,
  /** What had been heard of it when the worker that played it died. */
  fromMs: Type.Optional(Type.Number({ minimum: 0 })),
};

/** `finished`: to its end. `interrupted`: somebody spoke. `stopped`: by a call, or because the session ended. */
export const PlayStatus = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('playing'),
  Type.Literal('finished'),
  Type.Literal('interrupted'),
  Type.Literal('stopped'),
  Type.Literal('failed'),
]);
export type PlayStatus = Static<typeof PlayStatus>;

export const Play = Type.Object({
  id: Type.String(),
  playId: Type.String({ description: 'The same as id' }),
  stepId: Nullable(Type.String({ description: 'Null while it waits' })),
  roomId: Type.String(),
  meetingId: Type.String(),
  sessionId: Type.String(),
  participantId: Type.String(),
  participantName: Type.String(),
  source: Type.Union([Type.Literal('text'), Type.Literal('url'), Type.Literal('audio')]),
  text: Nullable(Type.String()),
  url: Nullable(Type.String()),
  voice: Nullable(Type.String()),
  status: PlayStatus,
  /** How much has been heard. */
  playedMs: Type.Number(),
  start: Nullable(Type.String()),
  end: Nullable(Type.String()),
  error: Nullable(Type.Object({ code: Type.String(), message: Type.String() })),
  metadata: Type.Unknown(),
});
export type Play = Static<typeof Play>;

/** `POST /v2/rooms/:roomId/plays/stop`: one participant's queue, or every one of the room. */
export const StopPlaysBody = Type.Object(
  { participantId: Type.Optional(ParticipantId) },
  { additionalProperties: false },
);

/** `POST /v2/rooms/:roomId/participants/:participantId/media`: a server-side participant's own microphone and camera. */
export const ServerParticipantMediaBody = Type.Object(
  { audio: Type.Optional(Type.Boolean()), video: Type.Optional(Type.Boolean()) },
  { additionalProperties: false, minProperties: 1 },
);
