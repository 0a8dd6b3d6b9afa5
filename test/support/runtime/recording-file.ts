import type { Recording, RecordingFile } from '../../../runtime/contract/index.ts';
import type { RuntimeUnderTest } from './start-runtime.ts';

const stoppedEvents = {
  participant: 'participant-recording-stopped',
  track: 'participant-track-recording-stopped',
  meeting: 'recording-stopped',
  composite: 'composite-recording-stopped',
} as const satisfies Record<Recording['mode'], string>;

/** What a recording left behind, once it is complete. @throws when it failed or does not end */
export async function completedRecording(
  runtime: Pick<RuntimeUnderTest, 'api' | 'events'>,
  recordingId: string,
  mode: Recording['mode'] = 'participant',
): Promise<RecordingFile[]> {
  const type = stoppedEvents[mode];
  await runtime.events.event(type, ({ data }) => data.recordingId === recordingId);
  const recording = await runtime.api.recording(recordingId, mode);
  if (recording.status !== 'completed') {
    throw new Error(`recording ${recordingId} is ${recording.status}: ${JSON.stringify(recording.error)}`);
  }
  return recording.files;
}
