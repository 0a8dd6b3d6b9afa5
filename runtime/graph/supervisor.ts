import { randomBytes } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Compile, type Validator } from 'typebox/compile';
import type { Static } from 'typebox';
import {
  RoomflowError,
  describeRejected,
  finalStepStates,
  rejectedValues,
  stepParams,
  type StartStepBody,
  type Step,
  type StepState,
  type StepType,
} from '../contract/index.ts';
import type { EventLog } from '../events/index.ts';
import type { RecordedFile } from '../media/index.ts';
import type { LiveRooms, LiveSession } from '../rooms/index.ts';
import {
  findStep,
  insertStep,
  listSteps,
  moveStep,
  updateStep,
  type Store,
  type StoredStep,
} from '../store/index.ts';
import { bringToLife, type LiveStep } from './live-step.ts';
import { feedFrom } from './feed.ts';
import type { StepPlane } from './step-plane.ts';

/** A caller that stops a step waits this long for its files; the step goes on stopping meanwhile. */
const STOP_ANSWER_MS = 10_000;
/** A step whose worker dies again and again is given up after this many parts. */
const MAX_PARTS = 20;

/** Takes part in the life of steps of one type: recordings keep their rows and events this way. */
export type StepObserver = {
  /** May refuse a step before anything is written. */
  check(request: { session: LiveSession; params: Record<string, unknown> }): void;
  /** The step is about to be stored; returns the recording it belongs to, if any. */
  created(step: StoredStep, session: LiveSession): { recordingId: string | null };
  changed(step: LiveStep, from: StepState, to: StepState, reason: string): void;
  asset(step: LiveStep, file: RecordedFile): void;
  paused(step: LiveStep, paused: boolean): void;
};

export type StepSupervisor = {
  start(roomId: string, body: Static<typeof StartStepBody>): Step;
  /** Answers when the step has ended, or after ten seconds as it is then. */
  stop(stepId: string, reason?: string): Promise<Step>;
  pause(stepId: string): Promise<Step>;
  resume(stepId: string): Promise<Step>;
  get(stepId: string): Step;
  list(
    roomId: string,
    filter: { step?: string | undefined; state?: StepState | undefined; sessionId?: string | undefined },
  ): Step[];
  observe(type: StepType, observer: StepObserver): void;
};

const validators = new Map<string, Validator>(
  Object.entries(stepParams).map(([type, schema]) => [type, Compile(schema)]),
);

