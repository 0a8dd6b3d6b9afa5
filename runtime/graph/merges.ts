import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pLimit from 'p-limit';
import {
  RoomflowError,
  type MergeChannel,
  type MergeRecording,
  type MergeRecordingsBody,
  type Page,
} from '../contract/index.ts';
import { mergeRecordings, type SoundToMerge } from '../media/index.ts';
import {
  findParticipant,
  findRecording,
  findSession,
  findStep,
  insertRecording,
  listLiveRecordings,
  listRecordings,
  mapPage,
  type RecordingFilter,
  type Store,
  type StoredRecording,
  type StoredSession,
} from '../store/index.ts';
import { requireFreeDisk } from './disk-space.ts';
import { soundsOfFile } from './merge-sounds.ts';
import type { RecordingArchive } from './recording-archive.ts';
import type { RecordingLife } from './recording-life.ts';
import { pausesOf } from './recording-parts.ts';

/** Most recordings one participant is searched for: a session has far fewer. */
const MOST_RECORDINGS = 1000;

type SourceType = 'participant' | 'track';

/** Stereo files made of the recordings of participants, as VideoSDK has them. */
export type MergeService = {
  /**
   * Begins a merge; it is told when it is made.
   *
   * @throws RoomflowError `session-not-found`, `participant-not-found`, `recording-not-found`, `already-recording`
   */
  start(body: MergeRecordingsBody): MergeRecording;
  get(mergeId: string): MergeRecording;
  list(
    filter: Pick<RecordingFilter, 'page' | 'perPage' | 'roomId' | 'sessionId' | 'status'>,
  ): Page<MergeRecording>;
  /** Makes what was not made when the runtime ended. */
  resume(): void;
  /** Breaks off what is being made; it is made anew after the next start. */
  stop(): Promise<void>;
};

