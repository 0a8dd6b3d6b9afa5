import type { Step } from '../../runtime/contract/index.ts';
import type { RecordingType } from '../shared/recordings';

/** Recordings of the room, of a participant and of one track are kept apart. */
export function recordingTypeOf(step: Step): RecordingType {
  if (step.with.source === 'room') {
    return step.with.participants === undefined ? 'meeting' : 'composite';
  }
  return step.with.kind === undefined ? 'participant' : 'track';
}
