import { randomBytes } from 'node:crypto';
import {
  RoomflowError,
  type ComposedParticipants,
  type ComposedRecording,
  type CompositionConfig,
  type Page,
  type StartCompositeRecordingBody,
  type StartRoomRecordingBody,
  type StepParams,
  type TranscriptionOptions,
} from '../contract/index.ts';
import type { RecordedFile } from '../media/index.ts';
import type { LiveRooms, LiveSession } from '../rooms/index.ts';
import {
  insertRecording,
  isBeside,
  listRecordings,
  mapPage,
  markBeside,
  type RecordingFilter,
  type Store,
  type StoredRecording,
  type StoredStep,
} from '../store/index.ts';
import type { LiveStep } from './live-step.ts';
import type { RecordedPeople, RunningRecording } from './recorded-people.ts';
import type { RecordingArchive } from './recording-archive.ts';
import { assembleRecording, notePause, pausesOf } from './recording-parts.ts';
import { SharedRecordings } from './shared-recordings.ts';
import type { StepPlane } from './step-plane.ts';
import type { StepSupervisor } from './supervisor.ts';
import type { TranscriptArchive } from './transcriptions/index.ts';

/** Most people in a composite recording: as many as a picture has cells. */
const MAX_COMPOSED = 25;
const MEETING = 'meeting';

type RecordParams = StepParams<'record'>;
type StartBody = Omit<StartRoomRecordingBody, 'roomId'>;

/** A recording that goes along with a broadcast of the same composition. */
export type RecordingBeside = {
  recordingId: string;
  /** Ends it with the broadcast, unless it ran before that or another broadcast wants it still. */
  stop(): Promise<void>;
};

/** Recordings of the composed room and of chosen participants, on top of `record` steps whose source is the room. */
export type RoomRecordingService = {
  start(roomId: string, body: StartBody): Promise<ComposedRecording>;
  stop(roomId: string): Promise<ComposedRecording>;
  startComposite(
    roomId: string,
    body: Omit<StartCompositeRecordingBody, 'roomId'>,
  ): Promise<ComposedRecording>;
  stopComposite(roomId: string, recordingId: string): Promise<ComposedRecording>;
  /**
   * The recording that a broadcast wants beside itself (`config.recording.enabled`). One that runs already is taken as
   * it is.
   */
  startBeside(
    roomId: string,
    request: {
      config?: CompositionConfig | undefined;
      participants?: ComposedParticipants | undefined;
      transcription?: TranscriptionOptions | undefined;
      metadata?: unknown;
    },
  ): Promise<RecordingBeside>;
  /**
   * The recording beside a broadcast that goes on after the runtime was killed; null when it has ended, or when the
   * broadcast did not begin it.
   */
  restoreBeside(recordingId: string): RecordingBeside | null;
  get(mode: 'meeting' | 'composite', recordingId: string): ComposedRecording;
  list(mode: 'meeting' | 'composite', filter: Omit<RecordingFilter, 'mode'>): Page<ComposedRecording>;
};

/** The part of the `record` steps' observer that is about the room. */
export type RoomRecordingSteps = {
  check(session: LiveSession, params: RecordParams): void;
  created(step: StoredStep): { recordingId: string };
  /** What runs with a step, as long as it does. */
  running(step: Pick<LiveStep, 'stored' | 'params'>): RunningRecording;
  asset(step: LiveStep, file: RecordedFile): void;
  finishing(step: LiveStep): Promise<void>;
  paused(step: LiveStep, paused: boolean): void;
};

