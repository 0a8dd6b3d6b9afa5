import { Type, type Static } from 'typebox';
import { ParticipantId, TrackKind } from './names.ts';
import { PlayParams } from './plays.ts';
import { ComposedParticipants, CompositionConfig, CompositionLook } from './compositions.ts';
import { HlsOptions, LivestreamOutputs } from './broadcasts.ts';
import { FileFormat, RecordingMode } from './recordings.ts';
import { TranscribeParams, TranscriptionOptions } from './speech.ts';
import { PublishParams, TapParams } from './taps.ts';

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

const callbacks = {
  webhookUrl: Type.Optional(
    Type.String({
      format: 'uri',
      maxLength: 512,
      pattern: '^https?://',
      description: 'Called with each event of what the step makes',
    }),
  ),
  callbackUrl: Type.Optional(
    Type.String({
      format: 'uri',
      maxLength: 2000,
      pattern: '^https?://',
      description: 'Called once, with what the step has made as its body, when it has ended',
    }),
  ),
  metadata: Type.Optional(Type.Unknown({ description: 'Anything; it is handed on as it is' })),
};
/** Whether the recording, or the one beside a broadcast (`config.recording.enabled`), is transcribed once it has ended. */
const transcribed = { transcription: Type.Optional(TranscriptionOptions) };
/** Which composition a step takes; steps that ask for the same share it. With `from`: the named `compose` step's. */
const composed = {
  config: Type.Optional(CompositionConfig),
  participants: Type.Optional(ComposedParticipants),
};

/** Params of each step type that can be posted to `/v2/rooms/:roomId/steps`. */
export const stepParams = {
  /** A named, held reference to one or more tracks of a participant; media flows only where a step takes it. */
  tap: Type.Object(TapParams, { additionalProperties: false }),
  /** Holds one composition of the room, for other steps to take with `from`, and to change while it runs. */
  compose: Type.Object(composed, { additionalProperties: false }),
  record: Type.Object(
    {
      source: Type.Optional(
        Type.Union([Type.Literal('participant'), Type.Literal('room')], {
          description:
            'participant (when left out), or room: the composed picture and mix of everybody, or of participants',
        }),
      ),
      ...composed,
      /** Left out when `from` names a tap, and for the room. */
      participantId: Type.Optional(ParticipantId),
      /** Record one track only. Left out: the participant, audio and video in one file. */
      kind: Type.Optional(TrackKind),
      mode: Type.Optional(RecordingMode),
      fileFormat: Type.Optional(FileFormat),
      bucketDirPath: Type.Optional(
        Type.String({
          maxLength: 200,
          pattern: '^[A-Za-z0-9_/-]*$',
          description: 'A folder below the recordings folder',
        }),
      ),
      ...transcribed,
      ...callbacks,
    },
    { additionalProperties: false },
  ),
  rtmp: Type.Object(
    { outputs: LivestreamOutputs, ...composed, ...transcribed, ...callbacks },
    { additionalProperties: false },
  ),
  hls: Type.Object(
    { ...HlsOptions, ...composed, ...transcribed, ...callbacks },
    { additionalProperties: false },
  ),
  /** Writes down what is said: everybody's microphone, or that of those named. */
  transcribe: Type.Object({ ...TranscribeParams, ...callbacks }, { additionalProperties: false }),
  /** Plays speech or a file into the room as a server-side participant. */
  play: Type.Object(PlayParams, { additionalProperties: false }),
  /** What a client sends is heard as a server-side participant: `GET /v2/rooms/:roomId/publish`, not posted. */
  publish: Type.Object(PublishParams, { additionalProperties: false }),
} as const;
export type StepType = keyof typeof stepParams;
export type StepParams<T extends StepType> = Static<(typeof stepParams)[T]>;

/** A step to be started, by a call or by the runtime itself. */
export type StepRequest = { step: StepType; with: Record<string, unknown>; from?: string };

export const StartStepBody = Type.Object(
  {
    step: Type.Union([
      Type.Literal('tap'),
      Type.Literal('compose'),
      Type.Literal('record'),
      Type.Literal('rtmp'),
      Type.Literal('hls'),
      Type.Literal('transcribe'),
      Type.Literal('play'),
    ]),
    with: Type.Record(Type.String(), Type.Unknown(), { description: 'Params of the step type' }),
    from: Type.Optional(Type.String({ description: 'stepId of the step that feeds this one' })),
  },
  { additionalProperties: false },
);

/** `PATCH /v2/steps/:stepId`: changes the picture of a running step (and of all that share its composition). */
export const UpdateStepBody = Type.Object(
  { config: CompositionLook },
  { additionalProperties: false, description: 'Only what is named changes' },
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
