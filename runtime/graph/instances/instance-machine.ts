import { assign, setup } from 'xstate';
import type { InstanceOutcome } from '../../store/index.ts';

/**
 * The life of an instance: `running → stopping → finished | failed | cancelled`. `end` takes down what runs, for a
 * reason and to an outcome that the first one to end it chooses; an instance whose steps have all ended is settled and
 * ends by itself. Effects hang on the state changes in the live instance.
 */
export const instanceMachine = setup({
  types: {
    input: {} as { state: 'running' | 'stopping'; reason: string; outcome: InstanceOutcome },
    context: {} as { from: 'running' | 'stopping'; reason: string; outcome: InstanceOutcome },
    events: {} as
      | { type: 'end'; reason: string; outcome: InstanceOutcome }
      /** Nothing of it runs or will run. */
      | { type: 'settled'; reason: string; outcome: InstanceOutcome },
  },
  actions: {
    note: assign((_, { reason, outcome }: { reason: string; outcome: InstanceOutcome }) => ({
      reason,
      outcome,
    })),
  },
  guards: {
    wasStopping: ({ context }) => context.from === 'stopping',
    isFinished: ({ context }) => context.outcome === 'finished',
    isFailed: ({ context }) => context.outcome === 'failed',
  },
}).createMachine({
  id: 'graph-instance',
  context: ({ input: { state, reason, outcome } }) => ({ from: state, reason, outcome }),
  initial: 'opening',
  states: {
    opening: { always: [{ guard: 'wasStopping', target: 'stopping' }, { target: 'running' }] },
    running: {
      on: {
        end: {
          target: 'stopping',
          actions: {
            type: 'note',
            params: ({ event: { reason, outcome } }) => ({ reason, outcome }),
          },
        },
        settled: {
          target: 'ended',
          actions: {
            type: 'note',
            params: ({ event: { reason, outcome } }) => ({ reason, outcome }),
          },
        },
      },
    },
    // Why and how it ends is said already; how its steps came to their end changes nothing.
    stopping: { on: { settled: 'ended' } },
    ended: {
      always: [
        { guard: 'isFinished', target: 'finished' },
        { guard: 'isFailed', target: 'failed' },
        { target: 'cancelled' },
      ],
    },
    finished: { type: 'final' },
    failed: { type: 'final' },
    cancelled: { type: 'final' },
  },
});