export function createRoomRecordings(options: {
  store: Store;
  rooms: LiveRooms;
  steps: StepSupervisor;
  plane: StepPlane;
  archive: RecordingArchive;
  people: RecordedPeople;
  transcripts: Pick<TranscriptArchive, 'wanted'>;
  onError(error: unknown, fields: Record<string, unknown>): void;
}): { service: RoomRecordingService; steps: RoomRecordingSteps } {
  const { store, rooms, steps, plane, archive, people, transcripts } = options;
  /** Finished files of running recordings, which are kept only when all are one. */
  const parts = new Map<string, RecordedFile[]>();
  const beside = new SharedRecordings(async (stepId) => {
    if (people.stepIds().includes(stepId)) {
      await steps.stop(stepId);
    }
  });

  const stepsOfRooms: RoomRecordingSteps = {
    check(session, params) {
      requireFitting(params);
      const running = people.stepOf(session.sessionId, subjectOf(params));
      if (running !== undefined) {
        throw params.participants
          ? new RoomflowError(
              'already-composite-recording',
              `The same participants of room "${session.roomId}" are being recorded already in the same picture (step ${running}). Choose others, or stop it first.`,
            )
          : new RoomflowError(
              'already-recording',
              `Room "${session.roomId}" is being recorded already (step ${running}). Stop it first.`,
            );
      }
    },
    created(step) {
      const params = step.params as RecordParams;
      const { config = {}, participants } = params;
      const sound = isSoundAlone(params);
      const recording: StoredRecording = {
        id: `rec_${randomBytes(9).toString('base64url')}`,
        stepId: step.id,
        mode: participants ? 'composite' : MEETING,
        kind: sound ? 'audio' : 'audio_video',
        roomId: step.roomId,
        sessionId: step.sessionId,
        participantId: null,
        participantName: null,
        fileFormat: params.fileFormat ?? (sound ? 'm4a' : 'mp4'),
        status: 'starting',
        start: step.startedAt,
        end: null,
        error: null,
        webhookUrl: params.webhookUrl ?? null,
        callbackUrl: params.callbackUrl ?? null,
        metadata: params.metadata ?? null,
        composed: { config, participants: participants ?? null },
        merged: null,
      };
      insertRecording(store, recording);
      transcripts.wanted.note(recording, params.transcription);
      store.afterCommit(() => {
        people.take(runningOf(step, params));
      });
      return { recordingId: recording.id };
    },
    running: ({ stored, params }) => runningOf(stored, params),
    asset(step, file) {
      const { id } = step.stored;
      parts.set(id, [...(parts.get(id) ?? []), file]);
    },
    async finishing(step) {
      const { id, recordingId } = step.stored;
      const files = parts.get(id) ?? [];
      parts.delete(id);
      const recording = archive.require(null, recordingId ?? '');
      for (const file of await assemble(recording, files, step.progress)) {
        archive.saveFile(recording.id, file);
      }
    },
    paused(step, paused) {
      const session = rooms.bySessionId(step.stored.sessionId);
      if (session) {
        notePause(store, step, paused, Date.now() - session.startedAtMs);
      }
    },
  };

  /** Whatever becomes of the attempt to make one file of them: all files are answered for. */
  async function assemble(
    recording: StoredRecording,
    files: RecordedFile[],
    progress: Record<string, unknown>,
  ): Promise<RecordedFile[]> {
    try {
      const assembled = await assembleRecording(plane, recording, files, pausesOf(progress));
      if (assembled.length > 1) {
        const why = new Error(
          `Recording "${recording.id}" stays in ${assembled.length} files: another encoder went on, or the disk has no room for one.`,
        );
        options.onError(why, { recordingId: recording.id });
      }
      return assembled;
    } catch (error) {
      options.onError(error, { recordingId: recording.id });
      return files;
    }
  }

  async function begin(roomId: string, params: RecordParams): Promise<StoredRecording> {
    const step = await steps.start(roomId, { step: 'record', with: { source: 'room', ...params } });
    return archive.require(null, step.recordingId ?? '');
  }

  /** Those on stage, when nobody was chosen. */
  function everybodyIn(roomId: string): ComposedParticipants {
    const session = rooms.requireSession(roomId);
    const chosen = session
      .present()
      .filter((participant) => !participant.isViewer)
      .slice(0, MAX_COMPOSED)
      .map(({ participantId }) => ({ participantId }));
    if (chosen.length === 0) {
      throw new RoomflowError(
        'participant-not-found',
        `Nobody in room "${session.roomId}" is on stage; name participants who are, or record the room.`,
      );
    }
    return chosen;
  }

  const service: RoomRecordingService = {
    async start(roomId, body) {
      return archive.composedView(await begin(roomId, paramsOf(body)));
    },
    async stop(roomId) {
      const session = rooms.requireSession(roomId);
      const stepId = people.stepOf(session.sessionId, MEETING);
      if (stepId === undefined) {
        throw new RoomflowError(
          'room-not-recording',
          `Room "${session.roomId}" is not being recorded. Start it with POST /v2/recordings/start.`,
        );
      }
      const step = await steps.stop(stepId);
      return archive.composedView(archive.require(MEETING, step.recordingId ?? ''));
    },
    async startComposite(roomId, { participants, watermarks, ...body }) {
      const config = watermarks === undefined ? body.config : { ...body.config, watermarks };
      const params = paramsOf({ ...body, ...(config === undefined ? {} : { config }) });
      const recording = await begin(roomId, { ...params, participants: participants ?? everybodyIn(roomId) });
      return archive.composedView(recording);
    },
    async stopComposite(roomId, recordingId) {
      const session = rooms.requireSession(roomId);
      const recording = archive.require('composite', recordingId);
      if (recording.sessionId !== session.sessionId || recording.end !== null) {
        throw new RoomflowError(
          'composite-not-recording',
          `Composite recording "${recordingId}" does not run in room "${session.roomId}" now: it is ${recording.status}.`,
        );
      }
      await steps.stop(recording.stepId);
      return archive.composedView(archive.require('composite', recordingId));
    },
    async startBeside(roomId, { config = {}, participants, transcription, metadata }) {
      const { recording: _recording, ...picture } = config;
      const session = rooms.requireSession(roomId);
      const subject = subjectOf({ config: picture, ...(participants ? { participants } : {}) });
      const held = await beside.hold(
        `${session.sessionId} ${subject}`,
        people.stepOf(session.sessionId, subject),
        async () => {
          const recording = await begin(roomId, {
            config: picture,
            ...(participants ? { participants } : {}),
            ...(transcription === undefined ? {} : { transcription }),
            ...(metadata === undefined ? {} : { metadata }),
          });
          markBeside(store, recording.id);
          return recording.stepId;
        },
      );
      const recordingId = steps.get(held.stepId).recordingId ?? '';
      // One that ran already was not asked for a transcript, or is transcribed once for all who ask.
      transcripts.wanted.note(archive.require(null, recordingId), transcription);
      return {
        recordingId,
        stop: () => held.release(),
      };
    },
    restoreBeside(recordingId) {
      const recording = archive.require(null, recordingId);
      if (recording.end !== null || !isBeside(store, recordingId)) {
        return null;
      }
      const { sessionId, stepId, composed } = recording;
      const subject = composed?.participants
        ? subjectOf({ config: composed.config, participants: composed.participants })
        : MEETING;
      const held = beside.restore(`${sessionId} ${subject}`, stepId);
      return { recordingId, stop: () => held.release() };
    },
    get: (mode, recordingId) => archive.composedView(archive.require(mode, recordingId)),
    list: (mode, filter) =>
      mapPage(listRecordings(store, { ...filter, mode }), (recording) => archive.composedView(recording)),
  };
  return { service, steps: stepsOfRooms };
}

