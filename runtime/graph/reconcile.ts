import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventLog } from '../events/index.ts';
import { finalPathOf, type RecordedFile } from '../media/index.ts';
import { closePollsOf } from '../rooms/index.ts';
import {
  endSession,
  findSession,
  listLiveHlsStreams,
  listLiveLivestreams,
  listLiveRecordings,
  listLiveSessions,
  listLiveSteps,
  listOpenPlays,
  listOpenTranscriptions,
  listRecordingFiles,
  listSessionParticipants,
  moveStep,
  readPresence,
  readStepSecrets,
  type StepSecrets,
  type Store,
  type StoredRecording,
  type StoredSession,
  type StoredStep,
} from '../store/index.ts';
import type { HlsService } from './hls/index.ts';
import type { LivestreamService } from './livestreams/index.ts';
import type { PlayService } from './plays/index.ts';
import type { RecordingService } from './recordings.ts';
import { partStartsOf } from './resumable-step.ts';
import type { StepPlane } from './step-plane.ts';
import type { TranscriptionService } from './transcriptions/index.ts';

const REASON = 'runtime-restarted';

/**
 * After a crash: what the store holds as live is not. Files left open are completed, recordings, steps and
 * sessions are ended with their reason, and all of it is told as events. Run before anyone can join.
 *
 * What ended with the last run is given the time of that run's last sign of life, not that of this start.
 */
export async function reconcile(options: {
  store: Store;
  events: EventLog;
  plane: StepPlane;
  recordings: RecordingService;
  livestreams: LivestreamService;
  hls: HlsService;
  transcriptions: TranscriptionService;
  plays: PlayService;
  recordingsDirectory: string;
  /** When the last run was last seen to be alive, in milliseconds since 1970. */
  lastAliveMs: number;
  /** Whether a session of the last run goes on. */
  goesOn(sessionId: string): boolean;
  /** Whether a step of the last run goes on, and with it what it records, sends or writes. */
  stepGoesOn(stepId: string): boolean;
  onError(error: unknown, fields: Record<string, unknown>): void;
}): Promise<{ sessions: number; recordings: number }> {
  const { store, events } = options;
  const { lastAliveMs } = options;
  const hasEnded = ({ stepId }: { stepId: string | null }): boolean =>
    stepId === null || !options.stepGoesOn(stepId);
  // A merge is work that goes on, not something that was live.
  const openRecordings = listLiveRecordings(store)
    .filter(({ mode }) => mode !== 'merge')
    .filter(hasEnded);
  const openSteps = listLiveSteps(store).filter(({ id }) => hasEnded({ stepId: id }));
  const leftovers = openRecordings.length > 0 ? await filesUnder(options.recordingsDirectory) : [];
  /** When each session was last seen to be alive. */
  const aliveMs = new Map<string, number>();

  for (const recording of openRecordings) {
    const session = findSession(store, recording.sessionId);
    const step = openSteps.find((candidate) => candidate.id === recording.stepId);
    const found: RecordedFile[] = [];
    for (const path of leftovers.filter((candidate) => isOf(recording, candidate))) {
      try {
        const file = await options.plane.recoverFile(path, startOf(path, recording, step, session));
        if (file) {
          found.push(file);
        }
      } catch (error) {
        options.onError(error, { recordingId: recording.id, path });
      }
    }
    const files = await options.recordings.assemble(recording, found, step);
    const endMs = Math.max(
      lastAliveMs,
      ...files.map((file) => Date.parse(session?.start ?? recording.start) + file.endMs),
    );
    aliveMs.set(recording.sessionId, Math.max(endMs, aliveMs.get(recording.sessionId) ?? 0));
    const known = listRecordingFiles(store, [recording.id]).get(recording.id) ?? [];
    const hasFiles = files.length + known.length > 0;
    options.recordings.conclude(
      recording,
      files,
      failureOf(store, step) ??
        (hasFiles
          ? null
          : {
              code: 'recording-failed',
              message: 'The runtime was stopped before anything had been recorded.',
            }),
      new Date(endMs).toISOString(),
    );
  }

  /** Why what goes with a step has failed, where it has; else it was ended by the crash alone. */
  const failureWith = ({ stepId }: { stepId: string | null }): StepSecrets['failure'] =>
    failureOf(
      store,
      openSteps.find(({ id }) => id === stepId),
    );
  for (const livestream of listLiveLivestreams(store).filter(hasEnded)) {
    const endMs = aliveMs.get(livestream.sessionId) ?? lastAliveMs;
    options.livestreams.conclude(livestream, new Date(endMs).toISOString(), failureWith(livestream));
  }
  for (const stream of listLiveHlsStreams(store).filter(hasEnded)) {
    const endMs = aliveMs.get(stream.sessionId) ?? lastAliveMs;
    await options.hls.conclude(stream, new Date(endMs).toISOString(), failureWith(stream));
  }
  // A transcription of a recording is work that goes on; one of a room is completed with what was heard.
  for (const transcription of listOpenTranscriptions(store, { type: 'realtime' }).filter(hasEnded)) {
    const endMs = aliveMs.get(transcription.sessionId) ?? lastAliveMs;
    const at = new Date(endMs).toISOString();
    await options.transcriptions.realtime.conclude(transcription, at, failureWith(transcription));
  }
  for (const play of listOpenPlays(store)) {
    options.plays.conclude(play, new Date(aliveMs.get(play.sessionId) ?? lastAliveMs).toISOString());
  }
  for (const step of openSteps) {
    endStep(store, events, step, new Date(aliveMs.get(step.sessionId) ?? lastAliveMs).toISOString());
  }
  const sessions = listLiveSessions(store).filter(({ id }) => !options.goesOn(id));
  for (const session of sessions) {
    const endMs = Math.max(Date.parse(session.start), aliveMs.get(session.id) ?? lastAliveMs);
    closeSession(store, events, session, new Date(endMs).toISOString());
  }
  return { sessions: sessions.length, recordings: openRecordings.length };
}

