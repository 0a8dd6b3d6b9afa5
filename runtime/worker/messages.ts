import { Type, type Static, type TSchema } from 'typebox';
import type { CompositionLook, ErrorBody, IceCandidate } from '../contract/index.ts';
import type { RecordedFile, SpeechSettings } from '../media/index.ts';
import type { MediaEvent } from '../rooms/index.ts';
import type { SessionCounters } from '../graph/index.ts';
import type { CompositionRequest, StepReport, StepUpdate } from '../steps/index.ts';
import type { PacketPathName } from '../webrtc/index.ts';
import { ParticipantMode, TrackKind } from '../contract/index.ts';

/**
 * The border between control and a media worker. Messages are plain JSON and idempotent, so that the same
 * ones can cross a broker between machines later. Commands carry an id and are answered once, in order of
 * completion; reports come unasked.
 */
const inSession = { sessionId: Type.String() };
const ofParticipant = { ...inSession, participantId: Type.String() };
const OwnTrack = Type.Object({ trackId: Type.String(), muted: Type.Boolean() });
const ofStep = { ...inSession, stepId: Type.String() };

export const workerCommands = {
  'open-session': Type.Object({
    ...inSession,
    roomId: Type.String(),
    startedAtMs: Type.Number(),
    maxForwardedSpeakers: Type.Integer({ minimum: 0 }),
  }),
  'close-session': Type.Object(inSession),
  /** For one who is there already: the name or the mode has changed. */
  'open-participant': Type.Object({
    ...ofParticipant,
    name: Type.String(),
    mode: ParticipantMode,
    serverSide: Type.Union([Type.Object({ audio: OwnTrack, video: OwnTrack }), Type.Null()]),
  }),
  'close-participant': Type.Object(ofParticipant),
  'start-media': Type.Object(ofParticipant),
  publish: Type.Object({
    ...ofParticipant,
    sdp: Type.String(),
    tracks: Type.Array(
      Type.Object({ mid: Type.String(), trackId: Type.String(), kind: TrackKind, muted: Type.Boolean() }),
    ),
  }),
  watch: Type.Object({ ...ofParticipant, sdp: Type.String(), trackIds: Type.Array(Type.String()) }),
  'accept-answer': Type.Object({ ...ofParticipant, offerId: Type.Integer(), sdp: Type.String() }),
  'add-candidate': Type.Object({
    ...ofParticipant,
    connection: Type.Union([Type.Literal('publish'), Type.Literal('subscribe')]),
    candidate: Type.Unsafe<IceCandidate>(Type.Object({ candidate: Type.String() })),
  }),
  'set-muted': Type.Object({ ...ofParticipant, kind: TrackKind, muted: Type.Boolean() }),
  'set-pins': Type.Object({ ...inSession, pinnedIds: Type.Array(Type.String()) }),
  prefer: Type.Object({
    ...ofParticipant,
    trackId: Type.String(),
    layer: Type.Optional(Type.Union([Type.Literal('low'), Type.Literal('med'), Type.Literal('high')])),
    paused: Type.Optional(Type.Boolean()),
  }),
  'start-step': Type.Object({
    ...ofStep,
    type: Type.String(),
    params: Type.Record(Type.String(), Type.Unknown()),
    part: Type.Integer({ minimum: 1 }),
    directory: Type.String(),
    composition: Type.Unsafe<({ id: string } & CompositionRequest) | null>(
      Type.Union([Type.Object({ id: Type.String(), config: Type.Object({}) }), Type.Null()]),
    ),
  }),
  'stop-step': Type.Object({ ...ofStep, reason: Type.String() }),
  'pause-step': Type.Object(ofStep),
  'resume-step': Type.Object(ofStep),
  'command-step': Type.Object({
    ...ofStep,
    command: Type.Unsafe<StepUpdate>(Type.Object({ kind: Type.String() })),
  }),
  /** Comes with the connection of a client that asks for a WebSocket; see {@link HandedConnection}. */
  'connect-step': Type.Object({
    ...ofStep,
    headers: Type.Record(Type.String(), Type.String()),
    query: Type.Record(Type.String(), Type.Unknown()),
    /** Base64. */
    head: Type.String(),
  }),
  /** Its images are named by where they have been fetched to. */
  'update-look': Type.Object({ ...ofStep, look: Type.Unsafe<CompositionLook>(Type.Object({})) }),
  /** Completes a file that a killed worker left open. */
  'recover-file': Type.Object({ path: Type.String(), startMs: Type.Number() }),
  /** Makes one file of the parts that a recording was left in. */
  'join-files': Type.Object({
    parts: Type.Array(Type.Object({ path: Type.String(), startMs: Type.Number(), pausedMs: Type.Number() }), {
      minItems: 1,
    }),
    path: Type.String(),
  }),
  /** What the session's people have sent: asked for while somebody looks at its picture. */
  'session-counters': Type.Object(inSession),
  statistics: Type.Object({}),
  shutdown: Type.Object({}),
} as const satisfies Record<string, TSchema>;

