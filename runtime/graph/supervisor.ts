import { randomBytes } from 'node:crypto';
import type { Seal } from '../config/index.ts';
import {
  RoomflowError,
  finalStepStates,
  type CompositionLook,
  type Step,
  type StepRequest,
  type StepState,
  type StepType,
} from '../contract/index.ts';
import type { EventLog } from '../events/index.ts';
import { finalPathOf, type RecordedFile } from '../media/index.ts';
import type { LiveRooms, LiveSession } from '../rooms/index.ts';
import type { HandedConnection, StepUpdate } from '../steps/index.ts';
import {
  findStep,
  insertStep,
  keepStepSecrets,
  listSteps,
  moveStep,
  updateStep,
  type Store,
  type StoredStep,
} from '../store/index.ts';
import type { ImageResolver } from './composition-images.ts';
import { checkLook, compositionRequestOf, isOfSession, needsNobody } from './composition-request.ts';
import { feedFrom } from './feed.ts';
import { compositionFor, type LiveComposition } from './live-composition.ts';
import { bringToLife, type LiveStep } from './live-step.ts';
import { createResumableSteps, partOf, partStartsOf } from './resumable-step.ts';
import { createStepEffects } from './step-effects.ts';
import { requireWithinLimits, type StepLimits } from './step-limits.ts';
import { createStepLooks } from './step-looks.ts';
import type { StepObserver } from './step-observer.ts';
import { directoryOf, parseParams, shownParams, tracksOf } from './step-params.ts';
import type { StepPlane } from './step-plane.ts';
import { beenReached } from './step-reach.ts';
import { stepView } from './step-view.ts';

/** A caller that stops a step waits this long for its files; the step goes on stopping meanwhile. */
const STOP_ANSWER_MS = 10_000;
const RESTARTED = 'runtime-restarted';

export type StepSupervisor = {
  /**
   * Resolves once the step is stored and being started; its images are fetched before. A step that shows the room as a
   * whole opens a session where nobody is; all others reject with `no-live-session` there.
   *
   * @param onStored called in the transaction that stores the step, so that its caller can note it there
   */
  start(roomId: string, body: StepRequest, onStored?: (stepId: string) => void): Promise<Step>;
  /** Answers when the step has ended, or after ten seconds as it is then. */
  stop(stepId: string, reason?: string): Promise<Step>;
  pause(stepId: string): Promise<Step>;
  resume(stepId: string): Promise<Step>;
  /** Hands a message to the running step itself; rejects with `step-not-running` while it is between workers. */
  command(stepId: string, command: StepUpdate): Promise<void>;
  /**
   * Hands the connection of a client that streams from or to it over to the step, once it runs.
   *
   * @throws RoomflowError `step-not-found`, `step-not-running` when it has ended; `worker-lost` when it does not run
   * within ten seconds
   */
  connect(stepId: string, connection: HandedConnection): Promise<void>;
  /** Changes the picture of a step and of all that share its composition, now and for workers to come. */
  updateLook(stepId: string, look: CompositionLook): Promise<Step>;
  get(stepId: string): Step;
  list(
    roomId: string,
    filter: { step?: string | undefined; state?: StepState | undefined; sessionId?: string | undefined },
  ): Step[];
  observe(type: StepType, observer: StepObserver): void;
  /** Writes down what a live step runs with, after its service has changed its params. */
  keepParams(step: LiveStep): void;
  /**
   * Takes up the live steps of a session that goes on after the runtime was killed, as after the loss of a worker. Why
   * one cannot be taken up is told to `onError` and stored as its failure.
   *
   * @returns ids of the steps that go on
   */
  restore(session: LiveSession, stored: readonly StoredStep[]): string[];
  /** Called for each change of a step's state, once it has been written. */
  onChanged(listener: (step: Step) => void): void;
};

