import { randomBytes } from 'node:crypto';
import type { OutboundGuard } from '../../config/index.ts';
import {
  RoomflowError,
  type Livestream,
  type LivestreamOutput,
  type Page,
  type StepParams,
  type StepState,
} from '../../contract/index.ts';
import type { EventLog, WebhookDelivery } from '../../events/index.ts';
import type { LiveRooms } from '../../rooms/index.ts';
import {
  HIDDEN_KEY,
  identifiedOutputs,
  type RtmpCommand,
  type RtmpOutputUpdate,
  type StepUpdate,
} from '../../steps/index.ts';
import {
  findLivestreamOfStep,
  insertLivestream,
  listLivestreams,
  mapPage,
  updateLivestream,
  type LivestreamFilter,
  type Store,
  type StoredLivestream,
} from '../../store/index.ts';
import type { LiveStep } from '../live-step.ts';
import type { RecordingBeside, RoomRecordingService } from '../room-recordings.ts';
import type { StepSupervisor } from '../supervisor.ts';
import { requireRecordingBeside, type TranscriptArchive } from '../transcriptions/index.ts';
import { destinationsOf, requireAllowed } from './destinations.ts';
import { createLivestreamJournal, livestreamView } from './journal.ts';
import {
  freeName,
  isWorthTelling,
  knownOutput,
  noteUpdate,
  toldOf,
  trackedOutput,
  viewsOf,
  type TrackedOutput,
} from './tracked-outputs.ts';

/** Most destinations of one livestream at a time, as in the contract. */
const MOST_OUTPUTS = 32;

/** Livestreams of rooms to RTMP servers as VideoSDK has them, on top of `rtmp` steps. */
export type LivestreamService = {
  start(roomId: string, params: StepParams<'rtmp'>): Promise<Livestream>;
  /** Ends the livestream of the room. */
  stop(roomId: string): Promise<Livestream>;
  /** One more destination for a livestream that runs. */
  addOutput(livestreamId: string, output: LivestreamOutput): Promise<Livestream>;
  /** Ends the stream at one destination; the others go on. */
  removeOutput(livestreamId: string, outputId: string): Promise<Livestream>;
  get(livestreamId: string): Livestream;
  list(filter: LivestreamFilter): Page<Livestream>;
  /**
   * Writes the end of a livestream whose runtime was killed at `at`, and tells of it.
   *
   * @param failure why its step has failed, where it has
   */
  conclude(livestream: StoredLivestream, at: string, failure: StoredLivestream['error']): void;
};

/** A livestream that has not ended. */
type RunningLivestream = {
  id: string;
  sessionId: string;
  /** Null until the step has begun. */
  step: LiveStep | null;
  outputs: Map<string, TrackedOutput>;
  /** Some destination has taken the stream. */
  hasStarted: boolean;
  /** The recording that was asked for beside it; null when none was. */
  recording: Promise<RecordingBeside> | null;
};

