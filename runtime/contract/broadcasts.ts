import { Type, type Static } from 'typebox';
import { ComposedParticipants, CompositionConfig, Quality } from './compositions.ts';
import { RoomId } from './names.ts';
import { SummaryOptions, TranscriptionOptions } from './speech.ts';

const WebhookUrl = Type.String({ format: 'uri', maxLength: 512, pattern: '^https?://' });
const metadata = Type.Optional(Type.Unknown());

/**
 * One RTMP destination. `url` may hold the key already; then `streamKey` is left out. The key is a secret: it is
 * in no answer, event, log or stored row.
 */
export const LivestreamOutput = Type.Object(
  {
    url: Type.String({
      minLength: 8,
      maxLength: 2000,
      pattern: '^rtmps?://',
      description: 'rtmp:// or rtmps:// address of the platform’s server',
    }),
    streamKey: Type.Optional(
      Type.String({ minLength: 1, maxLength: 1000, description: 'The key of the platform; a secret' }),
    ),
    outputId: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_-]{1,64}$',
        description: 'Name of this destination within the livestream; made by its place when left out',
      }),
    ),
  },
  { additionalProperties: false },
);
export const LivestreamOutputs = Type.Array(LivestreamOutput, {
  minItems: 1,
  maxItems: 32,
  description: 'Where the stream is sent to',
});
export type LivestreamOutput = Static<typeof LivestreamOutput>;

export const StartLivestreamBody = Type.Object(
  {
    roomId: RoomId,
    outputs: LivestreamOutputs,
    config: Type.Optional(CompositionConfig),
    participants: Type.Optional(ComposedParticipants),
    /** VideoSDK's clients send it. A page is not rendered here: only an empty one is taken. */
    templateUrl: Type.Optional(Type.String({ maxLength: 2000 })),
    /** Of the recording beside it, so only with `config.recording.enabled`. */
    transcription: Type.Optional(TranscriptionOptions),
    webhookUrl: Type.Optional(WebhookUrl),
    metadata,
  },
  { additionalProperties: false },
);

/** Ends what runs in the room. */
export const StopLivestreamBody = Type.Object({ roomId: RoomId }, { additionalProperties: false });

export const OutputState = Type.Union([
  Type.Literal('connecting'),
  Type.Literal('live'),
  Type.Literal('retrying'),
  Type.Literal('failed'),
  Type.Literal('stopped'),
]);
export type OutputState = Static<typeof OutputState>;

/** A destination as it is shown: where to, and how it goes; never its key. */
export const LivestreamOutputView = Type.Object({
  outputId: Type.String(),
  url: Type.String({ description: 'Without the stream key' }),
  streamKey: Type.String({ description: 'Always hidden' }),
  state: OutputState,
  bytesSent: Type.Integer(),
  framesDropped: Type.Integer(),
  retries: Type.Integer(),
  lastError: Type.Union([Type.String(), Type.Null()]),
});
export type LivestreamOutputView = Static<typeof LivestreamOutputView>;

export const BroadcastStatus = Type.Union([
  Type.Literal('starting'),
  Type.Literal('running'),
  Type.Literal('stopping'),
  Type.Literal('stopped'),
  Type.Literal('failed'),
]);
export type BroadcastStatus = Static<typeof BroadcastStatus>;

const broadcast = {
  id: Type.String(),
  stepId: Type.String(),
  roomId: Type.String(),
  meetingId: Type.String(),
  sessionId: Type.String(),
  status: BroadcastStatus,
  start: Type.String(),
  end: Type.Union([Type.String(), Type.Null()]),
  recordingId: Type.Union([Type.String(), Type.Null()]),
  error: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()]),
  metadata: Type.Unknown(),
};
export const Livestream = Type.Object({ ...broadcast, outputs: Type.Array(LivestreamOutputView) });
export type Livestream = Static<typeof Livestream>;

/** Options of an HLS stream, also the step's params. */
export const HlsOptions = {
  rungs: Type.Optional(
    Type.Array(Quality, {
      maxItems: 3,
      uniqueItems: true,
      description: 'Lower rungs of the ladder beside the quality of the composition',
    }),
  ),
  protected: Type.Optional(
    Type.Boolean({ description: 'true: playlists and segments need the token of the answered addresses' }),
  ),
  dvrSeconds: Type.Optional(
    Type.Integer({
      minimum: 10,
      maximum: 86_400,
      description: 'How many seconds of the past index.m3u8 holds; all when left out',
    }),
  ),
  dirPath: Type.Optional(
    Type.String({
      maxLength: 200,
      pattern: '^[A-Za-z0-9_/-]*$',
      description:
        'A folder below the HLS folder, for a CDN to take the files from; the folder of the stream lies in it, named by its id',
    }),
  ),
};
export const StartHlsBody = Type.Object(
  {
    roomId: RoomId,
    config: Type.Optional(CompositionConfig),
    participants: Type.Optional(ComposedParticipants),
    ...HlsOptions,
    /** Of the recording beside it, so only with `config.recording.enabled`. */
    transcription: Type.Optional(TranscriptionOptions),
    /** Where VideoSDK's clients put the summary of a stream; the same as `transcription.summary`. */
    summary: Type.Optional(SummaryOptions),
    webhookUrl: Type.Optional(WebhookUrl),
    metadata,
  },
  { additionalProperties: false },
);

/** An HLS stream with VideoSDK's keys. */
export const HlsStream = Type.Object({
  ...broadcast,
  /** True once a viewer can start: `hls-playable`. */
  playable: Type.Boolean(),
  /** Playlist of renditions and subtitles: the whole stream so far (DVR), and after the end. */
  playbackHlsUrl: Type.String(),
  /** The same with the live edge only. */
  livestreamUrl: Type.String(),
  /** VideoSDK's older name of playbackHlsUrl. */
  downstreamUrl: Type.String(),
  /** Seconds. */
  duration: Type.Number(),
  links: Type.Object({ get_room: Type.String(), get_session: Type.String() }),
});
export type HlsStream = Static<typeof HlsStream>;

export const CaptureHlsBody = Type.Object(
  {
    roomId: RoomId,
    /** Seconds since the stream's start; now when left out. */
    time: Type.Optional(Type.Number({ minimum: 0 })),
    width: Type.Optional(Type.Integer({ minimum: 16, maximum: 3840 })),
    height: Type.Optional(Type.Integer({ minimum: 16, maximum: 2160 })),
    format: Type.Optional(Type.Union([Type.Literal('jpg'), Type.Literal('png'), Type.Literal('webp')])),
  },
  { additionalProperties: false },
);
export const HlsCapture = Type.Object({
  message: Type.String(),
  roomId: Type.String(),
  meta: Type.Object({
    createdAt: Type.String(),
    width: Type.Integer(),
    height: Type.Integer(),
    format: Type.String(),
  }),
  filePath: Type.String(),
  fileUrl: Type.String(),
  fileSize: Type.Integer(),
  fileName: Type.String(),
});
export type HlsCapture = Static<typeof HlsCapture>;
