import { Type, type Static } from 'typebox';
import { ParticipantId } from './names.ts';

const Id = Type.String({ maxLength: 64 });
const who = { participantId: Type.String(), participantName: Type.String() };
const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });

/** Polls: asked by a moderator or over REST, one vote a viewer, open until closed. */
export const CreatePollBody = Type.Object(
  {
    question: Text(500),
    options: Type.Array(Text(200), { minItems: 2, maxItems: 12 }),
    /** Closes by itself after so long. */
    durationSeconds: Type.Optional(Type.Integer({ minimum: 5, maximum: 86_400 })),
    /** `true`: the tally is shown only when the poll is closed. */
    hideResults: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export const PollStatus = Type.Union([Type.Literal('open'), Type.Literal('closed')]);
export const Poll = Type.Object({
  id: Type.String(),
  pollId: Type.String(),
  roomId: Type.String(),
  sessionId: Type.String(),
  question: Type.String(),
  options: Type.Array(Type.Object({ optionId: Type.String(), text: Type.String(), votes: Type.Integer() })),
  totalVotes: Type.Integer(),
  hideResults: Type.Boolean(),
  status: PollStatus,
  createdById: Type.String(),
  createdAt: Type.String(),
  closesAt: Type.Union([Type.String(), Type.Null()]),
  closedAt: Type.Union([Type.String(), Type.Null()]),
});
export type Poll = Static<typeof Poll>;
export const VoteBody = Type.Object(
  { optionId: Id, participantId: Type.Optional(ParticipantId) },
  { additionalProperties: false },
);

/** Questions to the hosts, ordered by upvotes; one upvote a viewer. */
export const AskQuestionBody = Type.Object(
  { text: Text(1000), participantId: Type.Optional(ParticipantId) },
  { additionalProperties: false },
);
export const QuestionStatus = Type.Union([
  Type.Literal('open'),
  Type.Literal('answered'),
  Type.Literal('dismissed'),
]);
export const AnswerQuestionBody = Type.Object(
  { answer: Type.Optional(Text(4000)), status: Type.Optional(QuestionStatus) },
  { additionalProperties: false },
);
export const Question = Type.Object({
  id: Type.String(),
  questionId: Type.String(),
  roomId: Type.String(),
  sessionId: Type.String(),
  text: Type.String(),
  ...who,
  upvotes: Type.Integer(),
  status: QuestionStatus,
  answer: Type.Union([Type.String(), Type.Null()]),
  createdAt: Type.String(),
  answeredAt: Type.Union([Type.String(), Type.Null()]),
});
export type Question = Static<typeof Question>;

/** A virtual gift from anybody to anybody; `toId` left out: to the creator (the room's host). */
export const SendGiftBody = Type.Object(
  {
    gift: Type.String({
      minLength: 1,
      maxLength: 32,
      pattern: '^[a-z0-9-]+$',
      description: 'Like rose, star, rocket',
    }),
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 999 })),
    toId: Type.Optional(ParticipantId),
    message: Type.Optional(Type.String({ maxLength: 200 })),
    participantId: Type.Optional(ParticipantId),
  },
  { additionalProperties: false },
);
export const Gift = Type.Object({
  id: Type.String(),
  giftId: Type.String(),
  roomId: Type.String(),
  sessionId: Type.String(),
  gift: Type.String(),
  count: Type.Integer(),
  message: Type.String(),
  fromId: Type.String(),
  fromName: Type.String(),
  /** Null: to the creator. */
  toId: Type.Union([Type.String(), Type.Null()]),
  toName: Type.String(),
  at: Type.String(),
});
export type Gift = Static<typeof Gift>;

/** What a client that joins is told of the audience's objects. */
export const Audience = Type.Object({
  viewers: Type.Integer({ description: 'People who watch: participants in mode SIGNALLING_ONLY' }),
  polls: Type.Array(Poll),
  questions: Type.Array(Question),
  /** Who has raised a hand, first first. */
  hands: Type.Array(Type.Object(who)),
  /** Pinned in the composed picture, first first. */
  pinnedIds: Type.Array(Type.String()),
  /** The running HLS stream, when viewers can watch it. */
  hls: Type.Union([
    Type.Object({ playbackHlsUrl: Type.String(), livestreamUrl: Type.String(), playable: Type.Boolean() }),
    Type.Null(),
  ]),
});
export type Audience = Static<typeof Audience>;

/** The short-lived signs a viewer can send; they are told live and not kept. */
export const Reaction = Type.Union([
  Type.Literal('like'),
  Type.Literal('love'),
  Type.Literal('clap'),
  Type.Literal('laugh'),
  Type.Literal('wow'),
  Type.Literal('celebrate'),
]);
export type Reaction = Static<typeof Reaction>;

export const PinBody = Type.Object(
  { pinnedIds: Type.Array(ParticipantId, { maxItems: 25, uniqueItems: true }) },
  { additionalProperties: false },
);
export const StageBody = Type.Object(
  { participantId: ParticipantId, onStage: Type.Boolean() },
  { additionalProperties: false },
);
