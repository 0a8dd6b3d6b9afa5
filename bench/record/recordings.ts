import { setTimeout as delay } from 'node:timers/promises';
import type { RuntimeApi } from '../runtime-api.ts';

const FINISH_LIMIT_MS = 60_000;

/** What the recordings of one cycle came to. */
export type Recorded = { seconds: number; bytes: number };

/** Starts the recording of every participant; answers their ids. */
export async function startRecordings(
  api: RuntimeApi,
  roomId: string,
  participantIds: readonly string[],
): Promise<string[]> {
  return await Promise.all(participantIds.map((participantId) => api.startRecording(roomId, participantId)));
}

/** Asks every recording to stop, and resolves when all files are complete. */
export async function stopRecordings(
  api: RuntimeApi,
  roomId: string,
  participantIds: readonly string[],
  recordingIds: readonly string[],
  signal: AbortSignal,
): Promise<Recorded> {
  await Promise.all(participantIds.map((participantId) => api.stopRecording(roomId, participantId)));
  const all = await Promise.all(recordingIds.map((recordingId) => completed(api, recordingId, signal)));
  const files = all.flat();
  return {
    seconds: files.reduce((sum, { meta }) => sum + meta.duration, 0),
    bytes: files.reduce((sum, { size }) => sum + size, 0),
  };
}

async function completed(api: RuntimeApi, recordingId: string, signal: AbortSignal) {
  const deadline = AbortSignal.timeout(FINISH_LIMIT_MS);
  for (;;) {
    const { status, files, error } = await api.recording(recordingId);
    if (status === 'completed' && files.length > 0) {
      return files;
    }
    if (status === 'failed' || status === 'completed' || deadline.aborted) {
      throw new Error(`Recording ${recordingId} is ${status}: ${error?.message ?? 'no file'}`);
    }
    await delay(100, undefined, { signal });
  }
}
