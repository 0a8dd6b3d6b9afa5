import { Type, type Static, type TObject, type TProperties, type TSchema } from 'typebox';
import { Gift, Poll, Question } from './audience.ts';
import { Permission, TrackKind } from './names.ts';
import { PlayStatus } from './plays.ts';
import { TranscribedWord } from './speech.ts';

const scope = {
  roomId: Type.String(),
  meetingId: Type.String({ description: 'The room id under its VideoSDK name' }),
  sessionId: Type.String(),
};
const participant = { participantId: Type.String(), participantName: Type.String() };
const track = { ...participant, trackId: Type.String(), kind: TrackKind };
const roomRecording = { recordingId: Type.String(), stepId: Type.String() };
/** `recordingId` is the same as `id`. */
const merge = { id: Type.String(), recordingId: Type.String() };
const livestream = { livestreamId: Type.String(), stepId: Type.String() };
const hls = { hlsId: Type.String(), stepId: Type.String() };
const playback = {
  playbackHlsUrl: Type.String(),
  livestreamUrl: Type.String(),
  downstreamUrl: Type.String(),
};
/** `id` and `type` are VideoSDK's. */
const transcription = {
  id: Type.String(),
  transcriptionId: Type.String({ description: 'The same as id' }),
  type: Type.Union([Type.Literal('realtime'), Type.Literal('post')]),
  stepId: Type.Union([Type.String(), Type.Null()]),
  recordingId: Type.Union([Type.String(), Type.Null()]),
};
const play = { playId: Type.String(), stepId: Type.Union([Type.String(), Type.Null()]), ...participant };
/** `fileUrl` is a download; it lasts as long as the operator keeps what taps leave behind. */
const tapped = {
  stepId: Type.String(),
  ...participant,
  kind: TrackKind,
  startMs: Type.Number({ description: 'Milliseconds on the session clock' }),
  filePath: Type.String(),
  fileUrl: Type.String(),
  mimeType: Type.String(),
  size: Type.Number({ description: 'Bytes' }),
};
const recording = { recordingId: Type.String(), stepId: Type.String(), participantId: Type.String() };
const file = Type.Object({
  filePath: Type.String(),
  fileUrl: Type.String(),
  size: Type.Number({ description: 'Bytes' }),
  durationSeconds: Type.Number(),
  videoCodec: Type.Optional(Type.String()),
  audioCodec: Type.Optional(Type.String()),
});
const failure = { code: Type.String(), message: Type.String() };
const scoped = <P extends TProperties>(properties: P): TObject<typeof scope & P> =>
  Type.Object({ ...scope, ...properties });

/**
 * Every event type and the schema of its `data`. Names and keys are VideoSDK's webhooks' where it has the
 * event (user-webhooks page); the others are ours, in the same style.
 */
