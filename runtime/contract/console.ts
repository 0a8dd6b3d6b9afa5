import { Type, type Static } from 'typebox';
import { Nullable } from './nullable.ts';
import { StepState } from './steps.ts';

/** What stands in the picture of a session or of a document: from the left to the right. */
export const PictureNodeKind = Type.Union([
  Type.Literal('event'),
  Type.Literal('person'),
  Type.Literal('track'),
  Type.Literal('step'),
  Type.Literal('asset'),
]);
export type PictureNodeKind = Static<typeof PictureNodeKind>;

/** A person, track, step or asset of a session, as it is drawn. */
export const PictureNode = Type.Object({
  id: Type.String({ description: 'Within the picture, and the same as long as it stands in it' }),
  kind: PictureNodeKind,
  type: Type.Optional(Type.String({ description: 'Step type, track kind or asset type' })),
  label: Type.String(),
  detail: Type.String({ description: 'One line below the label; may be empty' }),
  /** `connected`, `reconnecting` for people; `live`, `muted` for tracks; the step's; the asset's status. */
  state: Type.String(),
  isServerSide: Type.Optional(Type.Boolean()),
  participantId: Type.Optional(Type.String()),
  trackId: Type.Optional(Type.String()),
  stepId: Type.Optional(Type.String()),
  assetType: Type.Optional(
    Type.Union([
      Type.Literal('recording'),
      Type.Literal('hls'),
      Type.Literal('livestream'),
      Type.Literal('transcription'),
      Type.Literal('tap'),
    ]),
  ),
  assetId: Type.Optional(Type.String({ description: 'recordingId, hlsId …, to ask for it' })),
  instanceId: Type.Optional(Type.String({ description: 'Of a step that a graph runs' })),
  graphName: Type.Optional(Type.String()),
  nodeId: Type.Optional(Type.String({ description: 'In that graph' })),
});
export type PictureNode = Static<typeof PictureNode>;

/** What flows, measured over the last second; null where it is not known. */
export const PictureEdge = Type.Object({
  id: Type.String(),
  from: Type.String(),
  to: Type.String(),
  label: Type.String({ description: 'audio, video …; may be empty' }),
  bitrateBps: Nullable(Type.Number()),
  fps: Nullable(Type.Number()),
  queueDepth: Nullable(Type.Number({ description: 'What waits in front of the destination' })),
  dropped: Nullable(Type.Number({ description: 'Since the step began' })),
});
export type PictureEdge = Static<typeof PictureEdge>;

/** A session as a graph: who is there, what they send, what becomes of it. */
export const SessionPicture = Type.Object({
  roomId: Type.String(),
  sessionId: Type.String(),
  at: Type.String(),
  isLive: Type.Boolean(),
  nodes: Type.Array(PictureNode),
  edges: Type.Array(PictureEdge),
});
export type SessionPicture = Static<typeof SessionPicture>;

/** A graph document as it is drawn: its events, what they start, what feeds what, and what ends it. */
export const DocumentDiagram = Type.Object({
  nodes: Type.Array(
    Type.Object({
      id: Type.String({ description: 'Name of the node in the document' }),
      kind: PictureNodeKind,
      type: Type.Optional(Type.String({ description: 'Event type or step type' })),
      label: Type.String(),
      detail: Type.String(),
      state: Type.String({ description: 'Empty: a document does not run' }),
    }),
  ),
  edges: Type.Array(
    Type.Object({
      id: Type.String(),
      from: Type.String(),
      to: Type.String(),
      label: Type.String({ description: 'Port of what feeds; may be empty' }),
      isEnd: Type.Optional(Type.Boolean({ description: 'It ends the step instead of feeding it' })),
    }),
  ),
});
export type DocumentDiagram = Static<typeof DocumentDiagram>;

/** What has been logged about a step, oldest first; the last lines only. */
export const StepLog = Type.Object({
  transitions: Type.Array(
    Type.Object({ from: StepState, to: StepState, reason: Type.String(), at: Type.String() }),
  ),
  lines: Type.Array(Type.Object({ at: Type.String(), level: Type.String(), message: Type.String() })),
});
export type StepLog = Static<typeof StepLog>;

/** How a media worker, or control itself, fares. */
export const ProcessHealth = Type.Object({
  name: Type.String({ description: 'control, worker 1 …' }),
  pid: Nullable(Type.Integer()),
  state: Type.Union([Type.Literal('ready'), Type.Literal('starting'), Type.Literal('lost')]),
  startedAt: Nullable(Type.String()),
  restarts: Type.Integer(),
  /** Of one core, over the last second or longer. */
  cpuShare: Nullable(Type.Number()),
  rssBytes: Nullable(Type.Integer()),
  eventLoopDelayMs: Nullable(Type.Number({ description: 'p99 of the last second or longer' })),
  sessions: Type.Integer(),
  participants: Type.Integer(),
  compositions: Type.Integer(),
});
export type ProcessHealth = Static<typeof ProcessHealth>;
