import type { Recording } from '../../../runtime/contract/index.ts';
import { callRuntime, type RuntimeContext } from '../transport';

export type RecordingType = Recording['mode'];

/** Where recordings of a participant and of one track are found. */
export const recordingPaths: Record<RecordingType, string> = {
  participant: '/v2/recordings/participant',
  track: '/v2/recordings/participant/track',
};

/** @throws RuntimeError `recording-not-found` */
export async function getRecording(
  context: RuntimeContext,
  recording: { recordingId: string; type: RecordingType },
): Promise<Recording> {
  const path = `${recordingPaths[recording.type]}/${encodeURIComponent(recording.recordingId)}`;
  return await callRuntime<Recording>(context, { path });
}
