import type { StepState } from '../contract/index.ts';
import type { RecordedFile } from '../media/index.ts';
import type { LiveSession } from '../rooms/index.ts';
import type { StepUpdate } from '../steps/index.ts';
import type { StoredStep } from '../store/index.ts';
import type { LiveStep } from './live-step.ts';

/** Takes part in the life of steps of one type: recordings keep their rows and events this way. */
export type StepObserver = {
  /** May refuse a step before anything is written. */
  check(request: { session: LiveSession; params: Record<string, unknown> }): void;
  /** Looks up what takes its time (where a host is) and may refuse the step for it; before {@link check}. */
  allow?(params: Record<string, unknown>): Promise<void>;
  /** The step is about to be stored; returns the recording it belongs to, if any. */
  created(step: StoredStep, session: LiveSession): { recordingId: string | null };
  /**
   * The step of a session that was cut off goes on: what was kept in memory of it is made anew, before its state
   * changes. Nothing is told again. Left out: steps of this type end with the runtime.
   *
   * @returns final paths of the files that have been taken in already
   */
  restored?(step: LiveStep, session: LiveSession): readonly string[];
  changed(step: LiveStep, from: StepState, to: StepState, reason: string): void;
  asset(step: LiveStep, file: RecordedFile): void;
  paused(step: LiveStep, paused: boolean): void;
  /** Where a step leaves its assets, when not in the recordings folder. */
  directory?(step: StoredStep): string;
  /** All files of all parts have been reported; what is done here is done before the step ends. */
  finishing?(step: LiveStep): Promise<void>;
  /** What the running step tells its service, in order. */
  update?(step: LiveStep, update: StepUpdate): void;
};
