import { Type, type Static } from 'typebox';
import { ParticipantId, TrackKind } from './names.ts';
import { FileFormat, RecordingMode } from './recordings.ts';

/** The states of every step (design: monotonic; the last three are final). */
export const StepState = Type.Union([
  Type.Literal('pending'),
  Type.Literal('starting'),
  Type.Literal('running'),
  Type.Literal('retrying'),
  Type.Literal('stopping'),
  Type.Literal('finished'),
  Type.Literal('failed'),
  Type.Literal('cancelled'),
]);
export type StepState = Static<typeof StepState>;
export const finalStepStates = ['finished', 'failed', 'cancelled'] as const satisfies readonly StepState[];

/** Params of each step type that can be posted to `/v2/rooms/:roomId/steps`. */
export const stepParams = {
  /** A named, held reference to one or more tracks of a participant; media flows only where a step takes it. */
  tap: Type.Object(
    {
      participantId: ParticipantId,
      kinds: Type.Optional(
        Type.Array(TrackKind, { minItems: 1, maxItems: 4, description: 'audio and video when left out' }),
      ),
    },
    { additionalProperties: false },
  ),
  record: Type.Object(
    {
      /** Left out when `from` names a tap. */
      participantId: Type.Optional(ParticipantId),
      /** Record one track only. Left out: the participant, audio and video in one file. */
      kind: Type.Optional(TrackKind),
      mode: Type.Optional(RecordingMode),
      fileFormat: Type.Optional(FileFormat),
      bucketDirPath: Type.Optional(Type.String({ maxLength: 200, pattern: '^[A-Za-z0-9_/-]*$' })),
      webhookUrl: Type.Optional(Type.String({ format: 'uri', maxLength: 512, pattern: '^https?://' })),
      /** Called once, with the finished recording as its body, when the recording has ended. */
      callbackUrl: Type.Optional(Type.String({ format: 'uri', maxLength: 2000, pattern: '^https?://' })),
      metadata: Type.Optional(Type.Unknown()),
    },
    { additionalProperties: false },
  ),
} as const;
export type StepType = keyof typeof stepParams;
export type StepParams<T extends StepType> = Static<(typeof stepParams)[T]>;
export const stepTypes = Object.keys(stepParams) as readonly StepType[];

export const StartStepBody = Type.Object(
  {
    step: Type.Union([Type.Literal('tap'), Type.Literal('record')]),
    with: Type.Record(Type.String(), Type.Unknown(), { description: 'Params of the step type' }),
    from: Type.Optional(Type.String({ description: 'stepId of the step that feeds this one' })),
  },
  { additionalProperties: false },
);

export const Step = Type.Object({
  id: Type.String(),
  stepId: Type.String(),
  step: Type.String(),
  roomId: Type.String(),
  sessionId: Type.String(),
  participantId: Type.Union([Type.String(), Type.Null()]),
  trackIds: Type.Array(Type.String()),
  recordingId: Type.Union([Type.String(), Type.Null()]),
  from: Type.Union([Type.String(), Type.Null()]),
  with: Type.Record(Type.String(), Type.Unknown()),
  state: StepState,
  paused: Type.Boolean(),
  reason: Type.String({ description: 'Why it is in this state' }),
  startedAt: Type.String(),
  endedAt: Type.Union([Type.String(), Type.Null()]),
  progress: Type.Record(Type.String(), Type.Unknown()),
});
export type Step = Static<typeof Step>;