/** Owns every running step: starts it where the session lives, follows its reports, takes it up again. */
export function createStepSupervisor(options: {
  store: Store;
  events: EventLog;
  rooms: LiveRooms;
  plane: StepPlane;
  recordingsDirectory: string;
  onError(error: unknown, fields: Record<string, unknown>): void;
}): StepSupervisor {
  const { store, events, rooms, plane } = options;
  const live = new Map<string, LiveStep>();
  const observers = new Map<string, StepObserver>();

  plane.onReport(({ stepId, part, report }) => {
    const step = live.get(stepId);
    if (!step || part !== step.part) {
      return;
    }
    switch (report.type) {
      case 'progress':
        step.progress = { ...step.progress, ...report.progress };
        break;
      case 'asset':
        keepAsset(step, report.file);
        break;
      case 'retry':
        step.actor.send({ type: 'retry', reason: report.message });
        break;
      case 'failure':
        fail(step, report);
        break;
      case 'ended':
        step.actor.send({ type: 'stop', reason: report.reason });
        break;
      default:
        report satisfies never;
    }
  });

  plane.onSessionMoved((sessionId, reason) => {
    for (const step of live.values()) {
      if (step.stored.sessionId !== sessionId) {
        continue;
      }
      if (step.stored.state === 'retrying') {
        // Lost again while being taken up: the state stays, the effect must run anew.
        act(step, () => takeUpAgain(step));
      } else {
        step.actor.send({ type: 'retry', reason: `worker lost: ${reason}` });
      }
    }
  });

  rooms.onSessionEnding(async (session) => {
    const steps = [...live.values()].filter((step) => step.stored.sessionId === session.sessionId);
    for (const step of steps) {
      step.actor.send({ type: 'stop', reason: 'session-ended' });
    }
    await Promise.all(steps.map((step) => step.ended));
  });

  function fail(step: LiveStep, failure: { code: string; message: string }): void {
    step.failure ??= { code: failure.code, message: failure.message };
    step.actor.send({ type: 'fail', reason: failure.message });
  }

  function keepAsset(step: LiveStep, file: RecordedFile): void {
    if (!step.reportedPaths.has(file.path)) {
      step.reportedPaths.add(file.path);
      observers.get(step.stored.type)?.asset(step, file);
    }
  }

  /** The one place where a change of state is written down, told and acted upon. */
  function changed(step: LiveStep, from: StepState, to: StepState, reason: string): void {
    const { stored } = step;
    const ended = isFinal(to);
    stored.state = to;
    stored.reason = reason;
    const at = new Date().toISOString();
    if (ended) {
      stored.endedAt = at;
      live.delete(stored.id);
    }
    store.transact(() => {
      moveStep(store, stored.id, { from, to, reason, at, ended });
      updateStep(store, stored.id, { progress: step.progress });
      events.append('step-changed', {
        roomId: stored.roomId,
        sessionId: stored.sessionId,
        data: { stepId: stored.id, step: stored.type, from, to, reason },
      });
    });
    observers.get(stored.type)?.changed(step, from, to, reason);
    if (to === 'starting') {
      act(step, () => startPart(step));
    } else if (to === 'retrying') {
      act(step, () => takeUpAgain(step));
    } else if (to === 'stopping') {
      act(step, () => finish(step));
    }
  }

  /** Runs an effect; its failure is the step's failure, unless the worker was lost and a retry is coming. */
  function act(step: LiveStep, effect: () => Promise<void>): void {
    effect().catch((error: unknown) => {
      const failure = RoomflowError.from(error);
      if (failure.code === 'worker-lost' && step.stored.state !== 'stopping') {
        // onSessionMoved follows and takes the step up again.
        return;
      }
      options.onError(error, { stepId: step.stored.id, sessionId: step.stored.sessionId });
      fail(step, failure);
    });
  }

  async function startPart(step: LiveStep): Promise<void> {
    const { stored } = step;
    await mkdir(step.directory, { recursive: true });
    const session = rooms.bySessionId(stored.sessionId);
    step.partStartMs = session ? Date.now() - session.startedAtMs : 0;
    const part = step.part;
    // Stored with the next change of state: a restart finds by it where in the session the file began.
    step.progress = { ...step.progress, part, partStartMs: step.partStartMs };
    await plane.startStep({
      sessionId: stored.sessionId,
      stepId: stored.id,
      type: stored.type,
      params: stored.params,
      part,
      directory: step.directory,
    });
    if (stored.paused) {
      await plane.pauseStep(stored.sessionId, stored.id);
    }
    if (part === step.part) {
      step.actor.send({ type: 'started' });
    }
  }

  async function takeUpAgain(step: LiveStep): Promise<void> {
    const lostPartStartMs = step.partStartMs;
    const lostPart = step.part;
    step.part += 1;
    if (step.part > MAX_PARTS) {
      throw new RoomflowError('recording-failed', `The step was interrupted ${MAX_PARTS} times; giving up.`);
    }
    // The new part first: what was on disk is safe and can wait, what is being said now cannot.
    await startPart(step);
    await recoverLeftovers(step, lostPart, lostPartStartMs);
  }

  async function finish(step: LiveStep): Promise<void> {
    try {
      await plane.stopStep(step.stored.sessionId, step.stored.id, step.stored.reason);
    } catch (error) {
      if (RoomflowError.from(error).code !== 'worker-lost') {
        throw error;
      }
    } finally {
      await recoverLeftovers(step, step.part, step.partStartMs);
      step.actor.send({ type: 'stopped' });
    }
  }

  /** Completes the files of a part that a dead worker left open. */
  async function recoverLeftovers(step: LiveStep, part: number, startMs: number): Promise<void> {
    for (const path of await filesOf(step, part)) {
      if (step.reportedPaths.has(path)) {
        continue;
      }
      try {
        const file = await plane.recoverFile(path, startMs);
        if (file) {
          keepAsset(step, file);
        }
      } catch (error) {
        options.onError(error, { stepId: step.stored.id, path });
      }
    }
  }

  async function filesOf(step: LiveStep, part: number): Promise<string[]> {
    const prefix = `${step.stored.id}-${part}`;
    const names = await readdir(step.directory).catch((error: unknown) => {
      options.onError(error, { stepId: step.stored.id, path: step.directory });
      return [];
    });
    // `name.mp4.mkv` is how `name.mp4` looks while it is written: recover-file knows both.
    const paths = names
      .filter((name) => name.startsWith(`${prefix}.`) || name.startsWith(`${prefix}-`))
      .map((name) =>
        join(
          step.directory,
          name
            .replace(/\.mkv$/, (suffix) => (/\.(mp4|ogg)\.mkv$/.test(name) ? '' : suffix))
            .replace(/\.finishing$/, ''),
        ),
      );
    return [...new Set(paths)].sort();
  }

  function requireLive(stepId: string): LiveStep {
    const step = live.get(stepId);
    if (!step) {
      const stored = findStep(store, stepId);
      if (!stored) {
        throw new RoomflowError('step-not-found', `There is no step "${stepId}".`);
      }
      throw new RoomflowError(
        'step-not-running',
        `Step "${stepId}" (${stored.type}) is ${stored.state} since ${stored.endedAt ?? 'a moment'}: ${stored.reason}.`,
      );
    }
    return step;
  }

  async function setPaused(stepId: string, paused: boolean): Promise<Step> {
    const step = requireLive(stepId);
    if (step.stored.type === 'tap') {
      throw new RoomflowError(
        'invalid-request',
        'A tap passes no media itself and cannot be paused; pause what it feeds.',
      );
    }
    if (step.stored.paused !== paused) {
      step.stored.paused = paused;
      updateStep(store, stepId, { paused });
      observers.get(step.stored.type)?.paused(step, paused);
      if (step.stored.state === 'running') {
        await (paused
          ? plane.pauseStep(step.stored.sessionId, stepId)
          : plane.resumeStep(step.stored.sessionId, stepId));
      }
    }
    return view(step.stored, step.progress);
  }

  return {
    start(roomId, body) {
      const session = rooms.requireSession(roomId);
      const params = parseParams(
        body.step,
        feedFrom(body, session.sessionId, (id) => live.get(id)?.stored),
      );
      const participantId = typeof params['participantId'] === 'string' ? params['participantId'] : null;
      if (participantId === null) {
        throw new RoomflowError(
          'invalid-step-params',
          `Step "${body.step}" needs with.participantId, or from: the stepId of a tap.`,
        );
      }
      const participant = session.require(participantId);
      const observer = observers.get(body.step);
      observer?.check({ session, params });
      const stored: StoredStep = {
        id: `stp_${randomBytes(9).toString('base64url')}`,
        type: body.step,
        roomId: session.roomId,
        sessionId: session.sessionId,
        participantId,
        trackIds: tracksOf(params, participant.liveTracks()),
        params,
        state: 'pending',
        reason: 'requested',
        paused: false,
        recordingId: null,
        fromStepId: body.from ?? null,
        progress: {},
        startedAt: new Date().toISOString(),
        endedAt: null,
      };
      const step = store.transact(() => {
        stored.recordingId = observer?.created(stored, session).recordingId ?? null;
        insertStep(store, stored);
        return bringToLife(stored, directoryOf(options.recordingsDirectory, stored), changed);
      });
      live.set(stored.id, step);
      step.actor.send({ type: 'start' });
      return view(step.stored, step.progress);
    },
    async stop(stepId, reason = 'requested') {
      const step = requireLive(stepId);
      step.actor.send({ type: 'stop', reason });
      await within(step.ended, STOP_ANSWER_MS);
      return view(step.stored, step.progress);
    },
    pause: (stepId) => setPaused(stepId, true),
    resume: (stepId) => setPaused(stepId, false),
    get(stepId) {
      const step = live.get(stepId);
      const stored = step?.stored ?? findStep(store, stepId);
      if (!stored) {
        throw new RoomflowError('step-not-found', `There is no step "${stepId}".`);
      }
      return view(stored, step?.progress ?? stored.progress);
    },
    list(roomId, filter) {
      return listSteps(store, {
        roomId,
        type: filter.step,
        sessionId: filter.sessionId,
        ...(filter.state === undefined ? {} : { states: [filter.state] }),
      })
        .reverse()
        .map((stored) => view(stored, live.get(stored.id)?.progress ?? stored.progress));
    },
    observe(type, observer) {
      observers.set(type, observer);
    },
  };
}

