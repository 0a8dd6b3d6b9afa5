import { assign, setup } from 'xstate';

/**
 * The one lifecycle of every step: `pending → starting → running ⇄ retrying → stopping → finished | failed |
 * cancelled`. Monotonic: a step that has ended stays ended. Effects hang on the state changes in the
 * supervisor; packets never come here.
 */
export const stepMachine = setup({
  types: {
    context: {} as { reason: string; retries: number; outcome: 'finished' | 'failed' },
    events: {} as
      | { type: 'start' }
      | { type: 'started' }
      | { type: 'retry'; reason: string }
      | { type: 'stop'; reason: string }
      | { type: 'fail'; reason: string }
      | { type: 'stopped' },
  },
  actions: {
    noteReason: assign({
      reason: ({ event, context }) => ('reason' in event ? event.reason : context.reason),
    }),
    countRetry: assign({ retries: ({ context }) => context.retries + 1 }),
    markFailed: assign({ outcome: 'failed' }),
  },
  guards: { hasFailed: ({ context }) => context.outcome === 'failed' },
}).createMachine({
  id: 'step',
  context: { reason: 'requested', retries: 0, outcome: 'finished' },
  initial: 'pending',
  states: {
    pending: {
      on: { start: 'starting', stop: { target: 'cancelled', actions: 'noteReason' } },
    },
    starting: {
      on: {
        started: 'running',
        retry: { target: 'retrying', actions: ['noteReason', 'countRetry'] },
        fail: { target: 'stopping', actions: ['noteReason', 'markFailed'] },
        stop: { target: 'stopping', actions: 'noteReason' },
      },
    },
    running: {
      on: {
        retry: { target: 'retrying', actions: ['noteReason', 'countRetry'] },
        fail: { target: 'stopping', actions: ['noteReason', 'markFailed'] },
        stop: { target: 'stopping', actions: 'noteReason' },
      },
    },
    retrying: {
      on: {
        started: 'running',
        retry: { actions: ['noteReason', 'countRetry'] },
        fail: { target: 'stopping', actions: ['noteReason', 'markFailed'] },
        stop: { target: 'stopping', actions: 'noteReason' },
      },
    },
    stopping: {
      on: {
        // A failure while stopping is a failure of the whole: what it leaves behind is not complete.
        fail: { actions: ['noteReason', 'markFailed'] },
        stopped: [{ guard: 'hasFailed', target: 'failed' }, { target: 'finished' }],
      },
    },
    finished: { type: 'final' },
    failed: { type: 'final' },
    cancelled: { type: 'final' },
  },
});
