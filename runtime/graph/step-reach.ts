import { waitFor } from 'xstate';
import { RoomflowError, type StepState } from '../contract/index.ts';
import type { LiveStep } from './live-step.ts';
import type { StepPlane } from './step-plane.ts';

/** A client that connects to a step waits this long for it to be started, or taken up again by another worker. */
const START_ANSWER_MS = 10_000;

/**
 * Waits until the step runs in a worker that answers. A connection that is handed to one which has just died, and is not
 * known to have, would be lost for its client without a word.
 *
 * @throws RoomflowError `worker-lost` when it does not run within ten seconds, `step-not-running` when it has ended
 */
export async function beenReached(step: LiveStep, plane: Pick<StepPlane, 'reach'>): Promise<void> {
  for (;;) {
    await beenStarted(step);
    try {
      await plane.reach(step.stored.sessionId);
      return;
    } catch (error) {
      if (!(error instanceof RoomflowError && error.code === 'worker-lost')) {
        throw error;
      }
    }
  }
}

/** Resolves when a step that is being started, or taken up again, runs. */
async function beenStarted({ actor, stored }: LiveStep): Promise<void> {
  const settled = (state: StepState): boolean => !['pending', 'starting', 'retrying'].includes(state);
  try {
    await waitFor(actor, ({ value }) => settled(value), { timeout: START_ANSWER_MS });
  } catch (cause) {
    throw new RoomflowError(
      'worker-lost',
      `Step "${stored.id}" is still ${stored.state} after ${START_ANSWER_MS} ms (${stored.reason}); connect anew.`,
      { cause },
    );
  }
  if (stored.state !== 'running') {
    throw new RoomflowError('step-not-running', `Step "${stored.id}" is ${stored.state}: ${stored.reason}.`);
  }
}