function parseParams(type: string, params: Record<string, unknown>): Record<string, unknown> {
  const validator = validators.get(type);
  if (!validator) {
    throw new RoomflowError(
      'invalid-step-params',
      `Unknown step "${type}". Known: ${[...validators.keys()].join(', ')}.`,
    );
  }
  if (!validator.Check(params)) {
    const details = rejectedValues(validator.Errors(params), '/with');
    throw new RoomflowError('invalid-step-params', `Step "${type}": ${describeRejected(details)}.`, {
      details,
    });
  }
  return params;
}

/** The tracks that exist now and that the step is about. */
function tracksOf(
  params: Record<string, unknown>,
  tracks: readonly { trackId: string; kind: string }[],
): string[] {
  const { kind, kinds, mode } = params;
  const wanted: readonly unknown[] =
    kind !== undefined
      ? [kind]
      : Array.isArray(kinds)
        ? kinds
        : mode === 'audio'
          ? ['audio']
          : ['audio', 'video'];
  return tracks.filter((track) => wanted.includes(track.kind)).map((track) => track.trackId);
}

/** `recordings/<bucketDirPath>/<sessionId>/<participantId>[/<kind>]`, VideoSDK's order of folders. */
function directoryOf(recordingsDirectory: string, step: StoredStep): string {
  const { bucketDirPath, kind } = step.params;
  return join(
    recordingsDirectory,
    typeof bucketDirPath === 'string' ? bucketDirPath : '',
    step.sessionId,
    step.participantId ?? 'room',
    typeof kind === 'string' ? kind : '',
  );
}

const isFinal = (state: StepState): boolean => finalStepStates.some((final) => final === state);

/** The promise, or nothing once the time is over; the timer never holds up a shutdown. */
async function within(promise: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    promise,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    }),
  ]);
  clearTimeout(timer);
}

function view(step: StoredStep, progress: Record<string, unknown>): Step {
  return {
    id: step.id,
    stepId: step.id,
    step: step.type,
    roomId: step.roomId,
    sessionId: step.sessionId,
    participantId: step.participantId,
    trackIds: step.trackIds,
    recordingId: step.recordingId,
    from: step.fromStepId,
    with: step.params,
    state: step.state,
    paused: step.paused,
    reason: step.reason,
    startedAt: step.startedAt,
    endedAt: step.endedAt,
    progress,
  };
}
