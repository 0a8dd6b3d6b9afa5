import type { Seal } from '../config/index.ts';
import { RoomflowError } from '../contract/index.ts';
import type { CompositionRequest } from '../steps/index.ts';
import { keepStepSecrets, readStepSecrets, type Store, type StoredStep } from '../store/index.ts';
import type { LiveComposition } from './live-composition.ts';
import type { LiveStep } from './live-step.ts';

/** What a step was started with, whole: stream keys are in it. */
export type StepOrigin = {
  params: Record<string, unknown>;
  composition: ({ id: string } & Record<'asked' | 'made', CompositionRequest>) | null;
};

/** Keeps what live steps need to go on after a crash. */
export type ResumableSteps = {
  /** Writes down what the step runs with now; again whenever that has changed. */
  keep(step: LiveStep): void;
  /** Writes down why a step fails: it may take its time until it has ended. */
  keepFailure(step: LiveStep): void;
  /**
   * What was kept of a step.
   *
   * @throws RoomflowError `sealed-value-unreadable`; `internal` when nothing was kept
   */
  read(stored: StoredStep): StepOrigin & { failure: LiveStep['failure'] };
};

export function createResumableSteps(store: Store, seal: Seal): ResumableSteps {
  return {
    keep({ stored, params, composition }) {
      const origin: StepOrigin = { params, composition: composition && withoutSession(composition) };
      keepStepSecrets(store, stored.id, { sealed: seal.close(origin) });
    },
    keepFailure({ stored, failure }) {
      keepStepSecrets(store, stored.id, { failure });
    },
    read({ id, type }) {
      const kept = readStepSecrets(store, id);
      if (!kept?.sealed) {
        throw new RoomflowError('internal', `Nothing was kept of step "${id}" (${type}) to go on with.`);
      }
      return { ...(seal.open(kept.sealed) as StepOrigin), failure: kept.failure };
    },
  };
}

const withoutSession = ({ id, asked, made }: LiveComposition): StepOrigin['composition'] => ({
  id,
  asked,
  made,
});

/**
 * When each part of a step began, session time in milliseconds: as its progress has it, and the first, which nothing
 * may have been noted of yet, with the step itself. Pure.
 */
export function partStartsOf(
  { progress, startedAt }: Pick<StoredStep, 'progress' | 'startedAt'>,
  sessionStartedAtMs: number,
): Map<number, number> {
  const starts = new Map([[1, Math.max(0, Date.parse(startedAt) - sessionStartedAtMs)]]);
  const { part, partStartMs, partsAskedMs, partStartsMs } = progress;
  if (typeof part === 'number' && typeof partStartMs === 'number') {
    starts.set(part, partStartMs);
  }
  // What a part has told of its beginning is nearer to it than when it was asked for.
  const known = { ...(partsAskedMs ?? {}), ...(partStartsMs ?? {}) };
  for (const [number, startMs] of Object.entries<unknown>(known)) {
    if (typeof startMs === 'number') {
      starts.set(Number(number), startMs);
    }
  }
  return starts;
}

/** The part that a step was in. Pure. */
export const partOf = ({ progress }: Pick<StoredStep, 'progress'>): number =>
  typeof progress['part'] === 'number' ? progress['part'] : 1;