export const eventSchemas = {
  'session-started': scoped({ start: Type.String() }),
  'session-ended': scoped({ start: Type.String(), end: Type.String(), reason: Type.String() }),
  'participant-joined': scoped({
    ...participant,
    mode: Type.String(),
    permissions: Type.Array(Permission),
    metaData: Type.Unknown(),
  }),
  'participant-left': scoped({ ...participant, reason: Type.String() }),
  'participant-reconnecting': scoped(participant),
  'participant-reconnected': scoped(participant),
  'participant-mode-changed': scoped({ ...participant, mode: Type.String() }),
  'entry-requested': scoped(participant),
  'entry-responded': scoped({
    ...participant,
    decision: Type.Union([Type.Literal('allowed'), Type.Literal('denied')]),
  }),
  'track-published': scoped({ ...track, codec: Type.String() }),
  'track-unpublished': scoped(track),
  'track-muted': scoped(track),
  'track-unmuted': scoped(track),
  'speaker-changed': scoped({ participantId: Type.Union([Type.String(), Type.Null()]) }),
  'message-sent': scoped({
    messageId: Type.String(),
    topic: Type.String(),
    message: Type.String(),
    senderId: Type.String(),
    senderName: Type.String(),
    payload: Type.Unknown(),
  }),
  'participant-recording-starting': scoped({ ...recording, fileFormat: Type.String() }),
  'participant-recording-started': scoped({ ...recording, fileFormat: Type.String() }),
  'participant-recording-stopping': scoped({ ...recording, fileFormat: Type.String() }),
  'participant-recording-stopped': scoped({ ...recording, fileDetails: Type.Array(file) }),
  'participant-recording-failed': scoped({ ...recording, ...failure }),
  'participant-track-recording-starting': scoped({ ...recording, kind: TrackKind }),
  'participant-track-recording-started': scoped({ ...recording, kind: TrackKind }),
  'participant-track-recording-stopping': scoped({ ...recording, kind: TrackKind }),
  'participant-track-recording-stopped': scoped({
    ...recording,
    kind: TrackKind,
    fileDetails: Type.Array(file),
  }),
  'participant-track-recording-failed': scoped({ ...recording, kind: TrackKind, ...failure }),
  // participantId is left out for recordings of the room.
  'recording-paused': scoped({ ...roomRecording, participantId: Type.Optional(Type.String()) }),
  'recording-resumed': scoped({ ...roomRecording, participantId: Type.Optional(Type.String()) }),
  'recording-starting': scoped(roomRecording),
  'recording-started': scoped(roomRecording),
  'recording-stopping': scoped(roomRecording),
  'recording-stopped': scoped({
    ...roomRecording,
    filePath: Type.String(),
    fileUrl: Type.String(),
    fileDetails: Type.Array(file),
  }),
  'recording-failed': scoped({ ...roomRecording, ...failure }),
  'composite-recording-starting': scoped(roomRecording),
  'composite-recording-started': scoped(roomRecording),
  'composite-recording-stopping': scoped(roomRecording),
  'composite-recording-stopped': scoped({
    ...roomRecording,
    filePath: Type.String(),
    fileUrl: Type.String(),
    fileDetails: Type.Array(file),
  }),
  'composite-recording-failed': scoped({ ...roomRecording, ...failure }),
  'merge-recording-completed': scoped({ ...merge, filePath: Type.String(), fileUrl: Type.String() }),
  'merge-recording-failed': scoped({ ...merge, ...failure }),
  'livestream-starting': scoped(livestream),
  'livestream-started': scoped(livestream),
  'livestream-stopping': scoped(livestream),
  'livestream-stopped': scoped(livestream),
  'livestream-failed': scoped({ ...livestream, ...failure }),
  /** One destination came up, was lost, or was given up; the others go on. `url` is without its key. */
  'livestream-output-changed': scoped({
    ...livestream,
    outputId: Type.String(),
    url: Type.String(),
    state: Type.String(),
    retries: Type.Integer(),
    message: Type.String(),
  }),
  'hls-starting': scoped(hls),
  'hls-started': scoped({ ...hls, ...playback }),
  'hls-playable': scoped({ ...hls, ...playback }),
  'hls-stopping': scoped(hls),
  'hls-stopped': scoped({ ...hls, ...playback, duration: Type.Number() }),
  'hls-failed': scoped({ ...hls, ...failure }),
  'transcription-starting': scoped(transcription),
  'transcription-started': scoped(transcription),
  'transcription-stopping': scoped(transcription),
  'transcription-stopped': scoped(transcription),
  /** The whole transcript is there: its files, and the summary when one was asked for. */
  'transcription-completed': scoped({
    ...transcription,
    transcriptionFilePaths: Type.Record(Type.String(), Type.String()),
    summarizedFilePaths: Type.Record(Type.String(), Type.String()),
    segments: Type.Integer(),
    summary: Type.Union([Type.String(), Type.Null()]),
  }),
  'transcription-failed': scoped({ ...transcription, ...failure }),
  /** Somebody has said something, or (`isFinal: false`) is saying it. Times are on the session clock. */
  'transcription-text': scoped({
    ...transcription,
    ...participant,
    segmentId: Type.String(),
    text: Type.String(),
    isFinal: Type.Boolean(),
    startMs: Type.Number(),
    endMs: Type.Number(),
    language: Type.Union([Type.String(), Type.Null()]),
    words: Type.Optional(Type.Array(TranscribedWord)),
    timestamp: Type.Number({ description: 'VideoSDK: milliseconds since 1970' }),
  }),
  /** Speech that could not be transcribed as it was spoken, and why; or that now was, from a recording. */
  'transcription-gap': scoped({
    ...transcription,
    ...participant,
    startMs: Type.Number(),
    endMs: Type.Number(),
    filled: Type.Boolean(),
    ...failure,
  }),
  'tap-audio': scoped({ ...tapped, endMs: Type.Number() }),
  'tap-frame': scoped({
    ...tapped,
    width: Type.Integer(),
    height: Type.Integer(),
    sceneChange: Type.Boolean(),
  }),
  'play-started': scoped(play),
  /** Over, for whatever reason: `status` says which. */
  'play-finished': scoped({
    ...play,
    status: PlayStatus,
    playedMs: Type.Number(),
    error: Type.Union([Type.Object(failure), Type.Null()]),
  }),
  'composition-changed': scoped({ stepId: Type.String(), config: Type.Unknown() }),
  'pin-state-changed': scoped({ pinnedIds: Type.Array(Type.String()) }),
  'poll-created': scoped({ pollId: Type.String(), poll: Poll }),
  'poll-voted': scoped({ pollId: Type.String(), optionId: Type.String(), ...participant, poll: Poll }),
  'poll-closed': scoped({ pollId: Type.String(), poll: Poll }),
  'question-asked': scoped({ questionId: Type.String(), ...participant, question: Question }),
  'question-upvoted': scoped({ questionId: Type.String(), ...participant, question: Question }),
  'question-answered': scoped({ questionId: Type.String(), question: Question }),
  'gift-sent': scoped({ giftId: Type.String(), gift: Gift }),
  'hand-raised': scoped(participant),
  'hand-lowered': scoped(participant),
  'reaction-sent': scoped({ ...participant, reaction: Type.String() }),
  'stage-invited': scoped(participant),
  'step-changed': scoped({
    stepId: Type.String(),
    step: Type.String(),
    from: Type.String(),
    to: Type.String(),
    reason: Type.String(),
  }),
  /** A graph has begun to run for an event, and how it went on; `from` is empty for the first. */
  'graph-instance-changed': Type.Object({
    roomId: Type.String(),
    meetingId: Type.String(),
    graphId: Type.String(),
    graphName: Type.String(),
    instanceId: Type.String(),
    revision: Type.Integer(),
    nodeId: Type.String({ description: 'The event node that matched' }),
    from: Type.String(),
    to: Type.String(),
    reason: Type.String(),
  }),
  'room-created': Type.Object({ roomId: Type.String(), meetingId: Type.String() }),
  'room-closed': Type.Object({ roomId: Type.String(), meetingId: Type.String() }),
  'test-event': Type.Object({ roomId: Type.String(), meetingId: Type.String(), note: Type.String() }),
} as const satisfies Record<string, TSchema>;

