import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  RoomflowError,
  type EventType,
  type SummarySettings,
} from '../../../../../runtime/contract/index.ts';
import { createEventLog, type EventLog } from '../../../../../runtime/events/index.ts';
import {
  createTranscriptArchive,
  createTranscriptionService,
  type SpeechEngines,
  type TranscribeFile,
  type TranscriptArchive,
  type TranscriptionService,
} from '../../../../../runtime/graph/transcriptions/index.ts';
import {
  insertRecording,
  insertRoom,
  insertSession,
  insertStep,
  listRecordingFiles,
  openStore,
  saveParticipant,
  saveRecordingFile,
  type Store,
  type StoredRecording,
} from '../../../../../runtime/store/index.ts';
import { temporaryDirectory } from '../../../../support/temporary/index.ts';

export const sessionStartMs = Date.UTC(2026, 0, 1);
const at = (sessionMs: number): string => new Date(sessionStartMs + sessionMs).toISOString();

/** The services over a store in memory, with a recogniser that says what the test says. */
export type Desk = AsyncDisposable & {
  store: Store;
  events: EventLog;
  archive: TranscriptArchive;
  service: TranscriptionService;
  /** Types of the events told so far. */
  told(): EventType[];
  /** Resolves with the data of the first event of a type. */
  event(type: EventType): Promise<Record<string, unknown>>;
  /** A finished recording, of one file that holds this stretch of the session. */
  recording(
    more: Partial<StoredRecording> & { fromMs: number; toMs: number; pauses?: unknown },
  ): StoredRecording;
  /** The same services anew, as after a restart. */
  again(): TranscriptionService;
};

export const sessionId = 'ses_1';
export const people = [
  { participantId: 'ada', name: 'Ada' },
  { participantId: 'ben', name: 'Ben' },
];

const engines: SpeechEngines = {
  nameOf: ({ engine = 'stand-in' }) => engine,
  choose: ({ engine = 'stand-in', language = null }) =>
    engine === 'stand-in'
      ? Promise.resolve({ name: engine, settings: { type: 'pocketsphinx' }, language })
      : Promise.reject(new RoomflowError('unknown-engine', `There is no recogniser "${engine}".`)),
  views: () => Promise.resolve([]),
};

export async function openDesk(options: {
  transcribe: TranscribeFile;
  summary?: SummarySettings;
  errors?: unknown[];
}): Promise<Desk> {
  const folder = await temporaryDirectory('roomflow-transcripts-');
  const store = await openStore({ file: ':memory:' });
  const onError = (error: unknown): void => {
    options.errors?.push(error);
  };
  const events = createEventLog({ store, retention: { days: 1, count: 10_000 }, onError });
  insertRoom(store, {
    id: 'room-1',
    customRoomId: null,
    disabled: false,
    deactivated: false,
    webhook: null,
    autoCloseConfig: null,
    allowedParticipantIds: null,
    maxParticipants: null,
    maxForwardedSpeakers: null,
    createdAt: at(0),
    updatedAt: at(0),
  });
  insertSession(store, { id: sessionId, roomId: 'room-1', start: at(0) });
  for (const { participantId, name } of people) {
    saveParticipant(store, {
      sessionId,
      participantId,
      roomId: 'room-1',
      name,
      mode: 'SEND_AND_RECV',
      permissions: [],
      metaData: null,
      resumeTokenHash: null,
      userAgent: '',
      joinedAt: at(0),
    });
  }
  const archive = createTranscriptArchive({
    store,
    events,
    webhooks: { enqueueCallback: () => undefined },
    plane: { recoverFile: () => Promise.resolve(null) },
    engines,
    directory: join(folder.path, 'transcripts'),
    secret: 'a secret of the test',
    publicUrl: () => 'http://runtime.test',
    canSummarise: options.summary !== undefined,
    onError,
  });
  const open = (): TranscriptionService =>
    createTranscriptionService({
      store,
      events,
      rooms: {
        bySessionId: () => undefined,
        requireSession: () => {
          throw new RoomflowError('no-live-session', 'Nobody is there.');
        },
      },
      steps: {
        observe: () => undefined,
        start: () => Promise.reject(new Error('no steps here')),
        stop: () => Promise.reject(new Error('no steps here')),
      },
      transcripts: archive,
      recordings: { files: (id) => listRecordingFiles(store, [id]).get(id) ?? [] },
      summary: options.summary,
      transcribe: options.transcribe,
      onError,
    });
  let service = open();
  return {
    store,
    events,
    archive,
    get service() {
      return service;
    },
    told: () => events.read({ cursor: 'earliest', limit: 1000 }).events.map(({ type }) => type),
    event: (type) =>
      new Promise((resolve) => {
        const subscription = events.subscribe(
          { cursor: 'earliest', types: [type] },
          {
            onEvent({ data }) {
              setImmediate(() => {
                subscription.unsubscribe();
              });
              resolve(data);
            },
          },
        );
      }),
    recording({ fromMs, toMs, pauses, ...more }) {
      const id = `rec_${randomBytes(4).toString('hex')}`;
      const recording: StoredRecording = {
        id,
        stepId: `stp_${id}`,
        mode: 'participant',
        kind: 'audio',
        roomId: 'room-1',
        sessionId,
        participantId: 'ada',
        participantName: 'Ada',
        fileFormat: 'ogg',
        status: 'completed',
        start: at(fromMs),
        end: at(toMs),
        error: null,
        webhookUrl: null,
        callbackUrl: null,
        metadata: null,
        composed: null,
        merged: null,
        ...more,
      };
      insertStep(store, {
        id: recording.stepId,
        type: 'record',
        roomId: 'room-1',
        sessionId,
        participantId: recording.participantId,
        trackIds: [],
        params: {},
        state: 'finished',
        reason: 'requested',
        paused: false,
        recordingId: null,
        fromStepId: null,
        progress: pauses === undefined ? {} : { pauses },
        startedAt: at(fromMs),
        endedAt: at(toMs),
      });
      insertRecording(store, recording);
      const pausedMs = ((pauses ?? []) as [number, number][]).reduce((sum, [from, to]) => sum + to - from, 0);
      saveRecordingFile(store, {
        id: `fil_${id}`,
        recordingId: id,
        part: 1,
        path: `/recordings/${id}.ogg`,
        sizeBytes: 1,
        type: 'audio',
        format: 'ogg',
        videoCodec: null,
        audioCodec: 'opus',
        width: null,
        height: null,
        durationSeconds: (toMs - fromMs - pausedMs) / 1000,
        startMs: fromMs,
        endMs: toMs,
        createdAt: at(toMs),
        updatedAt: at(toMs),
      });
      return recording;
    },
    again() {
      service = open();
      return service;
    },
    async [Symbol.asyncDispose]() {
      await service.stop();
      events.close();
      await store.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}