export function createLivestreamService(options: {
  store: Store;
  events: EventLog;
  webhooks: WebhookDelivery;
  rooms: LiveRooms;
  steps: StepSupervisor;
  outbound: OutboundGuard;
  recordings: Pick<RoomRecordingService, 'startBeside' | 'restoreBeside'>;
  transcripts: Pick<TranscriptArchive, 'wanted'>;
  onError(error: unknown, fields: Record<string, unknown>): void;
}): LivestreamService {
  const { store, rooms, steps } = options;
  const journal = createLivestreamJournal(options);
  /** By session: a room has one livestream at a time, to any number of destinations. */
  const running = new Map<string, RunningLivestream>();

  steps.observe('rtmp', {
    check({ session }) {
      const current = running.get(session.sessionId);
      if (current) {
        throw new RoomflowError(
          'already-livestreaming',
          `Room "${session.roomId}" is being livestreamed already (${current.id}). Add outputs to it, or stop it first.`,
        );
      }
    },
    async allow(params) {
      const { outputs, config, transcription } = params as StepParams<'rtmp'>;
      requireRecordingBeside({ config, transcription }, 'invalid-livestream-config');
      await options.transcripts.wanted.allow(transcription);
      await requireAllowed(outputs, options.outbound);
    },
    created(step) {
      const params = step.params as StepParams<'rtmp'>;
      const outputs = new Map(
        identifiedOutputs(params.outputs).map(({ outputId, url }) => [
          outputId,
          trackedOutput(outputId, url, HIDDEN_KEY),
        ]),
      );
      const livestream: StoredLivestream = {
        id: `lst_${randomBytes(9).toString('base64url')}`,
        stepId: step.id,
        roomId: step.roomId,
        sessionId: step.sessionId,
        status: 'starting',
        start: step.startedAt,
        end: null,
        outputs: viewsOf(outputs),
        recordingId: null,
        error: null,
        webhookUrl: params.webhookUrl ?? null,
        callbackUrl: params.callbackUrl ?? null,
        metadata: params.metadata ?? null,
      };
      insertLivestream(store, livestream);
      store.afterCommit(() => {
        running.set(step.sessionId, {
          id: livestream.id,
          sessionId: step.sessionId,
          step: null,
          outputs,
          hasStarted: false,
          recording: null,
        });
      });
      return { recordingId: null };
    },
    restored(step) {
      const stored = findLivestreamOfStep(store, step.stored.id);
      if (stored) {
        const beside =
          stored.recordingId === null ? null : options.recordings.restoreBeside(stored.recordingId);
        running.set(stored.sessionId, {
          id: stored.id,
          sessionId: stored.sessionId,
          step,
          outputs: new Map(stored.outputs.map((output) => [output.outputId, knownOutput(output, step.part)])),
          // One that was stopping is not `running` any more, and its outputs may have stopped before it.
          hasStarted:
            stored.status === 'running' ||
            stored.outputs.some(({ state, bytesSent }) => state === 'live' || bytesSent > 0),
          recording: beside && Promise.resolve(beside),
        });
      }
      return [];
    },
    changed,
    update(step, update) {
      const livestream = running.get(step.stored.sessionId);
      if (livestream?.step === step && isOutputUpdate(update)) {
        noteOutput(livestream, step.part, update);
      }
    },
    asset() {
      // A livestream leaves no file.
    },
    paused() {
      // Only recordings are paused.
    },
  });

  function changed(step: LiveStep, _from: StepState, to: StepState): void {
    const livestream = running.get(step.stored.sessionId);
    if (!livestream) {
      return;
    }
    switch (to) {
      case 'starting':
        livestream.step = step;
        journal.tell(livestream.id, 'livestream-starting');
        for (const tracked of livestream.outputs.values()) {
          tellOutput(livestream, tracked);
        }
        recordBeside(livestream, step);
        break;
      case 'stopping':
        updateLivestream(store, livestream.id, { status: 'stopping' });
        journal.tell(livestream.id, 'livestream-stopping');
        break;
      case 'finished':
      case 'failed':
      case 'cancelled':
        running.delete(livestream.sessionId);
        endRecording(livestream);
        endRunning(livestream, to === 'failed' ? failureOf(step) : null);
        break;
      default:
    }
  }

  /** `config.recording.enabled`: the same picture goes into a file, from the same encoder. */
  function recordBeside(livestream: RunningLivestream, step: LiveStep): void {
    const { config, participants, transcription } = step.params as StepParams<'rtmp'>;
    if (config?.recording?.enabled !== true) {
      return;
    }
    const started = options.recordings.startBeside(step.stored.roomId, {
      config,
      participants,
      transcription,
    });
    livestream.recording = started;
    started.then(
      ({ recordingId }) => {
        updateLivestream(store, livestream.id, { recordingId });
      },
      (error: unknown) => {
        options.onError(error, { livestreamId: livestream.id });
      },
    );
  }

  function endRecording({ id, recording }: RunningLivestream): void {
    recording
      ?.then(
        (beside) => beside.stop(),
        () => {
          // It never began, which was told when it failed to.
        },
      )
      .catch((error: unknown) => {
        options.onError(error, { livestreamId: id });
      });
  }

  /** What a destination tells: kept in mind always, written and told of where that is worth it. */
  function noteOutput(livestream: RunningLivestream, part: number, update: RtmpOutputUpdate): void {
    const tracked = livestream.outputs.get(update.outputId);
    if (!tracked) {
      return;
    }
    noteUpdate(tracked, part, update);
    const { state } = tracked.view;
    const isFirstLive = state === 'live' && !livestream.hasStarted;
    if (!isFirstLive && !isWorthTelling(tracked.told, state, Date.now())) {
      return;
    }
    store.transact(() => {
      updateLivestream(store, livestream.id, { outputs: viewsOf(livestream.outputs) });
      tellOutput(livestream, tracked);
      if (isFirstLive) {
        livestream.hasStarted = true;
        updateLivestream(store, livestream.id, { status: 'running' });
        journal.tell(livestream.id, 'livestream-started');
      }
    });
  }

  function tellOutput(livestream: RunningLivestream, tracked: TrackedOutput): void {
    const { outputId, url, state, retries, lastError } = tracked.view;
    const nowMs = Date.now();
    if (isWorthTelling(tracked.told, state, nowMs)) {
      tracked.told = toldOf(tracked.told, state, nowMs);
      journal.tell(livestream.id, 'livestream-output-changed', {
        outputId,
        url,
        state,
        retries,
        message: state === 'retrying' ? (lastError ?? '') : '',
      });
    }
  }

  /** Where nothing was ever reached, the end is a failure, whoever asked for it. */
  function endRunning(livestream: RunningLivestream, cause: { code: string; message: string } | null): void {
    for (const tracked of livestream.outputs.values()) {
      tracked.view = { ...tracked.view, state: 'stopped' };
      tellOutput(livestream, tracked);
    }
    updateLivestream(store, livestream.id, { outputs: viewsOf(livestream.outputs) });
    const errors = viewsOf(livestream.outputs).flatMap(({ url, lastError }) =>
      lastError === null ? [] : [`${url}: ${lastError}`],
    );
    journal.end(
      livestream.id,
      cause ??
        (livestream.hasStarted
          ? null
          : {
              code: 'livestream-failed',
              message: `No destination had taken the stream when it ended. ${errors.join('; ')}`.trim(),
            }),
      new Date().toISOString(),
    );
  }

  /** With the counts of now, where it runs. */
  function view(stored: StoredLivestream): Livestream {
    const live = running.get(stored.sessionId);
    return livestreamView(stored, live?.id === stored.id ? viewsOf(live.outputs) : undefined);
  }

  /** The running livestream of that id, with its step. */
  function requireRunning(livestreamId: string): RunningLivestream & { step: LiveStep } {
    const stored = journal.require(livestreamId);
    const livestream = running.get(stored.sessionId);
    if (livestream?.id !== livestreamId || !livestream.step || livestream.step.stored.state === 'stopping') {
      throw new RoomflowError(
        'not-livestreaming',
        `Livestream "${livestreamId}" is ${stored.status}${stored.end === null ? '' : ` since ${stored.end}`}; its outputs cannot be changed any more.`,
      );
    }
    return livestream as RunningLivestream & { step: LiveStep };
  }

  /** A step between workers is started with the outputs of now anyway. */
  async function command(step: LiveStep, message: RtmpCommand): Promise<void> {
    try {
      await steps.command(step.stored.id, message);
    } catch (error) {
      const { code } = RoomflowError.from(error);
      if (code !== 'worker-lost' && code !== 'step-not-running') {
        throw error;
      }
    }
  }

  return {
    async start(roomId, params) {
      const step = await steps.start(roomId, { step: 'rtmp', with: params });
      const livestream = running.get(step.sessionId);
      if (!livestream) {
        throw new RoomflowError('livestream-failed', step.reason);
      }
      try {
        await livestream.recording;
      } catch (error) {
        // Asked for together, and told together: half of it is not what the caller wanted.
        await steps.stop(step.id, 'recording-failed');
        throw error;
      }
      return view(journal.require(livestream.id));
    },
    async stop(roomId) {
      const session = rooms.requireSession(roomId);
      const livestream = running.get(session.sessionId);
      if (!livestream?.step) {
        throw new RoomflowError('not-livestreaming', `Room "${session.roomId}" is not being livestreamed.`);
      }
      await steps.stop(livestream.step.stored.id);
      return view(journal.require(livestream.id));
    },
    async addOutput(livestreamId, output) {
      requireRunning(livestreamId);
      await requireAllowed([output], options.outbound);
      // Looking the host up takes its time: what is true now counts.
      const livestream = requireRunning(livestreamId);
      const { outputs, step } = livestream;
      const added = { ...output, outputId: output.outputId ?? freeName(outputs) };
      const all = [...outputsOf(step), added];
      if (all.length > MOST_OUTPUTS) {
        throw new RoomflowError(
          'invalid-livestream-config',
          `Livestream "${livestreamId}" has ${MOST_OUTPUTS} outputs, which is the most there may be. Remove one first.`,
        );
      }
      const destination = destinationsOf(all).at(-1);
      // For the worker that would take the step over.
      step.params = { ...step.params, outputs: all };
      steps.keepParams(step);
      const tracked = trackedOutput(added.outputId, destination?.shownUrl ?? '', HIDDEN_KEY);
      outputs.set(added.outputId, tracked);
      store.transact(() => {
        updateLivestream(store, livestreamId, { outputs: viewsOf(outputs) });
        tellOutput(livestream, tracked);
      });
      await command(step, { kind: 'add-output', output: added });
      return view(journal.require(livestreamId));
    },
    async removeOutput(livestreamId, outputId) {
      const livestream = requireRunning(livestreamId);
      const { outputs, step } = livestream;
      const tracked = outputs.get(outputId);
      if (!tracked || tracked.view.state === 'stopped') {
        throw new RoomflowError(
          'output-not-found',
          `Livestream "${livestreamId}" sends to no output "${outputId}". It has: ${outputsOf(step)
            .map((output) => output.outputId)
            .join(', ')}.`,
        );
      }
      step.params = {
        ...step.params,
        outputs: outputsOf(step).filter((output) => output.outputId !== outputId),
      };
      steps.keepParams(step);
      tracked.view = { ...tracked.view, state: 'stopped' };
      store.transact(() => {
        updateLivestream(store, livestreamId, { outputs: viewsOf(outputs) });
        tellOutput(livestream, tracked);
      });
      await command(step, { kind: 'remove-output', outputId });
      return view(journal.require(livestreamId));
    },
    get: (livestreamId) => view(journal.require(livestreamId)),
    list: (filter) => mapPage(listLivestreams(store, filter), view),
    conclude(livestream, at, failure) {
      const outputs = livestream.outputs.map((output) => ({ ...output, state: 'stopped' as const }));
      store.transact(() => {
        updateLivestream(store, livestream.id, { outputs });
        journal.end(
          livestream.id,
          failure ?? {
            code: 'livestream-failed',
            message: 'The runtime was stopped while the livestream ran.',
          },
          at,
        );
      });
    },
  };
}

const isOutputUpdate = (update: StepUpdate): update is RtmpOutputUpdate => update.kind === 'rtmp-output';

/** What the step sends to, with the keys. */
const outputsOf = (step: LiveStep) => identifiedOutputs((step.params as StepParams<'rtmp'>).outputs);

const failureOf = (step: LiveStep): { code: string; message: string } =>
  step.failure ?? { code: 'livestream-failed', message: step.stored.reason };