/** A step that failed, or could not be taken up again, ends as failed; all others were ended by the crash. */
function endStep(store: Store, events: EventLog, step: StoredStep, at: string): void {
  const failure = failureOf(store, step);
  const to = failure ? 'failed' : 'finished';
  const reason = failure?.message ?? REASON;
  store.transact(() => {
    moveStep(store, step.id, { from: step.state, to, reason, at, ended: true });
    events.append('step-changed', {
      roomId: step.roomId,
      sessionId: step.sessionId,
      data: { stepId: step.id, step: step.type, from: step.state, to, reason },
    });
  });
}

const failureOf = (store: Store, step: StoredStep | undefined): StepSecrets['failure'] =>
  (step && readStepSecrets(store, step.id)?.failure) ?? null;

function closeSession(store: Store, events: EventLog, session: StoredSession, end: string): void {
  const scope = { roomId: session.roomId, sessionId: session.id };
  const presence = readPresence(store, session.id);
  store.transact(() => {
    for (const { participantId, name } of listSessionParticipants(store, session.id)) {
      if (presence.get(participantId)?.some((span) => span.end === null) === true) {
        events.append('participant-left', {
          ...scope,
          data: { participantId, participantName: name, reason: REASON },
        });
      }
    }
    closePollsOf(store, events, session.id, end);
    endSession(store, session.id, {
      end,
      reason: REASON,
      activeDurationSeconds: (Date.parse(end) - Date.parse(session.start)) / 1000,
    });
    events.append('session-ended', { ...scope, data: { start: session.start, end, reason: REASON } });
  });
}

/** Whether a file is of a recording: a part of it, or the whole that was made of its parts. */
const isOf = ({ stepId }: StoredRecording, path: string): boolean =>
  path.includes(`/${stepId}-`) || path.includes(`/${stepId}.`);

/** Session time at which a file began: as its step has noted it, or else with the recording. */
function startOf(
  path: string,
  recording: StoredRecording,
  step: StoredStep | undefined,
  session: StoredSession | undefined,
): number {
  const part = Number(new RegExp(`/${recording.stepId}-(\\d+)`).exec(path)?.[1]);
  const sessionStartMs = session ? Date.parse(session.start) : null;
  const noted = step && sessionStartMs !== null ? partStartsOf(step, sessionStartMs).get(part) : undefined;
  return noted ?? (sessionStartMs === null ? 0 : Math.max(0, Date.parse(recording.start) - sessionStartMs));
}

/** Every file below a folder; those still being written are named as they will be once finished. */
async function filesUnder(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => finalPathOf(join(entry.parentPath, entry.name)));
  return [...new Set(paths)].sort();
}