export function createMergeService(options: {
  store: Store;
  archive: RecordingArchive;
  life: RecordingLife;
  recordingsDirectory: string;
  minimumFreeDiskBytes: number;
  onError(error: unknown, fields: Record<string, unknown>): void;
}): MergeService {
  const { store, archive, life } = options;
  // One at a time: nobody waits for them live.
  const oneByOne = pLimit(1);
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const isStopping = (): boolean => stopping.signal.aborted;

  /** The recordings that a channel is made of. */
  function recordingsOf(session: StoredSession, channel: MergeChannel, type: SourceType): string[] {
    const ids = channel.flatMap(({ participantId, recordingId }) => {
      if (!findParticipant(store, session.id, participantId)) {
        throw new RoomflowError(
          'participant-not-found',
          `Participant "${participantId}" has never been in session "${session.id}".`,
        );
      }
      return recordingId === undefined
        ? allOf(session, participantId, type)
        : [requireOf(session, participantId, recordingId)];
    });
    return [...new Set(ids.map((recording) => requireSound(recording).id))];
  }

  function allOf(session: StoredSession, participantId: string, type: SourceType): StoredRecording[] {
    const { data } = listRecordings(store, {
      mode: type,
      sessionId: session.id,
      participantId,
      ...(type === 'track' ? { kind: 'audio' } : {}),
      page: 1,
      perPage: MOST_RECORDINGS,
    });
    if (data.length === 0) {
      const what = type === 'track' ? 'recording of the audio track' : 'recording';
      throw new RoomflowError(
        'recording-not-found',
        `There is no ${what} of participant "${participantId}" in session "${session.id}".`,
      );
    }
    return data;
  }

  function requireOf(session: StoredSession, participantId: string, recordingId: string): StoredRecording {
    const recording = findRecording(store, recordingId);
    if (recording?.participantId !== participantId) {
      throw new RoomflowError(
        'recording-not-found',
        `There is no recording "${recordingId}" of participant "${participantId}".`,
      );
    }
    if (recording.sessionId !== session.id) {
      throw new RoomflowError(
        'recording-not-found',
        `Recording "${recordingId}" is of session "${recording.sessionId}", not of "${session.id}": only recordings of one session share a clock.`,
      );
    }
    return recording;
  }

  function requireSound(recording: StoredRecording): StoredRecording {
    if (recording.end === null) {
      throw new RoomflowError(
        'already-recording',
        `Recording "${recording.id}" of participant "${recording.participantId ?? ''}" is ${recording.status}; stop it before merging it.`,
      );
    }
    if (soundsOf([recording.id]).length === 0) {
      throw new RoomflowError('recording-not-found', `Recording "${recording.id}" holds no sound.`);
    }
    return recording;
  }

  const soundsOf = (recordingIds: readonly string[]): SoundToMerge[] =>
    recordingIds.flatMap((id) => {
      const stepId = findRecording(store, id)?.stepId;
      const pauses = pausesOf((stepId === undefined ? undefined : findStep(store, stepId))?.progress ?? {});
      return archive.files(id).flatMap((file) => soundsOfFile(file, pauses));
    });

  async function make(merge: StoredRecording): Promise<void> {
    const { merged, fileFormat } = merge;
    if (isStopping() || !merged) {
      return;
    }
    try {
      requireFreeDisk(options.recordingsDirectory, options.minimumFreeDiskBytes);
      const [left, right] = [soundsOf(merged.leftIds), soundsOf(merged.rightIds)];
      if (left.length === 0 || right.length === 0) {
        throw new RoomflowError('merge-failed', 'Recordings that it is made of have been deleted meanwhile.');
      }
      const file = await mergeRecordings({
        left,
        right,
        path: join(
          options.recordingsDirectory,
          merged.directory,
          merge.sessionId,
          'merge',
          `${merge.id}.${fileFormat}`,
        ),
        format: fileFormat === 'm4a' ? 'm4a' : 'mp3',
        signal: stopping.signal,
      });
      store.transact(() => {
        archive.saveFile(merge.id, file);
        life.end(merge, null);
      });
    } catch (error) {
      if (isStopping()) {
        return;
      }
      options.onError(error, { recordingId: merge.id });
      const { code, message } = RoomflowError.from(error);
      life.end(merge, { code: code === 'internal' ? 'merge-failed' : code, message });
    }
  }

  function enqueue(merge: StoredRecording): void {
    const work = oneByOne(() => make(merge)).catch((error: unknown) => {
      // The store could not be written: the merge is made anew after the next start.
      options.onError(error, { recordingId: merge.id });
    });
    running.add(work);
    void work.finally(() => running.delete(work));
  }

  return {
    start(body) {
      const { sessionId, channel1, channel2, type = 'participant', fileFormat = 'mp3' } = body;
      const session = findSession(store, sessionId);
      if (!session) {
        throw new RoomflowError('session-not-found', `There is no session "${sessionId}".`);
      }
      requireFreeDisk(options.recordingsDirectory, options.minimumFreeDiskBytes);
      const merge: StoredRecording = {
        id: `mrg_${randomBytes(9).toString('base64url')}`,
        stepId: '',
        mode: 'merge',
        kind: 'audio',
        roomId: session.roomId,
        sessionId,
        participantId: null,
        participantName: null,
        fileFormat,
        status: 'running',
        start: new Date().toISOString(),
        end: null,
        error: null,
        webhookUrl: body.webhookUrl ?? null,
        callbackUrl: null,
        metadata: body.metadata ?? null,
        composed: null,
        merged: {
          type,
          channel1,
          channel2,
          leftIds: recordingsOf(session, channel1, type),
          rightIds: recordingsOf(session, channel2, type),
          directory: body.bucketDirPath ?? body.dirPath ?? '',
        },
      };
      insertRecording(store, merge);
      enqueue(merge);
      return archive.mergeView(merge);
    },
    get: (mergeId) => archive.mergeView(archive.require('merge', mergeId)),
    list: (filter) =>
      mapPage(listRecordings(store, { ...filter, mode: 'merge' }), (merge) => archive.mergeView(merge)),
    resume() {
      for (const recording of listLiveRecordings(store)) {
        if (recording.mode === 'merge') {
          enqueue(recording);
        }
      }
    },
    async stop() {
      stopping.abort(new Error('The runtime is stopping.'));
      await Promise.all(running);
    },
  };
}