/** What is recorded: the room once, chosen participants once in each picture and format. */
function subjectOf(params: RecordParams): string {
  const { participants, config, fileFormat, mode } = params;
  if (!participants) {
    return MEETING;
  }
  const { recording: _recording, ...picture } = config ?? {};
  return `composite ${JSON.stringify([participants, picture, fileFormat ?? null, mode ?? null])}`;
}

const runningOf = ({ id, sessionId }: StoredStep, params: RecordParams): RunningRecording => ({
  stepId: id,
  sessionId,
  subject: subjectOf(params),
  people: params.participants
    ? new Set(params.participants.map(({ participantId }) => participantId))
    : 'everybody',
});

const soundFormats: readonly unknown[] = ['m4a', 'mp3', 'ogg'];

const isSoundAlone = ({ config, mode, fileFormat }: RecordParams): boolean =>
  config?.mode === 'audio' || mode === 'audio' || soundFormats.includes(fileFormat);

/** Refuses a container without a picture for those who ask for one. */
function requireFitting({ config, mode, fileFormat }: RecordParams): void {
  const wantsPicture = config?.mode === 'video-and-audio' || mode === 'video-and-audio';
  if (wantsPicture && soundFormats.includes(fileFormat)) {
    throw new RoomflowError(
      'invalid-composition',
      `fileFormat "${String(fileFormat)}" holds sound alone, and mode is video-and-audio. Use mp4, webm or mkv, or mode audio.`,
    );
  }
}

/** Params of the step for a call's body; what the runtime does not do is refused by its name. */
function paramsOf(body: StartBody): RecordParams {
  const {
    templateUrl,
    preSignedUrl,
    awsDirPath,
    dirPath,
    bucketDirPath = dirPath ?? awsDirPath,
    ...params
  } = body;
  if (templateUrl !== undefined) {
    throw new RoomflowError(
      'invalid-composition',
      `templateUrl "${templateUrl}" cannot be recorded: pictures are composed without a browser. Use config: layout, theme, background, labels and watermarks.`,
    );
  }
  if (preSignedUrl !== undefined) {
    throw new RoomflowError(
      'invalid-step-params',
      'preSignedUrl cannot be recorded to: files are kept in the recordings folder. Download them with fileUrl when recording-stopped comes.',
    );
  }
  return { ...params, ...(bucketDirPath === undefined ? {} : { bucketDirPath }) };
}
