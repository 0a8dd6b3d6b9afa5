import { Type, type Static } from 'typebox';
import { ParticipantId, RoomId } from './names.ts';
import { Nullable } from './nullable.ts';

const WebhookUrl = Type.String({ format: 'uri', maxLength: 512, pattern: '^https?://' });
/** Called once, with the finished transcription as its body, when it has ended. */
const CallbackUrl = Type.String({ format: 'uri', maxLength: 2000, pattern: '^https?://' });
const metadata = Type.Optional(Type.Unknown());

/** The recogniser that is always there. Others are named by the operator in the setting `speechEngines`. */
export const builtInEngine = 'pocketsphinx';

export const EngineName = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[A-Za-z0-9_-]+$',
  description: 'One of GET /v2/speech/engines; the operator’s default when left out',
});
/** A language tag of BCP 47, as engines take it: `en`, `en-US`, `pt-BR`. */
export const Language = Type.String({
  pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$',
  maxLength: 35,
  description: 'BCP 47 tag such as en-US; left out, the engine’s own or what it hears',
});

/** What is made of a finished transcript; VideoSDK's shape. It goes to the endpoint of the setting `summary`. */
export const SummaryOptions = Type.Object(
  {
    enabled: Type.Boolean({ description: 'Whether a summary is made' }),
    prompt: Type.Optional(
      Type.String({ minLength: 1, maxLength: 8000, description: 'What the summary is to be like' }),
    ),
  },
  { additionalProperties: false, description: 'A summary of the finished transcript' },
);
/** `transcription` of start calls: whether what is recorded is transcribed when it has ended. VideoSDK's shape. */
export const TranscriptionOptions = Type.Object(
  {
    enabled: Type.Boolean({ description: 'Whether it is transcribed' }),
    summary: Type.Optional(SummaryOptions),
    /** VideoSDK's name for the engine. */
    modelId: Type.Optional(EngineName),
    language: Type.Optional(Language),
  },
  { additionalProperties: false, description: 'Transcribes the recording once it has ended' },
);
export type TranscriptionOptions = Static<typeof TranscriptionOptions>;

export const TranscribedWord = Type.Object({
  text: Type.String(),
  startMs: Type.Number(),
  endMs: Type.Number(),
  /** 0 to 1, where the engine says how sure it is. */
  confidence: Type.Optional(Type.Number()),
});
export type TranscribedWord = Static<typeof TranscribedWord>;

/** Something that somebody said. Times are milliseconds on the session clock. */
export const TranscriptSegment = Type.Object({
  segmentId: Type.String(),
  participantId: Nullable(Type.String({ description: 'Null where it cannot be told' })),
  participantName: Type.String(),
  text: Type.String(),
  startMs: Type.Number(),
  endMs: Type.Number(),
  language: Nullable(Type.String()),
  words: Type.Optional(Type.Array(TranscribedWord)),
});
export type TranscriptSegment = Static<typeof TranscriptSegment>;

/** A stretch of somebody's speech that could not be transcribed as it was spoken. */
export const TranscriptGap = Type.Object({
  participantId: Type.String(),
  startMs: Type.Number(),
  endMs: Type.Number(),
  code: Type.String(),
  message: Type.String(),
  /** True once its audio was transcribed from a recording. */
  filled: Type.Boolean(),
});
export type TranscriptGap = Static<typeof TranscriptGap>;

export const TranscriptionStatus = Type.Union([
  Type.Literal('starting'),
  Type.Literal('running'),
  Type.Literal('stopping'),
  Type.Literal('completed'),
  Type.Literal('failed'),
]);
export type TranscriptionStatus = Static<typeof TranscriptionStatus>;

/** `disabled`: not asked for. `not-configured`: asked for, but the operator has set no endpoint. */
export const SummaryStatus = Type.Union([
  Type.Literal('disabled'),
  Type.Literal('pending'),
  Type.Literal('completed'),
  Type.Literal('failed'),
  Type.Literal('not-configured'),
]);
export type SummaryStatus = Static<typeof SummaryStatus>;

/**
 * How it is known who speaks: each has audio of their own, so that overlapping speech is kept apart; or the mix was
 * transcribed, and each segment is given to whoever was the active speaker for most of it. Null until that is known.
 */
export const SpeakersBy = Nullable(
  Type.Union([Type.Literal('participant-audio'), Type.Literal('active-speaker')]),
);
export type SpeakersBy = Static<typeof SpeakersBy>;