export type EventType = keyof typeof eventSchemas;
export const eventTypes = Object.keys(eventSchemas) as readonly EventType[];
export type EventData<T extends EventType> = Static<(typeof eventSchemas)[T]>;

/**
 * One entry of the append-only event log. `epoch` names the log itself: it changes when the store is made
 * anew, so that a cursor of another log is recognised instead of hiding events. `seq` grows by one within
 * an epoch. `id` is the idempotency key.
 */
export type RoomflowEvent<T extends EventType = EventType> = {
  [K in T]: {
    epoch: string;
    seq: number;
    id: string;
    type: K;
    roomId: string;
    sessionId: string | null;
    /** ISO 8601, UTC. */
    at: string;
    data: EventData<K>;
  };
}[T];

export const EventEnvelope = Type.Object(
  {
    epoch: Type.String(),
    seq: Type.Integer({ minimum: 1 }),
    id: Type.String(),
    type: Type.String({ description: `One of: ${eventTypes.join(', ')}` }),
    roomId: Type.String(),
    sessionId: Type.Union([Type.String(), Type.Null()]),
    at: Type.String({ description: 'ISO 8601, UTC' }),
    data: Type.Record(Type.String(), Type.Unknown()),
  },
  { description: 'One entry of the event log' },
);

/** `<epoch>:<seq>`: everything up to and including `seq` was seen. `latest` starts at the end of the log. */
export const EventCursor = Type.String({
  pattern: '^([A-Za-z0-9_-]+:[0-9]{1,15}|latest|earliest)$',
  description:
    'epoch:seq as an earlier answer gave it, latest or earliest. Left out: earliest over HTTP, latest over WebSocket',
});

/** VideoSDK's webhook filters accept a trailing wildcard: `session*`, `*`. An empty list means all. */
export function matchesEventType(patterns: readonly string[], type: string): boolean {
  return (
    patterns.length === 0 ||
    patterns.some((pattern) =>
      pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type,
    )
  );
}
