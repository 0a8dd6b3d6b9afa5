import {
  RoomflowError,
  type Page,
  type StartRealtimeTranscriptionBody,
  type StepParams,
  type StepState,
  type Transcription,
} from '../../contract/index.ts';
import type { EventLog } from '../../events/index.ts';
import type { LiveRooms, LiveSession } from '../../rooms/index.ts';
import { isTranscribeUpdate, type TranscribeUpdate } from '../../steps/index.ts';
import {
  findParticipant,
  findTranscriptionOfStep,
  insertGap,
  insertSegments,
  listTranscriptions,
  mapPage,
  updateTranscription,
  type Store,
  type StoredTranscription,
  type TranscriptionFilter,
} from '../../store/index.ts';
import type { LiveStep } from '../live-step.ts';
import type { StepSupervisor } from '../supervisor.ts';
import type { Completion } from './completion.ts';
import type { SpeechEngines } from './engine-choice.ts';
import type { TranscriptionJournal } from './journal.ts';

/** Transcriptions of live rooms as VideoSDK has them, on top of `transcribe` steps. */
export type RealtimeTranscriptions = {
  /** @throws RoomflowError `unknown-engine`, `unsupported-language`, `engine-not-ready`, `already-transcribing` */
  start(body: StartRealtimeTranscriptionBody): Promise<Transcription>;
  /** Ends the transcription of the room. @throws RoomflowError `not-transcribing` */
  end(roomId: string): Promise<Transcription>;
  get(transcriptionId: string): Transcription;
  list(filter: Omit<TranscriptionFilter, 'type'>): Page<Transcription>;
  /**
   * Completes one whose runtime was killed at `at` with what was stored of it.
   *
   * @param failure why its step has failed, where it has: what was heard stays in its files
   */
  conclude(
    transcription: StoredTranscription,
    at: string,
    failure: StoredTranscription['error'],
  ): Promise<void>;
};

type Running = { id: string; hasStarted: boolean; interimEvents: boolean };
type Said = Extract<TranscribeUpdate, { kind: 'interim' | 'final' }>;