export const transcriptFormats = ['json', 'srt', 'vtt', 'tsv', 'txt'] as const;
export type TranscriptFormat = (typeof transcriptFormats)[number];

/** The `json` file of a transcript. Times are milliseconds on the session clock, as in all formats. */
export const TranscriptDocument = Type.Object(
  {
    id: Type.String(),
    type: Type.Union([Type.Literal('realtime'), Type.Literal('post')]),
    roomId: Type.String(),
    sessionId: Type.String(),
    recordingId: Nullable(Type.String()),
    /** When the session clock stood at 0. */
    sessionStart: Type.String({ description: 'ISO 8601, UTC' }),
    /** Where the recording begins on the session clock: what to subtract for its own time. Null where there is none. */
    recordingStartMs: Nullable(Type.Number()),
    engine: Type.String(),
    language: Nullable(Type.String()),
    speakersBy: SpeakersBy,
    segments: Type.Array(TranscriptSegment),
    gaps: Type.Array(TranscriptGap),
  },
  { additionalProperties: false },
);
export type TranscriptDocument = Static<typeof TranscriptDocument>;

const FilePaths = Type.Partial(
  Type.Object({
    json: Type.String(),
    srt: Type.String(),
    vtt: Type.String(),
    tsv: Type.String(),
    txt: Type.String(),
  }),
  { description: 'Download addresses by format; empty until it is completed' },
);

/** A transcription, of a live session (`realtime`) or of recordings (`post`): VideoSDK's keys and ours. */
export const Transcription = Type.Object({
  id: Type.String(),
  type: Type.Union([Type.Literal('realtime'), Type.Literal('post')]),
  status: TranscriptionStatus,
  roomId: Type.String(),
  meetingId: Type.String(),
  sessionId: Type.String(),
  /** Of a realtime transcription. */
  stepId: Nullable(Type.String()),
  /** Of a post transcription: the recording (or merge) it is of. */
  recordingId: Nullable(Type.String()),
  engine: Type.String(),
  language: Nullable(Type.String()),
  speakersBy: SpeakersBy,
  /** VideoSDK's. */
  extension: Type.Object({
    enabled: Type.Boolean(),
    provider: Type.String(),
    extensionConfig: Type.Object({ roomId: Type.String(), sessionId: Type.String() }),
  }),
  start: Type.String(),
  end: Nullable(Type.String()),
  segments: Type.Integer({ description: 'How many there are; GET …/:id/segments lists them' }),
  gaps: Type.Array(TranscriptGap),
  transcriptionFilePaths: FilePaths,
  summarizedFilePaths: Type.Partial(Type.Object({ txt: Type.String() })),
  summary: Type.Object({
    status: SummaryStatus,
    text: Nullable(Type.String()),
    error: Nullable(Type.String()),
  }),
  error: Nullable(Type.Object({ code: Type.String(), message: Type.String() })),
  webhookUrl: Nullable(Type.String()),
  metadata: Type.Unknown(),
});
export type Transcription = Static<typeof Transcription>;

const engineChoice = {
  engine: Type.Optional(EngineName),
  /** VideoSDK's name for the engine. */
  modelId: Type.Optional(EngineName),
  language: Type.Optional(Language),
};

/** `POST /ai/v1/realtime-transcriptions/start`. */
export const StartRealtimeTranscriptionBody = Type.Object(
  {
    roomId: RoomId,
    ...engineChoice,
    participantIds: Type.Optional(
      Type.Array(ParticipantId, {
        minItems: 1,
        maxItems: 100,
        uniqueItems: true,
        description: 'Only these; everybody when left out, whoever comes later included',
      }),
    ),
    /** Also writes interim results to the event log; clients are shown them in any case. */
    interimEvents: Type.Optional(Type.Boolean()),
    summary: Type.Optional(SummaryOptions),
    webhookUrl: Type.Optional(WebhookUrl),
    callbackUrl: Type.Optional(CallbackUrl),
    metadata,
  },
  { additionalProperties: false },
);
export type StartRealtimeTranscriptionBody = Static<typeof StartRealtimeTranscriptionBody>;
export const EndRealtimeTranscriptionBody = Type.Object({ roomId: RoomId }, { additionalProperties: false });

