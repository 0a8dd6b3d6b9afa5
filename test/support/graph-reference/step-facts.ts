import {
  graphStepTypes,
  eventTypes,
  type ErrorCode,
  type EventType,
  type StepType,
} from '../../../runtime/contract/index.ts';
import { feeds } from '../../../runtime/graph/documents/source-checks.ts';

/** What all steps have in common. */
export const ofAllSteps = {
  events: ['step-changed'],
  errors: ['invalid-step-params', 'no-live-session', 'too-many-steps', 'worker-lost', 'runtime-stopping'],
} as const satisfies { events: readonly EventType[]; errors: readonly ErrorCode[] };

/** Which events a step type tells, by their names. */
const told: Partial<Record<StepType, RegExp>> = {
  tap: /^tap-/,
  compose: /^composition-/,
  record: /^(participant-|participant-track-|composite-)?recording-/,
  rtmp: /^livestream-/,
  hls: /^hls-/,
  transcribe: /^transcription-/,
  play: /^play-/,
};

const composing = [
  'invalid-composition',
  'image-unusable',
  'too-many-encoders',
  'composition-failed',
] as const satisfies readonly ErrorCode[];

const failures: Partial<Record<StepType, readonly ErrorCode[]>> = {
  tap: ['participant-not-found', 'address-not-allowed', 'disk-full'],
  compose: composing,
  record: [
    'participant-not-found',
    'track-not-found',
    'already-recording',
    'already-composite-recording',
    'nothing-to-transcribe',
    'disk-full',
    'recording-failed',
    ...composing,
  ],
  rtmp: [
    'already-livestreaming',
    'invalid-livestream-config',
    'address-not-allowed',
    'livestream-failed',
    ...composing,
  ],
  hls: ['already-hls', 'disk-full', 'hls-failed', ...composing],
  transcribe: [
    'already-transcribing',
    'unknown-engine',
    'unsupported-language',
    'engine-not-ready',
    'engine-failed',
    'engine-rate-limited',
    'engine-unauthorized',
    'transcription-failed',
  ],
  play: [
    'not-server-side',
    'room-full',
    'too-many-plays',
    'unknown-voice',
    'unplayable-audio',
    'address-not-allowed',
    'voice-failed',
    'play-failed',
  ],
};

export const eventsOf = (type: StepType): EventType[] =>
  eventTypes.filter((name) => told[type]?.test(name) === true);

export const errorsOf = (type: StepType): readonly ErrorCode[] => failures[type] ?? [];

/** Which steps may feed one, and which it may feed. */
export const feedsOf = (type: StepType): { fedBy: StepType[]; feeds: readonly StepType[] } => ({
  fedBy: graphStepTypes.filter((source) => feeds[source]?.includes(type) === true),
  feeds: feeds[type] ?? [],
});