export function createRealtimeTranscriptions(options: {
  store: Store;
  events: EventLog;
  rooms: Pick<LiveRooms, 'bySessionId' | 'requireSession'>;
  steps: Pick<StepSupervisor, 'observe' | 'start' | 'stop'>;
  engines: SpeechEngines;
  journal: TranscriptionJournal;
  completion: Completion;
  /** A transcript of the session is whole, but for its gaps. */
  onCompleted(sessionId: string): void;
}): RealtimeTranscriptions {
  const { store, events, rooms, steps, engines, journal, completion } = options;
  /** By session: a room is transcribed once at a time. */
  const running = new Map<string, Running>();

  steps.observe('transcribe', {
    async allow(params) {
      await engines.choose(params);
    },
    check({ session }) {
      const current = running.get(session.sessionId);
      if (current) {
        throw new RoomflowError(
          'already-transcribing',
          `Room "${session.roomId}" is being transcribed already (${current.id}). End it first.`,
        );
      }
    },
    created(step) {
      const params = step.params as StepParams<'transcribe'>;
      const { id } = journal.begin({
        type: 'realtime',
        roomId: step.roomId,
        sessionId: step.sessionId,
        stepId: step.id,
        recordingId: null,
        engine: engines.nameOf(params),
        language: params.language ?? null,
        summary: params.summary,
        start: step.startedAt,
        webhookUrl: params.webhookUrl ?? null,
        callbackUrl: params.callbackUrl ?? null,
        metadata: params.metadata ?? null,
      });
      store.afterCommit(() => {
        running.set(step.sessionId, {
          id,
          hasStarted: false,
          interimEvents: params.interimEvents === true,
        });
      });
      return { recordingId: null };
    },
    restored(step, session) {
      const stored = findTranscriptionOfStep(store, step.stored.id);
      if (stored) {
        const { id, status, sessionId, language } = stored;
        const { interimEvents } = step.params as StepParams<'transcribe'>;
        const hasStarted = status !== 'starting';
        running.set(sessionId, { id, hasStarted, interimEvents: interimEvents === true });
        if (status === 'running') {
          session.captions.set({ transcriptionId: id, language });
        }
      }
      return [];
    },
    changed,
    update(step, update) {
      const current = running.get(step.stored.sessionId);
      if (current && isTranscribeUpdate(update)) {
        hear(current, step, update);
      }
    },
    async finishing(step) {
      const current = running.get(step.stored.sessionId);
      if (current) {
        await completion.writeFiles(current.id);
      }
    },
    asset() {
      // What was said comes as updates; its files are written here.
    },
    paused() {
      // Only recordings are paused.
    },
  });

  function changed(step: LiveStep, _from: StepState, to: StepState): void {
    const { sessionId } = step.stored;
    const current = running.get(sessionId);
    if (!current) {
      return;
    }
    switch (to) {
      case 'starting':
        journal.tell(current.id, 'transcription-starting');
        break;
      case 'running':
        if (!current.hasStarted) {
          // Once, also when the step is taken up again in another worker.
          current.hasStarted = true;
          updateTranscription(store, current.id, { status: 'running' });
          journal.tell(current.id, 'transcription-started');
          rooms.bySessionId(sessionId)?.captions.set({
            transcriptionId: current.id,
            language: journal.require('realtime', current.id).language,
          });
        }
        break;
      case 'stopping':
        updateTranscription(store, current.id, { status: 'stopping' });
        journal.tell(current.id, 'transcription-stopping');
        break;
      case 'finished':
      case 'failed':
      case 'cancelled':
        running.delete(sessionId);
        rooms.bySessionId(sessionId)?.captions.set(null);
        end(current, to === 'finished' ? null : failureOf(step));
        options.onCompleted(sessionId);
        break;
      default:
    }
  }

  function end({ id }: Running, failure: { code: string; message: string } | null): void {
    if (failure) {
      journal.failed(id, failure);
      return;
    }
    journal.tell(id, 'transcription-stopped');
    completion.complete(id);
  }

  /** What the step tells: finals and gaps are kept, and everything said is shown at once. */
  function hear(current: Running, step: LiveStep, update: TranscribeUpdate): void {
    switch (update.kind) {
      case 'interim':
        tellText(current, step, update, current.interimEvents);
        break;
      case 'final':
        // An empty one takes back what was told of it before, and says nothing to those who were not told.
        tellText(current, step, update, update.text !== '' || current.interimEvents);
        break;
      case 'gap':
        noteGap(current, step, update);
        break;
      case 'behind':
        // Interim results are being left out, or no longer are: the step's progress says how many.
        break;
      default:
        update satisfies never;
    }
  }

  function tellText({ id }: Running, step: LiveStep, update: Said, isTold: boolean): void {
    const { roomId, sessionId } = step.stored;
    const { participantId, segmentId, text, startMs, endMs, language } = update;
    const session = rooms.bySessionId(sessionId);
    const isFinal = update.kind === 'final';
    const words = update.kind === 'final' ? update.words : null;
    const segment = {
      segmentId,
      participantId,
      participantName: nameOf(session, sessionId, participantId),
      text,
      startMs,
      endMs,
      language,
      ...(words === null ? {} : { words }),
    };
    const timestamp = Math.round((session?.startedAtMs ?? Date.now()) + startMs);
    const { words: _words, ...caption } = segment;
    session?.captions.show({ ...caption, isFinal, timestamp });
    if (!isTold) {
      return;
    }
    store.transact(() => {
      if (isFinal && text !== '') {
        insertSegments(store, id, [segment]);
      }
      events.append('transcription-text', {
        roomId,
        sessionId,
        data: { ...scopeOf(id, step), ...segment, isFinal, timestamp },
      });
    });
  }

  function noteGap(
    { id }: Running,
    step: LiveStep,
    { participantId, startMs, endMs, code, message }: Extract<TranscribeUpdate, { kind: 'gap' }>,
  ): void {
    const { sessionId } = step.stored;
    const participantName = nameOf(rooms.bySessionId(sessionId), sessionId, participantId);
    const gap = { participantId, participantName, startMs, endMs, code, message };
    store.transact(() => {
      insertGap(store, { transcriptionId: id, ...gap });
      journal.tell(id, 'transcription-gap', { ...gap, filled: false });
    });
  }

  /** Somebody who has left already is known to the store. */
  const nameOf = (session: LiveSession | undefined, sessionId: string, participantId: string): string =>
    session?.find(participantId)?.name ?? findParticipant(store, sessionId, participantId)?.name ?? '';

  const find = (transcriptionId: string): Transcription =>
    journal.view(journal.require('realtime', transcriptionId));

  return {
    async start({ roomId, engine, modelId, ...params }) {
      const step = await steps.start(roomId, {
        step: 'transcribe',
        with: { ...params, engine: engines.nameOf({ engine, modelId }) },
      });
      return find(findTranscriptionOfStep(store, step.stepId)?.id ?? '');
    },
    async end(roomId) {
      const session = rooms.requireSession(roomId);
      const current = running.get(session.sessionId);
      const stepId = current && journal.require('realtime', current.id).stepId;
      if (!current || !stepId) {
        throw new RoomflowError(
          'not-transcribing',
          `Room "${session.roomId}" is not being transcribed. Start it with POST /ai/v1/realtime-transcriptions/start.`,
        );
      }
      await steps.stop(stepId);
      return find(current.id);
    },
    get: find,
    list: (filter) =>
      mapPage(listTranscriptions(store, { ...filter, type: 'realtime' }), (entry) => journal.view(entry)),
    async conclude({ id }, at, failure) {
      await completion.writeFiles(id);
      if (failure) {
        journal.failed(id, failure, at);
        return;
      }
      store.transact(() => {
        journal.tell(id, 'transcription-stopped');
        completion.complete(id, at);
      });
    },
  };
}

/** What all events of a realtime transcription hold. */
const scopeOf = (id: string, step: LiveStep) => ({
  id,
  transcriptionId: id,
  type: 'realtime' as const,
  stepId: step.stored.id,
  recordingId: null,
});

const failureOf = (step: LiveStep): { code: string; message: string } =>
  step.failure ?? { code: 'transcription-failed', message: step.stored.reason };
