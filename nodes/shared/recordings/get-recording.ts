import type { Recording } from '../../../runtime/contract/index.ts';
import { attemptRuntime, type Outcome, type RuntimeContext } from '../transport';

export type RecordingType = Recording['mode'];

/** Where recordings of each kind are found. */
export const recordingPaths: Record<RecordingType, string> = {
  participant: '/v2/recordings/participant',
  track: '/v2/recordings/participant/track',
  meeting: '/v2/recordings',
  composite: '/v2/recordings/composite',
};

type RecordingKey = { recordingId: string; type: RecordingType };

/** The recording, or why it is not to be had. */
export async function attemptRecording(
  context: RuntimeContext,
  key: RecordingKey,
): Promise<Outcome<Recording>> {
  return await attemptRuntime<Recording>(context, {
    path: `${recordingPaths[key.type]}/${encodeURIComponent(key.recordingId)}`,
  });
}

/** @throws RuntimeError `recording-not-found` */
export async function getRecording(context: RuntimeContext, key: RecordingKey): Promise<Recording> {
  const outcome = await attemptRecording(context, key);
  if ('error' in outcome) {
    throw outcome.error;
  }
  return outcome.value;
}
