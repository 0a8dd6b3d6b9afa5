import {
  RoomflowError,
  type Page,
  type StartPostTranscriptionBody,
  type Transcription,
} from '../../contract/index.ts';
import type { EventLog } from '../../events/index.ts';
import {
  findRecording,
  insertSegments,
  listOpenTranscriptions,
  listTranscriptions,
  mapPage,
  updateTranscription,
  type Store,
  type StoredRecording,
  type StoredTranscription,
  type TranscriptionFilter,
} from '../../store/index.ts';
import type { Completion } from './completion.ts';
import type { SpeechEngines } from './engine-choice.ts';
import type { GapFilling } from './gap-filling.ts';
import type { Jobs } from './jobs.ts';
import type { TranscriptionJournal } from './journal.ts';
import type { KeptVoices } from './kept-voices.ts';
import type { SpeechPlan, SpeechSources } from './speech-sources.ts';
import type { SpeechSource } from './stretches.ts';
import { segmentsOf, type TranscribeFile } from './transcribe-sources.ts';

/** Transcriptions of recordings that have ended, as VideoSDK has them. */
export type PostTranscriptions = {
  /**
   * Begins one; it is told when it is made.
   *
   * @throws RoomflowError `recording-not-found`, `already-recording`, `already-transcribing`, `nothing-to-transcribe`,
   *   `unknown-engine`, `unsupported-language`, `engine-not-ready`
   */
  start(body: StartPostTranscriptionBody): Promise<Transcription>;
  get(transcriptionId: string): Transcription;
  list(filter: Omit<TranscriptionFilter, 'type'>): Page<Transcription>;
  /** Breaks one off that has not been completed. Resolves when nothing of it runs any more. */
  abort(transcriptionId: string): Promise<void>;
  /** Makes what was not made when the runtime ended. */
  resume(): void;
  close(): void;
};

const endsOfRecordings = [
  'recording-stopped',
  'recording-failed',
  'composite-recording-stopped',
  'composite-recording-failed',
  'participant-recording-stopped',
  'participant-recording-failed',
  'participant-track-recording-stopped',
  'participant-track-recording-failed',
] as const;

