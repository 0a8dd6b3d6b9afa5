import { randomBytes } from 'node:crypto';
import {
  RoomflowError,
  mediaKindOf,
  type Page,
  type Recording,
  type StepParams,
  type TrackKind,
} from '../contract/index.ts';
import type { EventLog, WebhookDelivery } from '../events/index.ts';
import type { RecordedFile } from '../media/index.ts';
import type { LiveRooms, LiveSession } from '../rooms/index.ts';
import { isVoiceUpdate } from '../steps/index.ts';
import {
  insertRecording,
  listRecordings,
  mapPage,
  type RecordingFilter,
  type Store,
  type StoredRecording,
  type StoredStep,
} from '../store/index.ts';
import { requireFreeDisk, watchDisk } from './disk-space.ts';
import { createRecordedPeople, type RunningRecording } from './recorded-people.ts';
import { createRecordingArchive, type RecordingArchive } from './recording-archive.ts';
import { createRecordingLife, type RecordingFailure, type RecordingLife } from './recording-life.ts';
import { assembleRecording, pausesOf } from './recording-parts.ts';
import { createRoomRecordings, type RoomRecordingService } from './room-recordings.ts';
import type { StepPlane } from './step-plane.ts';
import type { StepSupervisor } from './supervisor.ts';
import type { TranscriptArchive } from './transcriptions/index.ts';

type RecordParams = StepParams<'record'>;
type ParticipantParams = RecordParams & { participantId: string };

/** Recordings as VideoSDK has them, on top of `record` steps: of participants, of tracks, and of the room. */
export type RecordingService = {
  start(roomId: string, params: ParticipantParams): Promise<Recording>;
  /** Stops the recording of a participant (`kind` null) or of one of its tracks. */
  stop(roomId: string, participantId: string, kind: TrackKind | null): Promise<Recording>;
  get(mode: Recording['mode'] | null, recordingId: string): Recording;
  list(mode: Recording['mode'], filter: Omit<RecordingFilter, 'mode'>): Page<Recording>;
  /** Recordings of the room and of chosen participants in one picture. */
  room: RoomRecordingService;
  /** Removes the recording and its files; a running one is refused. */
  delete(recordingId: string): Promise<void>;
  /** Where a file of a recording lies, for downloads. */
  file(fileId: string): { path: string; roomId: string };
  /** What is kept of recordings, and what is told of them: merges are recordings too. */
  archive: RecordingArchive;
  life: RecordingLife;
  /** Ends the watch over the disk. */
  close(): void;
  /** Writes the end of a recording whose runtime was killed at `at`, and tells of it. */
  conclude(
    recording: StoredRecording,
    files: RecordedFile[],
    failure: RecordingFailure | null,
    at: string,
  ): void;
  /** Makes one file of what a composition's recording was left in by a kill; of others the files as they are. */
  assemble(
    recording: StoredRecording,
    files: RecordedFile[],
    step: StoredStep | undefined,
  ): Promise<RecordedFile[]>;
};