/** `POST /ai/v1/post-transcriptions`: ours; VideoSDK starts one with a recording only. */
export const StartPostTranscriptionBody = Type.Object(
  {
    recordingId: Type.String({ minLength: 1, maxLength: 64, description: 'Any finished recording or merge' }),
    ...engineChoice,
    summary: Type.Optional(SummaryOptions),
    webhookUrl: Type.Optional(WebhookUrl),
    callbackUrl: Type.Optional(CallbackUrl),
    metadata,
  },
  { additionalProperties: false },
);
export type StartPostTranscriptionBody = Static<typeof StartPostTranscriptionBody>;

/** Params of the step `transcribe`. */
export const TranscribeParams = {
  engine: Type.Optional(EngineName),
  language: Type.Optional(Language),
  participantIds: StartRealtimeTranscriptionBody.properties.participantIds,
  interimEvents: Type.Optional(
    Type.Boolean({ description: 'Also writes to the event log what somebody is saying, before it is final' }),
  ),
  summary: Type.Optional(SummaryOptions),
};

/** An engine that a start call may name: `GET /v2/speech/engines`. */
export const SpeechEngineView = Type.Object({
  name: Type.String(),
  type: Type.String(),
  /** Whether it can be started now, and if not, why. */
  ready: Type.Boolean(),
  message: Nullable(Type.String()),
  isDefault: Type.Boolean(),
  interim: Type.Boolean(),
  wordTimes: Type.Boolean(),
  /** Null: any. */
  languages: Nullable(Type.Array(Type.String())),
  note: Type.String({ description: 'What to expect of it, for whoever chooses' }),
});
export type SpeechEngineView = Static<typeof SpeechEngineView>;
/** A voice that `play` may speak with: `GET /v2/speech/voices`. */
export const VoiceView = Type.Object({
  name: Type.String({ description: 'engine, or engine/voice' }),
  type: Type.String(),
  ready: Type.Boolean(),
  message: Nullable(Type.String()),
  isDefault: Type.Boolean(),
});
export type VoiceView = Static<typeof VoiceView>;

/** What the operator has named in the setting `speechEngines`. Keys are secrets. */
export const SpeechEngineSettings = Type.Union([
  Type.Object(
    {
      type: Type.Literal('openai'),
      baseUrl: Type.String({ pattern: '^https?://', maxLength: 2000, description: 'Up to /v1' }),
      apiKey: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
      model: Type.String({ minLength: 1, maxLength: 200 }),
      timeoutMs: Type.Optional(Type.Integer({ minimum: 500, maximum: 300_000 })),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      type: Type.Literal('deepgram'),
      baseUrl: Type.String({
        pattern: '^wss?://',
        maxLength: 2000,
        description: 'wss://api.deepgram.com/v1/listen',
      }),
      apiKey: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
      model: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      type: Type.Literal('sherpa-onnx'),
      modelDirectory: Type.String({ minLength: 1, maxLength: 4000 }),
      threads: Type.Optional(Type.Integer({ minimum: 1, maximum: 64 })),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      type: Type.Literal('pocketsphinx'),
      /** Folder with acoustic model, dictionary and language model; Debian’s US English when left out. */
      modelDirectory: Type.Optional(Type.String({ minLength: 1, maxLength: 4000 })),
    },
    { additionalProperties: false },
  ),
]);
export type SpeechEngineSettings = Static<typeof SpeechEngineSettings>;

/** What the operator has named in the setting `speechVoices`, beside the built-in `flite` and `espeak-ng`. */
export const SpeechVoiceSettings = Type.Object(
  {
    type: Type.Literal('openai'),
    baseUrl: Type.String({ pattern: '^https?://', maxLength: 2000, description: 'Up to /v1' }),
    apiKey: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
    model: Type.String({ minLength: 1, maxLength: 200 }),
    voice: Type.String({ minLength: 1, maxLength: 200 }),
    timeoutMs: Type.Optional(Type.Integer({ minimum: 500, maximum: 300_000 })),
  },
  { additionalProperties: false },
);
export type SpeechVoiceSettings = Static<typeof SpeechVoiceSettings>;

/** The chat endpoint that writes summaries (`/chat/completions` below `baseUrl`): the setting `summary`. */
export const SummarySettings = Type.Object(
  {
    baseUrl: Type.String({ pattern: '^https?://', maxLength: 2000, description: 'Up to /v1' }),
    apiKey: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
    model: Type.String({ minLength: 1, maxLength: 200 }),
    timeoutMs: Type.Optional(Type.Integer({ minimum: 500, maximum: 600_000 })),
  },
  { additionalProperties: false },
);
export type SummarySettings = Static<typeof SummarySettings>;
