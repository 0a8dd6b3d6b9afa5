import { RoomflowError } from '../contract/index.ts';
import { isDiskFull } from './disk-full.ts';
import type { StepReport } from './step.ts';

/** What a step that records reports when writing has failed. */
export function recordingFailureOf(error: unknown): Extract<StepReport, { type: 'failure' }> {
  const { code, message } = RoomflowError.from(error);
  if (isDiskFull(error)) {
    return {
      type: 'failure',
      code: 'disk-full',
      message: `The disk takes no more of the recording (${message}). What was recorded until then is kept.`,
    };
  }
  return { type: 'failure', code: code === 'internal' ? 'recording-failed' : code, message };
}
