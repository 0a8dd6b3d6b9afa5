import { Type, type Static } from 'typebox';
import { ComposedParticipants, CompositionConfig, Watermarks } from './compositions.ts';
import { ParticipantId, RoomId, TrackKind } from './names.ts';
import { Nullable } from './nullable.ts';
import { TranscriptionOptions } from './speech.ts';

export const RecordingMode = Type.Union([Type.Literal('video-and-audio'), Type.Literal('audio')], {
  description: 'Sound and picture (when left out), or sound alone',
});
export const FileFormat = Type.Union(
  [
    Type.Literal('webm'),
    Type.Literal('mp4'),
    Type.Literal('mkv'),
    Type.Literal('ogg'),
    Type.Literal('m4a'),
    Type.Literal('mp3'),
  ],
  {
    description:
      'Left out: chosen by codec (VP8 → webm, H.264 → mp4, audio alone → ogg); for the room mp4, its sound alone m4a',
  },
);
export type FileFormat = Static<typeof FileFormat>;

const startOptions = {
  fileFormat: Type.Optional(FileFormat),
  webhookUrl: Type.Optional(Type.String({ format: 'uri', maxLength: 512, pattern: '^https?://' })),
  /** Subfolder of the recordings folder; VideoSDK's name. */
  bucketDirPath: Type.Optional(Type.String({ maxLength: 200, pattern: '^[A-Za-z0-9_/-]*$' })),
  /** Told with transcription-completed; the recording itself does not wait for it. */
  transcription: Type.Optional(TranscriptionOptions),
  metadata: Type.Optional(Type.Unknown()),
};

/** Folder below the recordings folder, under each of the names that VideoSDK has had for it. */
const folder = Type.Optional(Type.String({ maxLength: 200, pattern: '^[A-Za-z0-9_/-]*$' }));
/** What VideoSDK's clients send and this runtime does not do: refused by name, and not as an unknown key. */
const notBuilt = {
  templateUrl: Type.Optional(Type.String({ maxLength: 2000, description: 'Refused: use config instead' })),
  preSignedUrl: Type.Optional(
    Type.String({ maxLength: 4000, description: 'Refused: download with fileUrl' }),
  ),
};
const composedOptions = {
  ...startOptions,
  awsDirPath: folder,
  dirPath: folder,
  /** Called once, with the finished recording as its body, when it has ended. */
  callbackUrl: Type.Optional(Type.String({ format: 'uri', maxLength: 2000, pattern: '^https?://' })),
  config: Type.Optional(CompositionConfig),
  ...notBuilt,
};
export const StartRoomRecordingBody = Type.Object(
  { roomId: RoomId, ...composedOptions },
  { additionalProperties: false },
);
export type StartRoomRecordingBody = Static<typeof StartRoomRecordingBody>;
export const StartCompositeRecordingBody = Type.Object(
  {
    roomId: RoomId,
    participants: Type.Optional(ComposedParticipants),
    watermarks: Type.Optional(Watermarks),
    ...composedOptions,
  },
  { additionalProperties: false },
);
export type StartCompositeRecordingBody = Static<typeof StartCompositeRecordingBody>;
export const StopCompositeRecordingBody = Type.Object(
  { roomId: RoomId, recordingId: Type.String({ maxLength: 64 }) },
  { additionalProperties: false },
);

export const StartParticipantRecordingBody = Type.Object(
  {
    roomId: RoomId,
    participantId: ParticipantId,
    mode: Type.Optional(RecordingMode),
    ...startOptions,
  },
  { additionalProperties: false },
);
export const StartTrackRecordingBody = Type.Object(
  { roomId: RoomId, participantId: ParticipantId, kind: TrackKind, ...startOptions },
  { additionalProperties: false },
);
export const StopTrackRecordingBody = Type.Object(
  { roomId: RoomId, participantId: ParticipantId, kind: TrackKind },
  { additionalProperties: false },
);

export const RecordingStatus = Type.Union([
  Type.Literal('starting'),
  Type.Literal('running'),
  Type.Literal('paused'),
  Type.Literal('stopping'),
  Type.Literal('completed'),
  Type.Literal('failed'),
]);
export type RecordingStatus = Static<typeof RecordingStatus>;

