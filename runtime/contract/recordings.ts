import { Type, type Static } from 'typebox';
import { ParticipantId, RoomId, TrackKind } from './names.ts';

export const RecordingMode = Type.Union([Type.Literal('video-and-audio'), Type.Literal('audio')]);
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
  metadata: Type.Optional(Type.Unknown()),
};

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
  participantId: Type.String(),
  participantName: Type.String(),
  /** `meeting`: the whole room; `composite`: chosen participants in one picture. */
  mode: Type.Union([
    Type.Literal('participant'),
    Type.Literal('track'),
    Type.Literal('meeting'),
    Type.Literal('composite'),
  ]),
  kind: Type.String({ description: 'audio_video or audio for a participant; the track kind for a track' }),
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
