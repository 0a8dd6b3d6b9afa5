import { createActor, type Actor } from 'xstate';
import type { StepState } from '../contract/index.ts';
import type { StoredStep } from '../store/index.ts';
import type { LiveComposition } from './live-composition.ts';
import { stepMachine } from './step-machine.ts';

/** A step that has not ended: what is stored of it, and the actor that owns its lifecycle. */
export type LiveStep = {
  /** With the params as they may be shown: secrets are taken out. */
  stored: StoredStep;
  /** The params as they were given; never stored, logged or shown. */
  params: Record<string, unknown>;
  /** The composition it takes, shared with others; null when it takes none. */
  composition: LiveComposition | null;
  actor: Actor<typeof stepMachine>;
  directory: string;
  /** 1 at first; grows each time the step is taken up again in another worker. */
  part: number;
  /** Session time at which each part began, in milliseconds. */
  partStartsMs: Map<number, number>;
  /** Parts left open by lost workers are completed one after the other; this is the last of them. */
  recovery: Promise<void>;
  /** What the worker was last told, which may lag behind `stored.paused`. */
  pausedInWorker: boolean;
  /** Final paths of the files already reported, so that a recovery after a crash reports only the others. */
  reportedPaths: Set<string>;
  /** It was taken up after the runtime was killed: files of before may lie anywhere in its folder. */
  isRestored: boolean;
  progress: Record<string, unknown>;
  failure: { code: string; message: string } | null;
  /** Resolves when the step is in a final state. */
  ended: Promise<void>;
};

/** What a step has behind it that goes on after a crash. */
export type StepPast = Pick<LiveStep, 'part' | 'partStartsMs' | 'reportedPaths' | 'failure'>;

/**
 * Starts the actor of a step in the state that is stored and calls `onChange` for each change of it, once.
 *
 * @param past of a step that goes on; a new one has none
 */
export function bringToLife(
  stored: StoredStep,
  params: Record<string, unknown>,
  composition: LiveComposition | null,
  directory: string,
  onChange: (step: LiveStep, from: StepState, to: StepState, reason: string) => void,
  past?: StepPast,
): LiveStep {
  let announceEnd: () => void = () => undefined;
  const snapshot = stepMachine.resolveState({
    value: stored.state,
    context: {
      reason: stored.reason,
      retries: Math.max(0, (past?.part ?? 1) - 1),
      outcome: past?.failure ? 'failed' : 'finished',
    },
  });
  const step: LiveStep = {
    stored,
    params,
    composition,
    actor: createActor(stepMachine, { snapshot }),
    directory,
    part: past?.part ?? 1,
    partStartsMs: past?.partStartsMs ?? new Map<number, number>(),
    recovery: Promise.resolve(),
    pausedInWorker: false,
    reportedPaths: past?.reportedPaths ?? new Set(),
    isRestored: past !== undefined,
    progress: stored.progress,
    failure: past?.failure ?? null,
    ended: new Promise((resolve) => {
      announceEnd = resolve;
    }),
  };
  let { state } = stored;
  step.actor.subscribe((current) => {
    const next = current.value;
    if (next !== state) {
      const from = state;
      state = next;
      onChange(step, from, next, current.context.reason);
    }
    if (current.status === 'done') {
      announceEnd();
    }
  });
  step.actor.start();
  return step;
}
