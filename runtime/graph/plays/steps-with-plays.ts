import type { StepSupervisor } from '../supervisor.ts';
import type { PlayService } from './plays.ts';

/**
 * The supervisor for whoever starts steps of all types alike, as graphs do: a `play` step needs its participant let in and
 * waits for its turn, which is the play service's to do.
 */
export function stepsWithPlays(steps: StepSupervisor, plays: Pick<PlayService, 'startStep'>): StepSupervisor {
  return {
    ...steps,
    start: (roomId, body, onStored) =>
      body.step === 'play'
        ? plays.startStep(roomId, body.with, onStored)
        : steps.start(roomId, body, onStored),
  };
}