export function createRecordingService(options: {
  store: Store;
  events: EventLog;
  webhooks: WebhookDelivery;
  rooms: LiveRooms;
  steps: StepSupervisor;
  plane: StepPlane;
  transcripts: Pick<TranscriptArchive, 'wanted' | 'voices'>;
  secret: string;
  recordingsDirectory: string;
  minimumFreeDiskBytes: number;
  publicUrl(): string;
  onError(error: unknown, fields: Record<string, unknown>): void;
}): RecordingService {
  const { store, events, webhooks, rooms, steps, plane, transcripts } = options;
  const people = createRecordedPeople(rooms, events);
  const archive = createRecordingArchive(options);
  const life = createRecordingLife({
    store,
    events,
    webhooks,
    archive,
    watcher: {
      started: ({ stepId }) => {
        people.begun(stepId);
      },
      stopping: ({ stepId }) => {
        people.release(stepId);
      },
    },
  });
  const room = createRoomRecordings({ ...options, archive, people });

  const stopWatching = watchDisk({
    directory: options.recordingsDirectory,
    minimumBytes: options.minimumFreeDiskBytes,
    onLow() {
      for (const stepId of people.stepIds()) {
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
    async allow(params) {
      await transcripts.wanted.allow((params as RecordParams).transcription);
    },
    check({ session, params }) {
      if (isOfRoom(params)) {
        room.steps.check(session, params);
      } else {
        checkParticipant(session, params as ParticipantParams);
      }
      requireFreeDisk(options.recordingsDirectory, options.minimumFreeDiskBytes);
    },
    created(step, session) {
      return isOfRoom(step.params)
        ? room.steps.created(step)
        : createdForParticipant(step, session, step.params as ParticipantParams);
    },
    restored(step) {
      const recording = life.of(step);
      const paths = archive.files(recording.id).map(({ path }) => path);
      if (recording.status !== 'stopping') {
        people.take(
          isOfRoom(step.params)
            ? room.steps.running(step)
            : runningOf(step.stored, step.params as ParticipantParams),
        );
      }
      life.restored(recording);
      return paths;
    },
    changed(step, _from, to) {
      life.changed(step, to);
    },
    asset(step, file) {
      if (isOfRoom(step.stored.params)) {
        room.steps.asset(step, file);
      } else if (step.stored.recordingId !== null) {
        archive.saveFile(step.stored.recordingId, file);
      }
    },
    async finishing(step) {
      if (isOfRoom(step.stored.params)) {
        await room.steps.finishing(step);
      }
    },
    update(step, update) {
      const { recordingId, sessionId } = step.stored;
      if (recordingId !== null && isVoiceUpdate(update)) {
        transcripts.voices.note({ recordingId, sessionId }, update);
      }
    },
    paused(step, paused) {
      room.steps.paused(step, paused);
      life.paused(step, paused);
    },
  });

  function checkParticipant(session: LiveSession, params: ParticipantParams): void {
    const { participantId, kind, transcription } = params;
    const participant = session.require(participantId);
    if (transcription?.enabled === true && kind !== undefined && mediaKindOf(kind) !== 'audio') {
      throw new RoomflowError(
        'nothing-to-transcribe',
        `transcription.enabled is true, and a ${kind} track holds no sound. Record audio, or leave transcription out.`,
      );
    }
    const stepId = people.stepOf(session.sessionId, subjectOf(participantId, kind ?? null));
    if (stepId !== undefined) {
      throw new RoomflowError(
        'already-recording',
        `${kind ? `The ${kind} of participant` : 'Participant'} "${participantId}" is being recorded already (step ${stepId}).`,
      );
    }
    if (kind && !participant.tracks.get(kind)?.live) {
      const published = participant.liveTracks().map((track) => track.kind);
      throw new RoomflowError(
        'track-not-found',
        `Participant "${participantId}" publishes no ${kind} now. Published: ${published.join(', ') || 'nothing'}.`,
      );
    }
  }

  function createdForParticipant(
    step: StoredStep,
    session: LiveSession,
    params: ParticipantParams,
  ): { recordingId: string } {
    const { participantId, kind } = params;
    const recording: StoredRecording = {
      id: `rec_${randomBytes(9).toString('base64url')}`,
      stepId: step.id,
      mode: kind ? 'track' : 'participant',
      kind: kind ?? (params.mode === 'audio' ? 'audio' : 'audio_video'),
      roomId: step.roomId,
      sessionId: step.sessionId,
      participantId,
      participantName: session.require(participantId).name,
      fileFormat: params.fileFormat ?? (params.mode === 'audio' ? 'ogg' : 'webm'),
      status: 'starting',
      start: step.startedAt,
      end: null,
      error: null,
      webhookUrl: params.webhookUrl ?? null,
      callbackUrl: params.callbackUrl ?? null,
      metadata: params.metadata ?? null,
      composed: null,
      merged: null,
    };
    insertRecording(store, recording);
    transcripts.wanted.note(recording, params.transcription);
    store.afterCommit(() => {
      people.take(runningOf(step, params));
    });
    return { recordingId: recording.id };
  }

  return {
    room: room.service,
    archive,
    life,
    async start(roomId, params) {
      const step = await steps.start(roomId, { step: 'record', with: params });
      return archive.view(archive.require(null, step.recordingId ?? ''));
    },
    async stop(roomId, participantId, kind) {
      const session = rooms.requireSession(roomId);
      const stepId = people.stepOf(session.sessionId, subjectOf(participantId, kind));
      if (stepId === undefined) {
        throw new RoomflowError(
          'not-recording',
          `${kind ? `The ${kind} of participant` : 'Participant'} "${participantId}" is not being recorded in room "${session.roomId}".`,
        );
      }
      const step = await steps.stop(stepId);
      return archive.view(archive.require(null, step.recordingId ?? ''));
    },
    get: (mode, recordingId) => archive.view(archive.require(mode, recordingId)),
    list: (mode, filter) =>
      mapPage(listRecordings(store, { ...filter, mode }), (recording) => archive.view(recording)),
    async delete(recordingId) {
      await archive.delete(recordingId);
      await transcripts.voices.remove(recordingId);
    },
    file: (fileId) => archive.file(fileId),
    close() {
      stopWatching();
      people.close();
    },
    conclude(recording, files, failure, at) {
      const known = new Set(archive.files(recording.id).map((file) => file.path));
      for (const file of files) {
        if (!known.has(file.path)) {
          archive.saveFile(recording.id, file);
        }
      }
      life.end(recording, failure, at);
    },
    async assemble(recording, files, step) {
      if (recording.composed === null) {
        return files;
      }
      try {
        return await assembleRecording(plane, recording, files, pausesOf(step?.progress ?? {}));
      } catch (error) {
        options.onError(error, { recordingId: recording.id });
        return files;
      }
    },
  };
}

const runningOf = (
  { id, sessionId }: StoredStep,
  { participantId, kind }: ParticipantParams,
): RunningRecording => ({
  stepId: id,
  sessionId,
  subject: subjectOf(participantId, kind ?? null),
  people: new Set([participantId]),
});

const isOfRoom = (params: Readonly<Record<string, unknown>>): boolean => params['source'] === 'room';

/** What is recorded of a participant: all of it, or one track. */
const subjectOf = (participantId: string, kind: TrackKind | null): string =>
  `${participantId}/${kind ?? 'participant'}`;
