import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventLog } from '../events/index.ts';
import type { RecordedFile } from '../media/index.ts';
import {
  endSession,
  listLiveRecordings,
  listLiveSessions,
  listLiveSteps,
  moveStep,
  type Store,
} from '../store/index.ts';
import type { RecordingService } from './recordings.ts';
import type { StepPlane } from './step-plane.ts';

/**
 * After a crash: what the store holds as live is not. Files left open are completed, recordings, steps and
 * sessions are ended with their reason, and all of it is told as events. Run before anyone can join.
 */
export async function reconcile(options: {
  store: Store;
  events: EventLog;
  plane: StepPlane;
  recordings: RecordingService;
  recordingsDirectory: string;
  onError(error: unknown, fields: Record<string, unknown>): void;
}): Promise<{ sessions: number; recordings: number }> {
  const { store, events } = options;
  const at = new Date().toISOString();
  const openRecordings = listLiveRecordings(store);
  const leftovers = openRecordings.length > 0 ? await filesUnder(options.recordingsDirectory) : [];

  for (const recording of openRecordings) {
    const files: RecordedFile[] = [];
    for (const path of leftovers.filter((candidate) => candidate.includes(`/${recording.stepId}-`))) {
      try {
        const file = await options.plane.recoverFile(path, 0);
        if (file) {
          files.push(file);
        }
      } catch (error) {
        options.onError(error, { recordingId: recording.id, path });
      }
    }
    options.recordings.conclude(
      recording,
      files,
      files.length > 0
        ? null
        : { code: 'recording-failed', message: 'The runtime was stopped before anything had been recorded.' },
    );
  }

  for (const step of listLiveSteps(store)) {
    moveStep(store, step.id, {
      from: step.state,
      to: 'finished',
      reason: 'runtime-restarted',
      at,
      ended: true,
    });
  }

  const sessions = listLiveSessions(store);
  for (const session of sessions) {
    store.transact(() => {
      endSession(store, session.id, {
        end: at,
        reason: 'runtime-restarted',
        activeDurationSeconds: (Date.parse(at) - Date.parse(session.start)) / 1000,
      });
      events.append('session-ended', {
        roomId: session.roomId,
        sessionId: session.id,
        data: { start: session.start, end: at, reason: 'runtime-restarted' },
      });
    });
  }
  return { sessions: sessions.length, recordings: openRecordings.length };
}

/** Every file below a folder; those still being written are named as they will be once finished. */
async function filesUnder(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .replace(/\.finishing$/, '')
        .replace(/\.(mp4|ogg)\.mkv$/, '.$1'),
    );
  return [...new Set(paths)].sort();
}
