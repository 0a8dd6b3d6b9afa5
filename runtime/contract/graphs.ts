import { Type, type Static } from 'typebox';
import { eventTypes, type EventType } from './events.ts';
import { RoomId } from './names.ts';
import { Nullable } from './nullable.ts';
import { StepState, stepParams, type StepType } from './steps.ts';

/** The version of the document that this runtime writes, and the newest that it reads. */
export const graphDocumentVersion = 1;

/** Names a node within its document; references begin with it. */
export const nodeIdPattern = '^[A-Za-z][A-Za-z0-9_-]{0,63}$';
const NodeId = Type.String({
  pattern: nodeIdPattern,
  description: 'Name of a node of this document',
});

/** `$joined.participantId`: a path into what a node before this one has told. `$$` stands for a dollar sign itself. */
export const referencePattern = '^\\$[A-Za-z][A-Za-z0-9_-]{0,63}(\\.[A-Za-z0-9_-]+)+$';

/** For what an instance stands, and so when it ends: when the room is closed, the session over, the participant gone, the track gone. */
export const GraphScope = Type.Union([
  Type.Literal('room'),
  Type.Literal('session'),
  Type.Literal('participant'),
  Type.Literal('track'),
]);
export type GraphScope = Static<typeof GraphScope>;

/**
 * What a value of the event must be: equal, or like a pattern in which `*` stands for any text, or one of several. An
 * object is compared key by key, so `metaData: { role: 'host' }` asks for that key alone.
 */
export type GraphCondition =
  | string
  | number
  | boolean
  | null
  | readonly (string | number | boolean | null)[]
  | { readonly [key: string]: GraphCondition };

/** Starts an instance of the graph for each event that matches, or ends steps that name it in `until`. */
export type EventNode = {
  on: EventType;
  /** Left out: the narrowest that the event can tell, see `defaultScopeOf`. */
  scope?: GraphScope;
  /** All must hold. Keys are those of the event's data. */
  where?: { readonly [key: string]: GraphCondition };
  description?: string;
};

/**
 * What becomes of a step that fails. `retry` starts it anew, and what it feeds, after a pause that doubles (at most a
 * minute), `limit` times, and then does `then`. `ignore` lets the others go on; `stop-graph` ends the instance as failed.
 */
export type RestartPolicy = {
  policy: 'retry' | 'ignore' | 'stop-graph';
  /** 3 when left out. */
  limit?: number;
  /** The first pause, milliseconds; 1000 when left out. */
  backoffMs?: number;
  /** After the last attempt; `ignore` when left out. */
  then?: 'ignore' | 'stop-graph';
};

/** A processing step of the graph. */
export type StepNode = {
  do: StepType;
  /** The event node that starts it, or the step node that feeds it: `tap`, or `tap.frames` to name the port. */
  from: string;
  /** Params of the step type; a text that is a reference is replaced by what it points to. */
  with?: Record<string, unknown>;
  /** An event node: when it matches within the instance's scope, this step, and what it feeds, is stopped. */
  until?: string;
  restart?: RestartPolicy;
  description?: string;
};

export type GraphNode = EventNode | StepNode;
export const isEventNode = (node: GraphNode): node is EventNode => 'on' in node;

/**
 * A graph as one document: what happens in meetings (`on`) and what is to be done then (`do`). An *instance* is one
 * event node that has matched, with the step nodes below it, for one room, session, participant or track.
 */
export type GraphDocument = {
  /** For editors: where the JSON schema is. */
  $schema?: string;
  version: typeof graphDocumentVersion;
  name: string;
  description?: string;
  nodes: Record<string, GraphNode>;
};

/** Everything that can be wrong with a document. Codes are never renamed. */
export const graphProblemCodes = [
  'not-a-document',
  'unsupported-version',
  'missing-property',
  'unknown-property',
  'invalid-value',
  'invalid-node-id',
  'empty-graph',
  'unknown-event',
  'unknown-step',
  'unknown-node',
  'unknown-port',
  'port-mismatch',
  'cycle',
  'unreachable-node',
  'missing-param',
  'unknown-param',
  'invalid-param',
  'dangling-reference',
  'reference-mismatch',
  'event-cannot-feed',
  'scope-mismatch',
  'invalid-condition',
] as const;
export type GraphProblemCode = (typeof graphProblemCodes)[number];

/** One thing that is wrong: where (a JSON pointer into the document), what was found there, and what to do. */
export const GraphProblem = Type.Object({
  code: Type.Unsafe<GraphProblemCode>(
    Type.String({ enum: [...graphProblemCodes], description: 'Stable code of the problem' }),
  ),
  pointer: Type.String({ description: 'JSON pointer into the document (RFC 6901)' }),
  message: Type.String(),
  received: Type.Unknown({ description: 'The value that stands there; null for one that is missing' }),
  suggestion: Type.Union([Type.String(), Type.Null()], {
    description: 'What to write instead, where it can be told',
  }),
});
export type GraphProblem = Static<typeof GraphProblem>;

export const ValidateGraphBody = Type.Object(
  { document: Type.Unknown({ description: 'A graph document' }) },
  { additionalProperties: false },
);
export const GraphValidation = Type.Object({ valid: Type.Boolean(), problems: Type.Array(GraphProblem) });
export type GraphValidation = Static<typeof GraphValidation>;