export const RecordingFile = Type.Object({
  id: Type.String(),
  filePath: Type.String({ description: 'Path on the runtime’s machine' }),
  fileUrl: Type.String({
    description: 'Download; needs the server key or a token, or the signed query it holds',
  }),
  size: Type.Number({ description: 'Bytes' }),
  type: Type.Union([Type.Literal('video'), Type.Literal('audio')]),
  meta: Type.Object({
    resolution: Type.Union([Type.Object({ width: Type.Number(), height: Type.Number() }), Type.Null()]),
    format: Type.String(),
    duration: Type.Number({ description: 'Seconds' }),
    videoCodec: Type.Union([Type.String(), Type.Null()]),
    audioCodec: Type.Union([Type.String(), Type.Null()]),
    /** Where the file begins and ends on the session clock, in milliseconds. */
    startMs: Type.Number(),
    endMs: Type.Number(),
  }),
  createdAt: Type.String(),
  updatedAt: Type.String(),
});
export type RecordingFile = Static<typeof RecordingFile>;

export const Recording = Type.Object({
  id: Type.String(),
  recordingId: Type.String(),
  stepId: Type.String(),
  roomId: Type.String(),
  meetingId: Type.String(),
  sessionId: Type.String(),
  /** Null when it is of more than one. */
  participantId: Type.Union([Type.String(), Type.Null()]),
  participantName: Type.Union([Type.String(), Type.Null()]),
  /** `meeting`: the whole room; `composite`: chosen participants in one picture. */
  mode: Type.Union([
    Type.Literal('participant'),
    Type.Literal('track'),
    Type.Literal('meeting'),
    Type.Literal('composite'),
  ]),
  kind: Type.String({ description: 'audio_video or audio; the track kind for a track' }),
  fileFormat: Type.String(),
  status: RecordingStatus,
  start: Type.String(),
  end: Type.Union([Type.String(), Type.Null()]),
  files: Type.Array(RecordingFile),
  /** Why it failed, when it did. */
  error: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()]),
  webhook: Type.Object({
    totalCount: Type.Integer(),
    successCount: Type.Integer(),
    data: Type.Array(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'One delivery; url and lastError for the server key and crawler tokens only',
      }),
    ),
  }),
  metadata: Type.Unknown(),
  region: Type.String(),
});
export type Recording = Static<typeof Recording>;

const fileOf = {
  userId: Type.String(),
  fileId: Nullable(Type.String()),
  /** The finished file; null while it is being recorded. */
  file: Nullable(RecordingFile),
  createdAt: Type.String(),
  updatedAt: Type.String(),
};

/** A recording of the room, or of chosen participants, in one picture and one mix: VideoSDK's keys and ours. */
export const ComposedRecording = Type.Object({
  ...Recording.properties,
  ...fileOf,
  config: CompositionConfig,
  /** Of whom; null for everybody. */
  participants: Nullable(ComposedParticipants),
});
export type ComposedRecording = Static<typeof ComposedRecording>;

const Channel = Type.Array(
  Type.Object(
    { participantId: ParticipantId, recordingId: Type.Optional(Type.String({ maxLength: 64 })) },
    { additionalProperties: false },
  ),
  {
    minItems: 1,
    maxItems: 25,
    description: 'Without recordingId: all finished recordings of the participant',
  },
);
export type MergeChannel = Static<typeof Channel>;

/** The sound of chosen participants in one stereo file: `channel1` on the left, `channel2` on the right. */
export const MergeRecordingsBody = Type.Object(
  {
    sessionId: Type.String({ maxLength: 64 }),
    channel1: Channel,
    channel2: Channel,
    /** Whether recordings of participants (when left out) or of their audio tracks are taken. */
    type: Type.Optional(Type.Union([Type.Literal('participant'), Type.Literal('track')])),
    fileFormat: Type.Optional(
      Type.Union([Type.Literal('mp3'), Type.Literal('m4a')], { description: 'mp3 when left out' }),
    ),
    webhookUrl: startOptions.webhookUrl,
    dirPath: folder,
    bucketDirPath: folder,
    metadata: startOptions.metadata,
  },
  { additionalProperties: false },
);
export type MergeRecordingsBody = Static<typeof MergeRecordingsBody>;

export const MergeRecording = Type.Object({
  ...fileOf,
  id: Type.String(),
  recordingId: Type.String({ description: 'The same as id' }),
  roomId: Type.String(),
  meetingId: Type.String(),
  sessionId: Type.String(),
  channel1: Channel,
  channel2: Channel,
  type: Type.Union([Type.Literal('participant'), Type.Literal('track')]),
  fileFormat: Type.String(),
  start: Type.String(),
  end: Nullable(Type.String()),
  status: RecordingStatus,
  error: Recording.properties.error,
  webhook: Recording.properties.webhook,
  metadata: Type.Unknown(),
  region: Type.String(),
});
export type MergeRecording = Static<typeof MergeRecording>;