export function createPostTranscriptions(options: {
  store: Store;
  events: EventLog;
  engines: SpeechEngines;
  journal: TranscriptionJournal;
  completion: Completion;
  sources: SpeechSources;
  voices: KeptVoices;
  gaps: GapFilling;
  jobs: Jobs;
  transcribe: TranscribeFile;
}): PostTranscriptions {
  const { store, events, engines, journal, completion, sources, voices, gaps, jobs } = options;

  async function make(transcriptionId: string, signal: AbortSignal): Promise<void> {
    const transcription = journal.require('post', transcriptionId);
    try {
      await write(transcription, signal);
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      const { code, message } = RoomflowError.from(error);
      journal.failed(transcriptionId, { code: code === 'internal' ? 'transcription-failed' : code, message });
      throw error;
    }
    // The voices are all that is left of what a live transcript may lack; then they have served their purpose.
    const { recordingId, sessionId } = transcription;
    await gaps.fill(sessionId, signal);
    await voices.remove(recordingId ?? '');
  }

  async function write({ id, ...transcription }: StoredTranscription, signal: AbortSignal): Promise<void> {
    const recording = requireSound(findRecording(store, transcription.recordingId ?? ''));
    if (transcription.status === 'starting') {
      store.transact(() => {
        updateTranscription(store, id, { status: 'running' });
        journal.tell(id, 'transcription-started');
      });
    }
    const engine = await engines.choose({
      engine: transcription.engine,
      language: transcription.language ?? undefined,
    });
    const plan = await sources.of(recording);
    updateTranscription(store, id, { speakersBy: plan.speakersBy });
    const finished = new Set(transcription.finishedSources);
    for (const source of plan.sources) {
      signal.throwIfAborted();
      const key = keyOf(source);
      if (!finished.has(key)) {
        const segments = await segmentsOf(options.transcribe, source, engine, signal);
        finished.add(key);
        store.transact(() => {
          insertSegments(
            store,
            id,
            segments.map((segment) => ({ ...segment, ...speakerOf(plan, segment) })),
          );
          updateTranscription(store, id, { finishedSources: [...finished] });
        });
      }
    }
    await completion.writeFiles(id);
    signal.throwIfAborted();
    completion.complete(id);
  }

  /** @throws RoomflowError `recording-not-found`, `already-recording`, `nothing-to-transcribe` */
  function requireSound(recording: StoredRecording | undefined): StoredRecording {
    if (!recording) {
      throw new RoomflowError(
        'recording-not-found',
        'The recording was deleted before it had been transcribed.',
      );
    }
    if (recording.end === null) {
      throw new RoomflowError(
        'already-recording',
        `Recording "${recording.id}" is ${recording.status}; stop it before it is transcribed, or start it with transcription.enabled.`,
      );
    }
    if (!sources.hasSound(recording)) {
      const why = recording.error ? ` (${recording.error.message})` : '';
      throw new RoomflowError(
        'nothing-to-transcribe',
        `Recording "${recording.id}" holds no sound${why}. Choose one that does: a ${recording.kind} ${recording.mode} recording was named.`,
      );
    }
    return recording;
  }

  function enqueue(transcriptionId: string): void {
    jobs.run(transcriptionId, (signal) => make(transcriptionId, signal));
  }

  /** Takes up what waited for a recording to end. */
  function recordingEnded(recordingId: string): void {
    for (const { id, status } of listOpenTranscriptions(store, { type: 'post', recordingId })) {
      if (status === 'starting') {
        enqueue(id);
      }
    }
  }

  const ends = events.subscribe(
    { types: endsOfRecordings },
    {
      onEvent({ type, sessionId, data }) {
        if ('recordingId' in data && data.recordingId !== null) {
          recordingEnded(data.recordingId);
        }
        if (sessionId !== null && type.endsWith('-stopped')) {
          gaps.consider(sessionId);
        }
      },
    },
  );

  const find = (transcriptionId: string): Transcription =>
    journal.view(journal.require('post', transcriptionId));

  return {
    async start({ recordingId, engine, modelId, language, ...rest }) {
      const recording = findRecording(store, recordingId);
      if (!recording) {
        throw new RoomflowError('recording-not-found', `There is no recording "${recordingId}".`);
      }
      requireSound(recording);
      const chosen = await engines.choose({ engine, modelId, language });
      const [open] = listOpenTranscriptions(store, { type: 'post', recordingId });
      if (open) {
        throw new RoomflowError(
          'already-transcribing',
          `Recording "${recordingId}" is being transcribed already (${open.id}). Wait for it, or delete it.`,
        );
      }
      const { id } = store.transact(() => {
        const begun = journal.begin({
          type: 'post',
          roomId: recording.roomId,
          sessionId: recording.sessionId,
          stepId: null,
          recordingId,
          engine: chosen.name,
          language: chosen.language,
          summary: rest.summary,
          webhookUrl: rest.webhookUrl ?? null,
          callbackUrl: rest.callbackUrl ?? null,
          metadata: rest.metadata ?? null,
        });
        journal.tell(begun.id, 'transcription-starting');
        return begun;
      });
      enqueue(id);
      return find(id);
    },
    get: find,
    list: (filter) =>
      mapPage(listTranscriptions(store, { ...filter, type: 'post' }), (entry) => journal.view(entry)),
    abort: (transcriptionId) => jobs.abort(transcriptionId),
    resume() {
      for (const { id, recordingId } of listOpenTranscriptions(store, { type: 'post' })) {
        const recording = findRecording(store, recordingId ?? '');
        if (recording?.end !== null) {
          enqueue(id);
        }
      }
    },
    close() {
      ends.unsubscribe();
    },
  };
}

/** Names a stretch of a file among the sources of one transcription. */
const keyOf = ({ path, stretch }: SpeechSource): string =>
  `${path}#${Math.round(stretch.fromMs)}-${Math.round(stretch.toMs)}`;

/** Who speaks, where the source is a mix. */
const speakerOf = (
  plan: SpeechPlan,
  { participantId, startMs, endMs }: { participantId: string | null; startMs: number; endMs: number },
) => (participantId === null ? plan.speakerIn({ fromMs: startMs, toMs: endMs }) : null) ?? {};
