import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import {
  RoomflowError,
  type EventType,
  type Page,
  type Recording,
  type RecordingFile,
  type RecordingStatus,
  type StepParams,
  type StepState,
  type TrackKind,
} from '../contract/index.ts';
import type { EventLog, WebhookDelivery } from '../events/index.ts';
import type { RecordedFile } from '../media/index.ts';
import { signFileQuery, type LiveRooms } from '../rooms/index.ts';
import {
  deleteRecording,
  findRecording,
  findRecordingFile,
  insertRecording,
  listRecordingFiles,
  listRecordings,
  mapPage,
  saveRecordingFile,
  updateRecording,
  type RecordingFilter,
  type Store,
  type StoredFile,
  type StoredRecording,
} from '../store/index.ts';
import { requireFreeDisk, watchDisk } from './disk-space.ts';
import type { LiveStep } from './live-step.ts';
import type { StepSupervisor } from './supervisor.ts';

/** How long a download link made now works. */
const LINK_MS = 7 * 24 * 3600 * 1000;

/** Recordings of participants and tracks as VideoSDK has them, on top of `record` steps. */
export type RecordingService = {
  start(roomId: string, params: StepParams<'record'> & { participantId: string }): Promise<Recording>;
  /** Stops the recording of a participant (`kind` null) or of one of its tracks. */
  stop(roomId: string, participantId: string, kind: TrackKind | null): Promise<Recording>;
  get(mode: Recording['mode'] | null, recordingId: string): Recording;
  list(mode: Recording['mode'], filter: Omit<RecordingFilter, 'mode'>): Page<Recording>;
  /** Removes the recording and its files; a running one is refused. */
  delete(recordingId: string): Promise<void>;
  /** Where a file of a recording lies, for downloads. */
  file(fileId: string): { path: string; roomId: string };
  /** Ends the watch over the disk. */
  close(): void;
  /** Writes the end of a recording whose runtime was killed at `at`, and tells of it. */
  conclude(
    recording: StoredRecording,
    files: RecordedFile[],
    failure: { code: string; message: string } | null,
    at: string,
  ): void;
};

