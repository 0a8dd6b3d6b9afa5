import {
  trackKinds,
  type PictureEdge,
  type PictureNode,
  type SessionPicture,
  type Step,
  type TrackKind,
  type TrackView,
} from '../../contract/index.ts';
import { compositionRequestOf } from '../composition-request.ts';
import { stepSummary } from '../step-summary.ts';
import { unknownRate, type Rate } from './flow.ts';

export type PicturedPerson = {
  participantId: string;
  name: string;
  state: 'connected' | 'reconnecting' | 'left';
  isServerSide: boolean;
  tracks: readonly TrackView[];
};

/** What a step has left or leaves behind. */
export type PicturedAsset = {
  assetType: NonNullable<PictureNode['assetType']>;
  id: string;
  stepId: string | null;
  /** Of a transcript that is made of a recording. */
  recordingId: string | null;
  detail: string;
  status: string;
};

/** Which node of which graph runs a step. */
export type StepOrigin = { instanceId: string; graphName: string; nodeId: string };

export type PictureSources = {
  roomId: string;
  sessionId: string;
  /** ISO 8601. */
  at: string;
  isLive: boolean;
  /** In the order they came. */
  people: readonly PicturedPerson[];
  /** Oldest first. */
  steps: readonly Step[];
  assets: readonly PicturedAsset[];
  origins: ReadonlyMap<string, StepOrigin>;
  /** By trackId; what is not in it is not known. */
  trackRates: ReadonlyMap<string, Rate>;
  stepRates: ReadonlyMap<string, Rate>;
};

/** Beyond this many lines into the node of the room they would say less than its number does. */
const MOST_LINES_TO_ROOM = 12;
const ROOM_ID = 'room';

/**
 * A session as a graph: people with their tracks, steps with what they take, assets. Steps that take the whole room
 * hang on one node that stands for everybody, since lines from each track to each of them could not be told apart.
 * Pure.
 */
export function sessionPicture(sources: PictureSources): SessionPicture {
  const { roomId, sessionId, at, isLive, people, steps, assets } = sources;
  const edges = [
    ...people.flatMap((person) => personEdges(person, sources)),
    ...roomEdges(sources),
    ...steps.flatMap((step) => stepEdges(step, sources)),
    ...assets.flatMap((asset) => assetEdges(asset, sources)),
  ];
  return {
    roomId,
    sessionId,
    at,
    isLive,
    nodes: [
      ...people.map(personNode),
      ...people.flatMap((person) => person.tracks.map((track) => trackNode(person, track))),
      ...roomNodes(sources),
      ...steps.map((step) => stepNode(step, sources)),
      ...assets.map(assetNode),
    ],
    edges,
  };
}

const personId = (participantId: string): string => `person:${participantId}`;
const trackNodeId = (trackId: string): string => `track:${trackId}`;
const stepNodeId = (stepId: string): string => `step:${stepId}`;
const assetNodeId = ({ assetType, id }: Pick<PicturedAsset, 'assetType' | 'id'>): string =>
  `${assetType}:${id}`;

const trackLabels: Readonly<Record<TrackKind, string>> = {
  audio: 'Microphone',
  video: 'Camera',
  screen_audio: 'Screen sound',
  screen_video: 'Screen',
};
const assetLabels: Readonly<Record<PicturedAsset['assetType'], string>> = {
  recording: 'Recording',
  hls: 'HLS stream',
  livestream: 'Livestream',
  transcription: 'Transcript',
  tap: 'Tap files',
};
const assetEdgeLabels: Readonly<Record<PicturedAsset['assetType'], string>> = {
  recording: 'file',
  hls: 'segments',
  livestream: 'RTMP',
  transcription: 'text',
  tap: 'files',
};

function personNode({ participantId, name, state, isServerSide }: PicturedPerson): PictureNode {
  return {
    id: personId(participantId),
    kind: 'person',
    label: name === '' ? participantId : name,
    detail: isServerSide ? 'speaks by steps' : state,
    state,
    isServerSide,
    participantId,
  };
}

function trackNode(
  { participantId, isServerSide }: PicturedPerson,
  { trackId, kind, muted, codec }: TrackView,
): PictureNode {
  return {
    id: trackNodeId(trackId),
    kind: 'track',
    type: kind,
    label: trackLabels[kind],
    detail: muted ? `${codec} · muted` : codec,
    state: muted ? 'muted' : 'live',
    isServerSide,
    participantId,
    trackId,
  };
}

function stepNode(step: Step, { people, origins }: PictureSources): PictureNode {
  const person =
    step.from === null && people.find(({ participantId }) => participantId === step.participantId);
  return {
    id: stepNodeId(step.stepId),
    kind: 'step',
    type: step.step,
    label: step.step,
    detail: [person ? person.name : '', stepSummary(step.step, step.with)]
      .filter((part) => part !== '')
      .join(' · '),
    state: step.paused && step.state === 'running' ? 'paused' : step.state,
    stepId: step.stepId,
    ...(step.participantId === null ? {} : { participantId: step.participantId }),
    ...origins.get(step.stepId),
  };
}

function assetNode(asset: PicturedAsset): PictureNode {
  const { assetType, id, detail, status } = asset;
  return {
    id: assetNodeId(asset),
    kind: 'asset',
    type: assetType,
    label: assetLabels[assetType],
    detail,
    state: status,
    assetType,
    assetId: id,
  };
}

/** People on stage, when some step takes them all. */
function roomNodes({ people, steps }: PictureSources): PictureNode[] {
  if (!steps.some(takesRoom)) {
    return [];
  }
  const count = people.filter(({ state }) => state !== 'left').length;
  return [
    {
      id: ROOM_ID,
      kind: 'track',
      type: 'room',
      label: 'Everybody',
      detail: `${count} ${count === 1 ? 'person' : 'people'}`,
      state: '',
    },
  ];
}

