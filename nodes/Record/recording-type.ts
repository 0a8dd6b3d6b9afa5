import type { Step } from '../../runtime/contract/index.ts';
import type { RecordingType } from '../shared/recordings';

/** Recordings of one track are kept apart from those of a participant. */
export function recordingTypeOf(step: Step): RecordingType {
  return step.with.kind === undefined ? 'participant' : 'track';
}
