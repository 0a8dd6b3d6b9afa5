import { mkdir } from 'node:fs/promises';
import { RoomflowError } from '../contract/index.ts';
import type { RecordedFile } from '../media/index.ts';
import type { LiveRooms } from '../rooms/index.ts';
import { updateStep, type Store } from '../store/index.ts';
import type { LiveStep } from './live-step.ts';
import { failureCodes } from './step-params.ts';
import { createPartRecovery } from './step-parts.ts';
import type { StepPlane } from './step-plane.ts';

/** A step whose worker dies again and again is given up after this many parts. */
const MAX_PARTS = 20;

/**
 * What changes of a step's state bring about in its worker. Each resolves when it is done, and rejects with why it
 * cannot be: `worker-lost` while its session is between workers.
 */
export type StepEffects = {
  /** Starts the part that the step is at, and tells its actor; or neither, where it was stopped or lost meanwhile. */
  startPart(step: LiveStep): Promise<void>;
  /**
   * Starts the next part in another worker, then completes what the lost one left open. Rejects with the code that
   * steps of this type fail with when that was so too often.
   */
  takeUpAgain(step: LiveStep): Promise<void>;
  /** Brings the worker to what was asked for last, however often that changed meanwhile. */
  tellPaused(step: LiveStep): Promise<void>;
  /**
   * Stops the step, completes its files, and tells its actor. Never rejects: what fails is the step's failure, but for
   * the loss of its worker, after which what is on disk is completed all the same.
   */
  finish(step: LiveStep): Promise<void>;
};

export function createStepEffects(options: {
  store: Store;
  rooms: Pick<LiveRooms, 'bySessionId'>;
  plane: StepPlane;
  /** Takes in a file that a lost worker had left open. */
  keepAsset(step: LiveStep, file: RecordedFile): void;
  /** What the step's service does once all files are there. */
  finishing(step: LiveStep): Promise<void>;
  fail(step: LiveStep, failure: { code: string; message: string }): void;
  onError(error: unknown, fields: Record<string, unknown>): void;
}): StepEffects {
  const { plane } = options;
  const recoverPart = createPartRecovery(options);

  async function startPart(step: LiveStep): Promise<void> {
    const { stored, part } = step;
    const session = options.rooms.bySessionId(stored.sessionId);
    const partStartMs = session ? Date.now() - session.startedAtMs : 0;
    step.partStartsMs.set(part, partStartMs);
    // The first is stored with the next change of state: a restart finds by it where in the session the file began.
    step.progress = { ...step.progress, part, partStartMs };
    if (part > 1) {
      // Before anything of it is on disk: a further crash must not give its number to another part.
      step.progress['partsAskedMs'] = Object.fromEntries(step.partStartsMs);
      try {
        updateStep(options.store, stored.id, { progress: step.progress });
      } catch (error) {
        // A full disk must not end what needs none, such as a livestream; parts that were reported are not taken anew.
        options.onError(error, { stepId: stored.id, part });
      }
    }
    await mkdir(step.directory, { recursive: true });
    if (step.part !== part || (stored.state !== 'starting' && stored.state !== 'retrying')) {
      // Stopped, or lost again, while the folder was made: a start sent now would run without an owner.
      return;
    }
    await plane.startStep({
      sessionId: stored.sessionId,
      stepId: stored.id,
      type: stored.type,
      params: step.params,
      part,
      directory: step.directory,
      composition: step.composition && { id: step.composition.id, ...step.composition.made },
    });
    step.pausedInWorker = false;
    await tellPaused(step);
    if (part === step.part) {
      step.actor.send({ type: 'started' });
    }
  }

  async function tellPaused(step: LiveStep): Promise<void> {
    const { stored } = step;
    while (stored.paused !== step.pausedInWorker) {
      const { paused } = stored;
      step.pausedInWorker = paused;
      await (paused
        ? plane.pauseStep(stored.sessionId, stored.id)
        : plane.resumeStep(stored.sessionId, stored.id));
    }
  }

  async function takeUpAgain(step: LiveStep): Promise<void> {
    const lostPart = step.part;
    step.part += 1;
    if (step.part > MAX_PARTS) {
      throw new RoomflowError(
        failureCodes[step.stored.type] ?? 'internal',
        `The step was interrupted ${MAX_PARTS} times; giving up.`,
      );
    }
    // The new part first: what was on disk is safe and can wait, what is being said now cannot.
    await startPart(step);
    for (let part = 1; part <= lostPart; part += 1) {
      await recoverPart(step, part);
    }
  }

  async function finish(step: LiveStep): Promise<void> {
    try {
      await plane.stopStep(step.stored.sessionId, step.stored.id, step.stored.reason);
    } catch (error) {
      const failure = RoomflowError.from(error);
      if (failure.code !== 'worker-lost') {
        options.onError(error, { stepId: step.stored.id });
        options.fail(step, failure);
      }
    }
    for (let part = step.isRestored ? 0 : 1; part <= step.part; part += 1) {
      await recoverPart(step, part);
    }
    try {
      await options.finishing(step);
    } catch (error) {
      options.onError(error, { stepId: step.stored.id });
      options.fail(step, RoomflowError.from(error));
    }
    step.actor.send({ type: 'stopped' });
  }

  return { startPart, takeUpAgain, tellPaused, finish };
}
