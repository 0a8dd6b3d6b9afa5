import { RoomflowError, type StepLog } from '../contract/index.ts';
import { findStep, listStepTransitions, type Store } from '../store/index.ts';

type LogLine = StepLog['lines'][number];
/** What is said again and again is one line, at the time when it was said last. */
type KeptLine = LogLine & { times: number };

const LINES_A_STEP = 100;
/** Of those that were logged of last. */
const MOST_STEPS = 500;
const MOST_LETTERS = 500;

/** What has been logged about steps, kept for those who look at one: the last lines only, and none after a restart. */
export type StepLogs = {
  /** Takes a line of the log. Without a stepId among its fields it is of no step. */
  note(level: string, message: string, fields: Readonly<Record<string, unknown>>): void;
  /** @throws RoomflowError `step-not-found` */
  of(stepId: string): StepLog;
};

export function createStepLogs(store: Store): StepLogs {
  const kept = new Map<string, KeptLine[]>();
  return {
    note(level, message, { stepId }) {
      if (typeof stepId !== 'string') {
        return;
      }
      const line = { at: new Date().toISOString(), level, message: shortened(message), times: 1 };
      const lines = kept.get(stepId) ?? [];
      const last = lines.at(-1);
      if (last?.message === line.message && last.level === level) {
        last.at = line.at;
        last.times += 1;
      } else {
        lines.push(line);
      }
      if (lines.length > LINES_A_STEP) {
        lines.shift();
      }
      // Behind all others: the first one is that of which nothing was logged for longest.
      kept.delete(stepId);
      kept.set(stepId, lines);
      const [oldest] = kept.keys();
      if (kept.size > MOST_STEPS && oldest !== undefined) {
        kept.delete(oldest);
      }
    },
    of(stepId) {
      if (!findStep(store, stepId)) {
        throw new RoomflowError('step-not-found', `There is no step "${stepId}".`);
      }
      return { transitions: listStepTransitions(store, stepId), lines: (kept.get(stepId) ?? []).map(shown) };
    },
  };
}

const shortened = (message: string): string => message.slice(0, MOST_LETTERS).toWellFormed();

const shown = ({ at, level, message, times }: KeptLine): LogLine => ({
  at,
  level,
  message: times === 1 ? message : `${message} (${times} times)`,
});