export type WorkerCommand = keyof typeof workerCommands;
export type CommandParams<C extends WorkerCommand> = Static<(typeof workerCommands)[C]>;

/** What commands answer; the others answer nothing. */
export type CommandResults = {
  publish: { sdp: string };
  watch: { sdp: string };
  'recover-file': { file: RecordedFile | null };
  'join-files': { file: RecordedFile | null };
  'session-counters': SessionCounters;
  statistics: WorkerStatistics;
};
export type CommandResult<C extends WorkerCommand> = C extends keyof CommandResults
  ? CommandResults[C]
  : null;

export type WorkerStatistics = {
  sessions: number;
  participants: number;
  packetsReceived: number;
  packetsSent: number;
  bytesReceived: number;
  bytesSent: number;
  /** Datagrams to its `udpPort` that belonged to nobody. */
  refusedDatagrams: number;
  /** User and system time since start, microseconds. */
  cpuMicros: number;
  rssBytes: number;
  /** Of the event loop: the 99th percentile of the last second or longer; null before the first is over. */
  eventLoopDelayMs: number | null;
  /** Of the compositions that run now. */
  compositions: CompositionStatistics;
  /** Microphones that are not forwarded now, because others in their room are louder. */
  heldBackTracks: number;
};

/** What compositors have made, and how they fared. */
export type CompositionStatistics = {
  count: number;
  picturesMade: number;
  picturesLate: number;
  picturesRepeated: number;
  picturesLeftOut: number;
  sourceFramesDropped: number;
  restarts: number;
};

export type ToWorker = { id: number; command: WorkerCommand; params: unknown };

export type FromWorker =
  | { type: 'ready' }
  | { type: 'result'; id: number; result: unknown }
  | { type: 'error'; id: number; error: ErrorBody }
  | { type: 'media'; event: MediaEvent }
  | { type: 'step'; sessionId: string; stepId: string; part: number; report: StepReport }
  | {
      type: 'log';
      level: 'debug' | 'info' | 'warn' | 'error';
      message: string;
      fields: Record<string, unknown>;
    };

/** The environment variable that hands {@link WorkerSettings} to a worker, as JSON. */
export const settingsVariable = 'ROOMFLOW_WORKER_SETTINGS';

/** What a worker process needs to know from its start on. */
export type WorkerSettings = {
  bindAddresses: string[];
  announcedAddresses: string[];
  udpPortRange: { min: number; max: number } | null;
  /** One port for all peers of the worker, which is the first worker's until the pool gives each its own. */
  udpPort: number | null;
  iceServers: { urls: string | string[]; username?: string; credential?: string }[];
  packetPath: PacketPathName;
  /** Where callers may let steps connect to; the entries of the setting of that name. */
  outboundAllowList: string[];
  /** Recognisers and voices; secrets are in it. */
  speech: SpeechSettings;
  /** Check each command against its schema: in development and tests. */
  validateMessages: boolean;
};
