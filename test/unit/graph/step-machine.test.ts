import { createActor } from 'xstate';
import { describe, expect, it } from 'vitest';
import { stepMachine } from '../../../runtime/graph/step-machine.ts';

type StepEvent = Parameters<ReturnType<typeof createActor<typeof stepMachine>>['send']>[0];

function statesAfter(...events: StepEvent[]): { state: string; reason: string } {
  const actor = createActor(stepMachine).start();
  for (const event of events) {
    if (actor.getSnapshot().status === 'active') {
      actor.send(event);
    }
  }
  const { value, context } = actor.getSnapshot();
  return { state: value, reason: context.reason };
}

describe('the life of a step', () => {
  it('runs from pending to finished', () => {
    expect(
      statesAfter(
        { type: 'start' },
        { type: 'started' },
        { type: 'stop', reason: 'requested' },
        { type: 'stopped' },
      ),
    ).toEqual({ state: 'finished', reason: 'requested' });
  });

  it('is cancelled when it is stopped before it was started', () => {
    expect(statesAfter({ type: 'stop', reason: 'session-ended' })).toEqual({
      state: 'cancelled',
      reason: 'session-ended',
    });
  });

  it('goes back to running after a retry', () => {
    expect(
      statesAfter(
        { type: 'start' },
        { type: 'started' },
        { type: 'retry', reason: 'worker lost' },
        { type: 'started' },
      ).state,
    ).toBe('running');
  });

  it('leaves what it has before it fails', () => {
    const failing: StepEvent[] = [{ type: 'start' }, { type: 'fail', reason: 'disk full' }];
    expect(statesAfter(...failing).state).toBe('stopping');
    expect(statesAfter(...failing, { type: 'stopped' })).toEqual({ state: 'failed', reason: 'disk full' });
  });

  it('fails when it fails while stopping, and keeps the reason of the failure', () => {
    expect(
      statesAfter(
        { type: 'start' },
        { type: 'started' },
        { type: 'stop', reason: 'requested' },
        { type: 'fail', reason: 'disk full' },
        { type: 'stopped' },
      ),
    ).toEqual({ state: 'failed', reason: 'disk full' });
  });
});
