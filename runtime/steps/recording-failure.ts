import { RoomflowError } from '../contract/index.ts';
import type { StepReport } from './step.ts';

/** What the system says when nothing more can be written (errno(3)): full, over quota, over a size limit. */
const noRoomCodes: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** What a step that records reports when writing has failed. */
export function recordingFailureOf(error: unknown): Extract<StepReport, { type: 'failure' }> {
  const { code, message } = RoomflowError.from(error);
  if (error instanceof Error && 'code' in error && noRoomCodes.includes(error.code)) {
    return {
      type: 'failure',
      code: 'disk-full',
      message: `The disk takes no more of the recording (${message}). What was recorded until then is kept.`,
    };
  }
  return { type: 'failure', code: code === 'internal' ? 'recording-failed' : code, message };
}