const edge = (
  from: string,
  to: string,
  label: string,
  numbers: Partial<Pick<PictureEdge, 'bitrateBps' | 'fps' | 'queueDepth' | 'dropped'>> = {},
): PictureEdge => ({
  id: `${from}>${to}`,
  from,
  to,
  label,
  bitrateBps: null,
  fps: null,
  queueDepth: null,
  dropped: null,
  ...numbers,
});

const personEdges = (
  { participantId, tracks }: PicturedPerson,
  { trackRates }: PictureSources,
): PictureEdge[] =>
  tracks.map(({ trackId, kind }) =>
    edge(
      personId(participantId),
      trackNodeId(trackId),
      kind.replaceAll('_', ' '),
      trackRates.get(trackId) ?? unknownRate,
    ),
  );

function roomEdges({ people, steps }: PictureSources): PictureEdge[] {
  if (!steps.some(takesRoom)) {
    return [];
  }
  const present = people.filter(({ state }) => state !== 'left');
  const tracks = present.flatMap((person) => person.tracks.map(({ trackId }) => trackNodeId(trackId)));
  const lines = tracks.length <= MOST_LINES_TO_ROOM ? tracks : [];
  return lines.map((from) => edge(from, ROOM_ID, ''));
}

function stepEdges(step: Step, sources: PictureSources): PictureEdge[] {
  const to = stepNodeId(step.stepId);
  if (step.from !== null && sources.steps.some(({ stepId }) => stepId === step.from)) {
    return [edge(stepNodeId(step.from), to, '', sources.stepRates.get(step.stepId) ?? unknownRate)];
  }
  if (puts(step)) {
    const speaker = step.participantId;
    return speaker !== null && sources.people.some(({ participantId }) => participantId === speaker)
      ? [edge(to, personId(speaker), 'speaks as')]
      : [];
  }
  if (takesRoom(step)) {
    return [edge(ROOM_ID, to, takesSoundAlone(step) ? 'audio' : '')];
  }
  return takenOf(step).flatMap((taken) => takenEdges(taken, to, sources));
}

/** What a step takes of somebody. */
type Taken = { participantId: string; kinds: readonly TrackKind[] };

/** A line from each of the tracks that are there now, or from the person where there is none. */
function takenEdges(
  { participantId, kinds }: Taken,
  to: string,
  { people, trackRates }: PictureSources,
): PictureEdge[] {
  const person = people.find((each) => each.participantId === participantId);
  if (!person) {
    return [];
  }
  const tracks = person.tracks.filter(({ kind }) => kinds.includes(kind));
  return tracks.length === 0
    ? [edge(personId(participantId), to, '')]
    : tracks.map(({ trackId }) => edge(trackNodeId(trackId), to, '', trackRates.get(trackId) ?? unknownRate));
}

function assetEdges(asset: PicturedAsset, { assets, steps, stepRates }: PictureSources): PictureEdge[] {
  const to = assetNodeId(asset);
  const step = steps.find(({ stepId }) => stepId === asset.stepId);
  if (step) {
    const { progress } = step;
    return [
      edge(stepNodeId(step.stepId), to, assetEdgeLabels[asset.assetType], {
        ...(stepRates.get(step.stepId) ?? unknownRate),
        queueDepth: numberOf(progress['framesQueued']),
        dropped:
          numberOf(progress['framesDropped']) ??
          numberOf(progress['messagesDropped']) ??
          numberOf(progress['framesLeftOut']),
      }),
    ];
  }
  const recording = assets.find(({ assetType, id }) => assetType === 'recording' && id === asset.recordingId);
  return recording && recording !== asset ? [edge(assetNodeId(recording), to, 'text')] : [];
}

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** Puts sound or pictures into the room instead of taking them. */
const puts = ({ step }: Step): boolean => step === 'play' || step === 'publish';

const soundKinds: readonly TrackKind[] = ['audio', 'screen_audio'];

/** Takes everybody, and by itself: not from another step. */
function takesRoom({ step, from, with: params }: Step): boolean {
  if (from !== null) {
    return false;
  }
  const composition = compositionRequestOf(step, params);
  return composition === null
    ? step === 'transcribe' && !Array.isArray(params['participantIds'])
    : composition.participants === undefined;
}

const takesSoundAlone = ({ step, with: params }: Step): boolean =>
  step === 'transcribe' || compositionRequestOf(step, params)?.config.mode === 'audio';

function takenOf(step: Step): Taken[] {
  const { participantIds } = step.with;
  if (step.step === 'transcribe' && Array.isArray(participantIds)) {
    return participantIds.flatMap((participantId) =>
      typeof participantId === 'string' ? [{ participantId, kinds: ['audio'] as const }] : [],
    );
  }
  const composition = compositionRequestOf(step.step, step.with);
  if (composition) {
    const possible = composition.config.mode === 'audio' ? soundKinds : trackKinds;
    return (composition.participants ?? []).map(({ participantId, kind }) => ({
      participantId,
      kinds: possible.filter((each) => kind === undefined || each === kind),
    }));
  }
  return step.participantId === null ? [] : [{ participantId: step.participantId, kinds: kindsOf(step) }];
}

function kindsOf({ step, with: { kind, kinds, mode } }: Step): readonly TrackKind[] {
  if (step === 'tap' && Array.isArray(kinds)) {
    return trackKinds.filter((each) => kinds.includes(each));
  }
  if (typeof kind === 'string') {
    return trackKinds.filter((each) => each === kind);
  }
  return mode === 'audio' ? ['audio'] : ['audio', 'video'];
}