export function createRecordingService(options: {
  store: Store;
  events: EventLog;
  webhooks: WebhookDelivery;
  rooms: LiveRooms;
  steps: StepSupervisor;
  secret: string;
  recordingsDirectory: string;
  minimumFreeDiskBytes: number;
  publicUrl(): string;
  onError(error: unknown, fields: Record<string, unknown>): void;
}): RecordingService {
  const { store, events, webhooks, rooms, steps } = options;
  /** The step that records a participant or track now, by {@link subjectOf}. */
  const running = new Map<string, string>();
  /** Recordings whose start has been told. */
  const told = new Set<string>();

  const stopWatching = watchDisk({
    directory: options.recordingsDirectory,
    minimumBytes: options.minimumFreeDiskBytes,
    onLow() {
      for (const stepId of running.values()) {
        steps.stop(stepId, 'disk-full').catch((error: unknown) => {
          options.onError(error, { stepId });
        });
      }
    },
    onError(error) {
      options.onError(error, { directory: options.recordingsDirectory });
    },
  });

  steps.observe('record', {
    check({ session, params }) {
      const { participantId, kind } = params as StepParams<'record'> & { participantId: string };
      const participant = session.require(participantId);
      const recording = running.get(subjectOf(session.sessionId, participantId, kind ?? null));
      if (recording !== undefined) {
        throw new RoomflowError(
          'already-recording',
          `${kind ? `The ${kind} of participant` : 'Participant'} "${participantId}" is being recorded already (step ${recording}).`,
        );
      }
      if (kind && !participant.tracks.get(kind)?.live) {
        const published = participant.liveTracks().map((track) => track.kind);
        throw new RoomflowError(
          'track-not-found',
          `Participant "${participantId}" publishes no ${kind} now. Published: ${published.join(', ') || 'nothing'}.`,
        );
      }
      requireFreeDisk(options.recordingsDirectory, options.minimumFreeDiskBytes);
    },
    created(step, session) {
      const params = step.params as StepParams<'record'> & { participantId: string };
      const recording: StoredRecording = {
        id: `rec_${randomBytes(9).toString('base64url')}`,
        stepId: step.id,
        mode: params.kind ? 'track' : 'participant',
        kind: params.kind ?? (params.mode === 'audio' ? 'audio' : 'audio_video'),
        roomId: step.roomId,
        sessionId: step.sessionId,
        participantId: params.participantId,
        participantName: session.require(params.participantId).name,
        fileFormat: params.fileFormat ?? (params.mode === 'audio' ? 'ogg' : 'webm'),
        status: 'starting',
        start: step.startedAt,
        end: null,
        error: null,
        webhookUrl: params.webhookUrl ?? null,
        callbackUrl: params.callbackUrl ?? null,
        metadata: params.metadata ?? null,
      };
      insertRecording(store, recording);
      store.afterCommit(() => {
        running.set(subjectOf(step.sessionId, params.participantId, params.kind ?? null), step.id);
      });
      return { recordingId: recording.id };
    },
    changed: recordingChanged,
    asset(step, file) {
      if (step.stored.recordingId !== null) {
        saveFile(step.stored.recordingId, file);
      }
    },
    paused(step, paused) {
      const recording = recordingOf(step);
      setStatus(recording, paused ? 'paused' : 'running');
      tell(recording, paused ? 'recording-paused' : 'recording-resumed', {});
    },
  });

  function recordingOf(step: LiveStep): StoredRecording {
    const recording =
      step.stored.recordingId === null ? undefined : findRecording(store, step.stored.recordingId);
    if (!recording) {
      throw new RoomflowError('recording-not-found', `Step "${step.stored.id}" has no recording.`);
    }
    return recording;
  }

  function setStatus(recording: StoredRecording, status: RecordingStatus): void {
    recording.status = status;
    updateRecording(store, recording.id, { status });
  }

  function recordingChanged(step: LiveStep, _from: StepState, to: StepState): void {
    const recording = recordingOf(step);
    switch (to) {
      case 'starting':
        tell(recording, 'starting', {});
        break;
      case 'running':
        setStatus(recording, step.stored.paused ? 'paused' : 'running');
        if (!told.has(recording.id)) {
          // Once, also when the first worker was lost before it had begun.
          told.add(recording.id);
          tell(recording, 'started', {});
          showWhoIsRecorded(recording);
        }
        break;
      case 'stopping':
        setStatus(recording, 'stopping');
        // Free at once: who comes back while a long file is being finished can be recorded anew.
        release(step, recording);
        tell(recording, 'stopping', {});
        break;
      case 'finished':
      case 'failed':
      case 'cancelled':
        release(step, recording);
        told.delete(recording.id);
        end(
          recording,
          to === 'finished'
            ? null
            : (step.failure ?? { code: 'recording-failed', message: step.stored.reason }),
        );
        break;
      default:
    }
  }

  function release(step: LiveStep, recording: StoredRecording): void {
    const subject = subjectOf(recording.sessionId, recording.participantId, trackKindOf(recording));
    if (running.get(subject) === step.stored.id) {
      running.delete(subject);
      showWhoIsRecorded(recording);
    }
  }

  /** A participant is shown as recorded while any recording of theirs runs. */
  function showWhoIsRecorded({ sessionId, participantId }: StoredRecording): void {
    const recorded = [...running.keys()].some((subject) =>
      subject.startsWith(subjectsOf(sessionId, participantId)),
    );
    rooms.bySessionId(sessionId)?.showRecording(participantId, recorded);
  }

  function saveFile(recordingId: string, file: RecordedFile): void {
    const at = new Date().toISOString();
    const part = (listRecordingFiles(store, [recordingId]).get(recordingId)?.length ?? 0) + 1;
    saveRecordingFile(store, {
      id: `fil_${randomBytes(9).toString('base64url')}`,
      recordingId,
      part,
      path: file.path,
      sizeBytes: file.bytes,
      type: file.videoCodec === undefined ? 'audio' : 'video',
      format: file.format,
      videoCodec: file.videoCodec ?? null,
      audioCodec: file.audioCodec ?? null,
      width: file.width ?? null,
      height: file.height ?? null,
      durationSeconds: file.durationSeconds,
      startMs: file.startMs,
      endMs: file.endMs,
      createdAt: at,
      updatedAt: at,
    });
  }

  /** Completed or failed: written once, told once, the callback called once. */
  function end(
    recording: StoredRecording,
    cause: { code: string; message: string } | null,
    at = new Date().toISOString(),
  ): void {
    const files = listRecordingFiles(store, [recording.id]).get(recording.id) ?? [];
    const first = files[0];
    const failure = cause ?? (first ? null : nothingRecorded);
    if (first) {
      recording.fileFormat = first.format;
    }
    store.transact(() => {
      updateRecording(store, recording.id, {
        status: failure ? 'failed' : 'completed',
        end: at,
        error: failure,
        ...(first ? { fileFormat: first.format } : {}),
      });
      if (failure) {
        tell(recording, 'failed', failure);
      } else {
        tell(recording, 'stopped', { fileDetails: files.map(fileDetail) });
      }
      if (recording.callbackUrl !== null) {
        webhooks.enqueueCallback({
          recordingId: recording.id,
          roomId: recording.roomId,
          url: recording.callbackUrl,
          body: view({ ...recording, ...findRecording(store, recording.id) }),
        });
      }
    });
  }

  function fileDetail(file: StoredFile) {
    return {
      filePath: file.path,
      fileUrl: linkTo(file.id),
      size: file.sizeBytes,
      durationSeconds: file.durationSeconds,
      ...(file.videoCodec === null ? {} : { videoCodec: file.videoCodec }),
      ...(file.audioCodec === null ? {} : { audioCodec: file.audioCodec }),
    };
  }

  /** Appends the recording's event, under the name of its mode; the job's own webhook follows from it. */
  function tell(recording: StoredRecording, moment: string, extra: Record<string, unknown>): void {
    const prefix = recording.mode === 'track' ? 'participant-track-recording' : 'participant-recording';
    const type = (moment.startsWith('recording-') ? moment : `${prefix}-${moment}`) as EventType;
    events.append(type, {
      roomId: recording.roomId,
      sessionId: recording.sessionId,
      data: {
        recordingId: recording.id,
        stepId: recording.stepId,
        participantId: recording.participantId,
        ...(recording.mode === 'track' ? { kind: recording.kind } : { fileFormat: recording.fileFormat }),
        ...extra,
      } as never,
    });
  }

  const linkTo = (fileId: string): string =>
    `${options.publicUrl()}/v2/files/${fileId}?${signFileQuery(fileId, Date.now() + LINK_MS, options.secret)}`;

  function fileView(file: StoredFile): RecordingFile {
    return {
      id: file.id,
      filePath: file.path,
      fileUrl: linkTo(file.id),
      size: file.sizeBytes,
      type: file.type,
      meta: {
        resolution:
          file.width !== null && file.height !== null ? { width: file.width, height: file.height } : null,
        format: file.format,
        duration: file.durationSeconds,
        videoCodec: file.videoCodec,
        audioCodec: file.audioCodec,
        startMs: file.startMs,
        endMs: file.endMs,
      },
      createdAt: file.createdAt,
      updatedAt: file.updatedAt,
    };
  }

  function view(recording: StoredRecording): Recording {
    const files = listRecordingFiles(store, [recording.id]).get(recording.id) ?? [];
    return {
      id: recording.id,
      recordingId: recording.id,
      stepId: recording.stepId,
      roomId: recording.roomId,
      meetingId: recording.roomId,
      sessionId: recording.sessionId,
      participantId: recording.participantId,
      participantName: recording.participantName,
      mode: recording.mode,
      kind: recording.kind,
      fileFormat: recording.fileFormat,
      status: recording.status,
      start: recording.start,
      end: recording.end,
      files: files.map(fileView),
      error: recording.error,
      webhook: webhooks.summary(recording.id),
      metadata: recording.metadata,
      region: 'self-hosted',
    };
  }

  function require(mode: Recording['mode'] | null, recordingId: string): StoredRecording {
    const recording = findRecording(store, recordingId);
    if (!recording || (mode !== null && recording.mode !== mode)) {
      throw new RoomflowError(
        'recording-not-found',
        `There is no ${mode ?? ''} recording "${recordingId}".`.replace('  ', ' '),
      );
    }
    return recording;
  }

  return {
    async start(roomId, params) {
      const step = await steps.start(roomId, { step: 'record', with: params });
      return view(require(null, step.recordingId ?? ''));
    },
    async stop(roomId, participantId, kind) {
      const session = rooms.requireSession(roomId);
      const stepId = running.get(subjectOf(session.sessionId, participantId, kind));
      if (stepId === undefined) {
        throw new RoomflowError(
          'not-recording',
          `${kind ? `The ${kind} of participant` : 'Participant'} "${participantId}" is not being recorded in room "${session.roomId}".`,
        );
      }
      const step = await steps.stop(stepId);
      return view(require(null, step.recordingId ?? ''));
    },
    get(mode, recordingId) {
      return view(require(mode, recordingId));
    },
    list(mode, filter) {
      return mapPage(listRecordings(store, { ...filter, mode }), view);
    },
    async delete(recordingId) {
      const recording = require(null, recordingId);
      if (recording.end === null) {
        throw new RoomflowError(
          'already-recording',
          `Recording "${recordingId}" is ${recording.status}; stop it before deleting it.`,
        );
      }
      const files = listRecordingFiles(store, [recordingId]).get(recordingId) ?? [];
      await Promise.all(files.map((file) => rm(file.path, { force: true })));
      deleteRecording(store, recordingId);
    },
    file(fileId) {
      const file = findRecordingFile(store, fileId);
      const recording = file && findRecording(store, file.recordingId);
      if (!recording) {
        throw new RoomflowError('file-not-found', `There is no file "${fileId}".`);
      }
      return { path: file.path, roomId: recording.roomId };
    },
    close: stopWatching,
    conclude(recording, files, failure, at) {
      const known = new Set(
        (listRecordingFiles(store, [recording.id]).get(recording.id) ?? []).map((file) => file.path),
      );
      for (const file of files) {
        if (!known.has(file.path)) {
          saveFile(recording.id, file);
        }
      }
      end(recording, failure, at);
    },
  };
}

const nothingRecorded = {
  code: 'recording-failed',
  message: 'Nothing was recorded: the recording was ended before any media had come.',
};

/** What the subjects of a participant have in common. */
const subjectsOf = (sessionId: string, participantId: string): string => `${sessionId}/${participantId}/`;

const subjectOf = (sessionId: string, participantId: string, kind: TrackKind | null): string =>
  `${subjectsOf(sessionId, participantId)}${kind ?? 'participant'}`;

const trackKindOf = (recording: StoredRecording): TrackKind | null =>
  recording.mode === 'track' ? (recording.kind as TrackKind) : null;