/** Owns every running step: starts it where the session lives, follows its reports, takes it up again. */
export function createStepSupervisor(options: {
  store: Store;
  events: EventLog;
  rooms: LiveRooms;
  plane: StepPlane;
  images: ImageResolver;
  seal: Seal;
  recordingsDirectory: string;
  limits: StepLimits;
  onError(error: unknown, fields: Record<string, unknown>): void;
}): StepSupervisor {
  const { store, events, rooms, plane } = options;
  const live = new Map<string, LiveStep>();
  const liveInRoom = new Map<string, number>();
  const countIn = (roomId: string): number => liveInRoom.get(roomId) ?? 0;
  const resumable = createResumableSteps(store, options.seal);
  const observers = new Map<string, StepObserver>();
  const listeners = new Set<(step: Step) => void>();
  const effects = createStepEffects({
    store,
    rooms,
    plane,
    keepAsset,
    finishing: async (step) => {
      await observers.get(step.stored.type)?.finishing?.(step);
    },
    fail,
    onError: (error, fields) => {
      options.onError(error, fields);
    },
  });

  const looks = createStepLooks({
    store,
    events,
    plane,
    images: options.images,
    live,
    requireLive,
    keep: (step) => {
      resumable.keep(step);
    },
  });

  plane.onReport(({ stepId, part, report }) => {
    const step = live.get(stepId);
    if (!step || part !== step.part) {
      return;
    }
    switch (report.type) {
      case 'progress':
        noteProgress(step, report.progress);
        break;
      case 'asset':
        keepAsset(step, report.file);
        break;
      case 'update':
        observers.get(step.stored.type)?.update?.(step, report.update);
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
        act(step, () => effects.takeUpAgain(step));
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
    try {
      resumable.keepFailure(step);
    } catch (error) {
      // A disk that takes nothing more must not keep the step from its end.
      options.onError(error, { stepId: step.stored.id });
    }
    step.actor.send({ type: 'fail', reason: failure.message });
  }

  /** What is told of where a part begins is stored at once: a restart places the part's file by it. */
  function noteProgress(step: LiveStep, progress: Record<string, unknown>): void {
    step.progress = { ...step.progress, ...progress };
    const { partStartMs } = progress;
    if (typeof partStartMs === 'number') {
      step.partStartsMs.set(step.part, partStartMs);
      step.progress['partStartsMs'] = Object.fromEntries(step.partStartsMs);
      updateStep(store, step.stored.id, { progress: step.progress });
    }
  }

  function keepAsset(step: LiveStep, file: RecordedFile): void {
    const path = finalPathOf(file.path);
    if (!step.reportedPaths.has(path)) {
      step.reportedPaths.add(path);
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
      liveInRoom.set(stored.roomId, countIn(stored.roomId) - 1);
      if (countIn(stored.roomId) <= 0) {
        liveInRoom.delete(stored.roomId);
      }
    }
    try {
      store.transact(() => {
        moveStep(store, stored.id, { from, to, reason, at, ended });
        updateStep(store, stored.id, { progress: step.progress });
        events.append('step-changed', {
          roomId: stored.roomId,
          sessionId: stored.sessionId,
          data: { stepId: stored.id, step: stored.type, from, to, reason },
        });
        observers.get(stored.type)?.changed(step, from, to, reason);
      });
    } catch (error) {
      // A store that cannot be written (a full disk) must not end the process and with it every meeting: the
      // step goes on to its end, and the log has what the store lacks.
      options.onError(error, { stepId: stored.id, from, to });
    }
    tell(step);
    if (to === 'starting') {
      act(step, () => effects.startPart(step));
    } else if (to === 'retrying') {
      act(step, () => effects.takeUpAgain(step));
    } else if (to === 'running') {
      act(step, () => effects.tellPaused(step));
    } else if (to === 'stopping') {
      act(step, () => effects.finish(step));
    }
  }

  function tell(step: LiveStep): void {
    for (const listener of listeners) {
      try {
        listener(stepView(step.stored, step.progress));
      } catch (error) {
        options.onError(error, { stepId: step.stored.id, state: step.stored.state });
      }
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

  /** Stores a step whose input is known, and sets it going. */
  function begin(
    session: LiveSession,
    body: StepRequest,
    params: Record<string, unknown>,
    composition: LiveComposition | null,
    onStored: ((stepId: string) => void) | undefined,
  ): Step {
    const participantId = typeof params['participantId'] === 'string' ? params['participantId'] : null;
    if (composition === null && participantId === null && !isOfSession(body.step)) {
      throw new RoomflowError(
        'invalid-step-params',
        `Step "${body.step}" needs with.participantId, or from: the stepId of a tap.`,
      );
    }
    if (composition !== null && participantId !== null) {
      throw new RoomflowError(
        'invalid-step-params',
        `with.participantId "${participantId}" cannot be given for the room; choose people with with.participants.`,
      );
    }
    const participant = participantId === null ? null : session.require(participantId);
    const observer = observers.get(body.step);
    observer?.check({ session, params });
    const stored: StoredStep = {
      id: `stp_${randomBytes(9).toString('base64url')}`,
      type: body.step,
      roomId: session.roomId,
      sessionId: session.sessionId,
      participantId,
      trackIds: participant ? tracksOf(params, participant.liveTracks()) : [],
      params: shownParams(body.step, params),
      state: 'pending',
      reason: 'requested',
      paused: false,
      recordingId: null,
      fromStepId: body.from ?? null,
      progress: {},
      startedAt: new Date().toISOString(),
      endedAt: null,
    };
    // Rows of the step refer to that of the session, which the first hold has written.
    const release = composition === null ? () => undefined : session.hold();
    const step = orRelease(release, () =>
      store.transact(() => {
        stored.recordingId = observer?.created(stored, session).recordingId ?? null;
        insertStep(store, stored);
        onStored?.(stored.id);
        const directory = observer?.directory?.(stored) ?? directoryOf(options.recordingsDirectory, stored);
        const begun = bringToLife(stored, params, composition, directory, changed);
        resumable.keep(begun);
        return begun;
      }),
    );
    void step.ended.then(release);
    live.set(stored.id, step);
    liveInRoom.set(stored.roomId, countIn(stored.roomId) + 1);
    step.actor.send({ type: 'start' });
    return stepView(step.stored, step.progress);
  }

  /** Makes a step of the last run live again, in the state it was in, without an effect yet. */
  function revive(
    session: LiveSession,
    stored: StoredStep,
    compositions: Map<string, LiveComposition>,
  ): LiveStep {
    const { params, composition: kept, failure } = resumable.read(stored);
    let composition: LiveComposition | null = null;
    if (kept) {
      composition = compositions.get(kept.id) ?? { ...kept, sessionId: session.sessionId };
      compositions.set(kept.id, composition);
    }
    const observer = observers.get(stored.type);
    const directory = observer?.directory?.(stored) ?? directoryOf(options.recordingsDirectory, stored);
    const reportedPaths = new Set<string>();
    const past = {
      part: partOf(stored),
      partStartsMs: partStartsOf(stored, session.startedAtMs),
      reportedPaths,
      failure,
    };
    const step = bringToLife(stored, params, composition, directory, changed, past);
    for (const path of observer?.restored?.(step, session) ?? []) {
      reportedPaths.add(path);
    }
    if (composition !== null) {
      void step.ended.then(session.hold());
    }
    live.set(stored.id, step);
    liveInRoom.set(stored.roomId, countIn(stored.roomId) + 1);
    return step;
  }

  /** Sends a revived step on its way: it is started, taken up again, or brought to its end. */
  function goOn(step: LiveStep): void {
    switch (step.stored.state) {
      case 'pending':
        step.actor.send({ type: 'start' });
        break;
      case 'starting':
      case 'running':
        step.actor.send({ type: 'retry', reason: RESTARTED });
        break;
      case 'retrying':
        // The state stays, the effect must run anew.
        act(step, () => effects.takeUpAgain(step));
        break;
      case 'stopping':
        act(step, () => effects.finish(step));
        break;
      default:
    }
  }

  async function setPaused(stepId: string, paused: boolean): Promise<Step> {
    const step = requireLive(stepId);
    if (step.stored.type !== 'record') {
      throw new RoomflowError(
        'invalid-request',
        `A ${step.stored.type} step cannot be paused or resumed; a record step can.`,
      );
    }
    if (step.stored.state === 'stopping') {
      throw new RoomflowError(
        'step-not-running',
        `Step "${stepId}" is being stopped (${step.stored.reason}); it cannot be paused or resumed.`,
      );
    }
    if (step.stored.paused !== paused) {
      step.stored.paused = paused;
      updateStep(store, stepId, { paused });
      observers.get(step.stored.type)?.paused(step, paused);
      if (step.stored.state === 'running') {
        await effects.tellPaused(step);
      }
    }
    return stepView(step.stored, step.progress);
  }

  return {
    async start(roomId, body, onStored) {
      const opens = needsNobody(body);
      const asking = opens ? rooms.openableSession(roomId) : rooms.requireSession(roomId);
      const params = parseParams(
        body.step,
        feedFrom(body, asking?.sessionId ?? null, (id) => live.get(id)?.stored),
      );
      const joined = body.from === undefined ? null : (live.get(body.from)?.composition ?? null);
      const asked = joined === null ? compositionRequestOf(body.step, params) : null;
      if (asked) {
        checkLook(asked.config, '/with/config');
        for (const { participantId } of asked.participants ?? []) {
          asking?.require(participantId);
        }
      }
      await observers.get(body.step)?.allow?.(params);
      const made = asked && { ...asked, config: await looks.fetchImages(asked.config) };
      // Fetching takes its time, and what is started must be of the session that is live now.
      const beginIn = (session: LiveSession): Step => {
        if (asking && session !== asking) {
          throw new RoomflowError(
            'no-live-session',
            `Session "${asking.sessionId}" ended while images were fetched; start the step again.`,
          );
        }
        const composition =
          joined ?? (asked && made && compositionFor(live.values(), session.sessionId, asked, made));
        // Looking through thousands of steps for each that begins was a tenth of its start.
        if (composition !== null || countIn(session.roomId) >= options.limits.stepsPerRoom) {
          requireWithinLimits(options.limits, live.values(), session.roomId, composition);
        }
        return begin(session, body, params, composition, onStored);
      };
      return opens ? rooms.inOpenSession(roomId, beginIn) : beginIn(rooms.requireSession(roomId));
    },
    async stop(stepId, reason = 'requested') {
      const step = requireLive(stepId);
      step.actor.send({ type: 'stop', reason });
      await within(step.ended, STOP_ANSWER_MS);
      return stepView(step.stored, step.progress);
    },
    pause: (stepId) => setPaused(stepId, true),
    resume: (stepId) => setPaused(stepId, false),
    async command(stepId, command) {
      const { stored } = requireLive(stepId);
      await plane.commandStep(stored.sessionId, stepId, command);
    },
    async connect(stepId, connection) {
      const step = requireLive(stepId);
      await beenReached(step, plane);
      await plane.connectStep(step.stored.sessionId, stepId, connection);
    },
    async updateLook(stepId, look) {
      const step = await looks.change(stepId, look);
      return stepView(step.stored, step.progress);
    },
    get(stepId) {
      const step = live.get(stepId);
      const stored = step?.stored ?? findStep(store, stepId);
      if (!stored) {
        throw new RoomflowError('step-not-found', `There is no step "${stepId}".`);
      }
      return stepView(stored, step?.progress);
    },
    list(roomId, filter) {
      return listSteps(store, {
        roomId,
        type: filter.step,
        sessionId: filter.sessionId,
        ...(filter.state === undefined ? {} : { states: [filter.state] }),
      })
        .reverse()
        .map((stored) => stepView(stored, live.get(stored.id)?.progress));
    },
    observe(type, observer) {
      observers.set(type, observer);
    },
    onChanged(listener) {
      listeners.add(listener);
    },
    keepParams(step) {
      resumable.keep(step);
    },
    restore(session, stored) {
      const compositions = new Map<string, LiveComposition>();
      const goingOn = stored.filter(({ type }) => {
        const observer = observers.get(type);
        return observer === undefined || observer.restored !== undefined;
      });
      const revived = goingOn.flatMap((one) => {
        try {
          return [revive(session, one, compositions)];
        } catch (error) {
          const { code, message } = RoomflowError.from(error);
          options.onError(error, { stepId: one.id, sessionId: session.sessionId });
          keepStepSecrets(store, one.id, { failure: { code, message } });
          return [];
        }
      });
      revived.forEach(goOn);
      return revived.map((step) => step.stored.id);
    },
  };
}

/** What `make` gives; `release` is called when it throws. */
function orRelease<T>(release: () => void, make: () => T): T {
  try {
    return make();
  } catch (error) {
    release();
    throw error;
  }
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