export const CreateGraphBody = Type.Object(
  {
    document: Type.Unknown({ description: 'A graph document' }),
    enabled: Type.Optional(Type.Boolean({ description: 'Runs from now on; true when left out' })),
    roomId: Type.Optional(
      Type.Union([RoomId, Type.Null()], {
        description: 'Runs in this room only; in all rooms when left out',
      }),
    ),
    includePresent: Type.Optional(
      Type.Boolean({
        description:
          'Sessions, participants and tracks that are there when it is enabled count as having come just now; true when left out',
      }),
    ),
    replace: Type.Optional(
      Type.Boolean({
        description:
          'Takes the place of the graph of the same name for the same room, and keeps its id, where there is one; false when left out',
      }),
    ),
    callbackUrl: Type.Optional(
      Type.String({
        format: 'uri',
        maxLength: 2000,
        pattern: '^https?://',
        description:
          'Called once, with the graph as its body, when an instance has ended from now on and no other runs any more; or, once the graph is disabled or deleted, when nothing of it runs',
      }),
    ),
  },
  { additionalProperties: false },
);
export type CreateGraphBody = Static<typeof CreateGraphBody>;

export const UpdateGraphBody = Type.Object(
  {
    document: Type.Optional(
      Type.Unknown({ description: 'Instances that run finish on the document they have' }),
    ),
    roomId: Type.Optional(Type.Union([RoomId, Type.Null()])),
  },
  { additionalProperties: false },
);
export type UpdateGraphBody = Static<typeof UpdateGraphBody>;

/** A stored graph. Stream keys in its document are shown as hidden. */
export const Graph = Type.Object({
  id: Type.String(),
  graphId: Type.String({ description: 'The same as id' }),
  name: Type.String(),
  description: Type.String(),
  enabled: Type.Boolean(),
  roomId: Nullable(Type.String()),
  revision: Type.Integer({ description: 'Grows with each change of the document' }),
  document: Type.Unsafe<GraphDocument>(Type.Object({}, { additionalProperties: true })),
  runningInstances: Type.Integer(),
  createdAt: Type.String(),
  updatedAt: Type.String(),
});
export type Graph = Static<typeof Graph>;

/** The last three are final. */
export const InstanceState = Type.Union([
  Type.Literal('running'),
  Type.Literal('stopping'),
  Type.Literal('finished'),
  Type.Literal('failed'),
  Type.Literal('cancelled'),
]);
export type InstanceState = Static<typeof InstanceState>;

/** `waiting`: for what feeds it, or for its next attempt; else the state of its step. */
export const InstanceNodeState = Type.Union([Type.Literal('waiting'), ...StepState.anyOf]);
export type InstanceNodeState = Static<typeof InstanceNodeState>;

export const GraphInstanceNode = Type.Object({
  nodeId: Type.String(),
  step: Type.String({ description: 'Step type' }),
  from: Type.String({ description: 'nodeId of what starts or feeds it' }),
  stepId: Nullable(Type.String({ description: 'Of its latest attempt' })),
  state: InstanceNodeState,
  attempts: Type.Integer(),
  reason: Type.String(),
  nextAttemptAt: Nullable(Type.String()),
});
export type GraphInstanceNode = Static<typeof GraphInstanceNode>;

export const GraphInstance = Type.Object({
  id: Type.String(),
  instanceId: Type.String({ description: 'The same as id' }),
  graphId: Type.String(),
  graphName: Type.String(),
  revision: Type.Integer(),
  roomId: Type.String(),
  sessionId: Nullable(Type.String()),
  nodeId: Type.String({ description: 'The event node that matched' }),
  scope: GraphScope,
  scopeId: Type.String({ description: 'Id of the room, session, participant or track that it is for' }),
  event: Type.Object({
    id: Type.String(),
    type: Type.String(),
    at: Type.String(),
    data: Type.Record(Type.String(), Type.Unknown()),
  }),
  state: InstanceState,
  reason: Type.String(),
  startedAt: Type.String(),
  endedAt: Nullable(Type.String()),
  nodes: Type.Array(GraphInstanceNode),
});
export type GraphInstance = Static<typeof GraphInstance>;

/** The steps that a graph can hold: all that can be posted. */
export const graphStepTypes = Object.keys(stepParams).filter(
  (type) => type !== 'publish',
) as readonly StepType[];
/** The events that an event node can be `on`: all but what graphs themselves cause to be told. */
export const graphEventTypes = eventTypes.filter(
  (type) => !['step-changed', 'graph-instance-changed', 'test-event'].includes(type),
);

const trackEvents: readonly EventType[] = [
  'track-published',
  'track-unpublished',
  'track-muted',
  'track-unmuted',
];
const roomEvents: readonly EventType[] = ['room-created', 'room-closed'];
const participantEvents: readonly EventType[] = [
  'participant-joined',
  'participant-left',
  'participant-reconnecting',
  'participant-reconnected',
  'participant-mode-changed',
  'hand-raised',
  'hand-lowered',
  'stage-invited',
];

/** What an instance stands for when its event node does not say. Pure. */
export function defaultScopeOf(type: EventType): GraphScope {
  if (trackEvents.includes(type)) {
    return 'track';
  }
  if (participantEvents.includes(type)) {
    return 'participant';
  }
  return roomEvents.includes(type) ? 'room' : 'session';
}

export { NodeId };
