import { assign, setup } from 'xstate';

/**
 * The life of a participant: at the door, in the room (connected or coming back), gone. Monotonic: who has
 * left never comes back as the same actor; a lost connection has `graceMs` to return without a leave.
 */
export const participantMachine = setup({
  types: {
    input: {} as { graceMs: number; knocks: boolean },
    context: {} as { graceMs: number; knocks: boolean; reason: string },
    events: {} as
      | { type: 'admit' }
      | { type: 'deny' }
      | { type: 'connection-lost' }
      | { type: 'connection-back' }
      | { type: 'leave'; reason: string },
  },
  delays: { grace: ({ context }) => context.graceMs },
  guards: { knocks: ({ context }) => context.knocks },
  actions: {
    noteReason: assign({
      reason: ({ context, event }) => (event.type === 'leave' ? event.reason : context.reason),
    }),
    noteTimeout: assign({ reason: 'connection-lost' }),
  },
}).createMachine({
  id: 'participant',
  context: ({ input }) => ({ ...input, reason: '' }),
  initial: 'arriving',
  states: {
    arriving: { always: [{ guard: 'knocks', target: 'knocking' }, { target: 'present' }] },
    knocking: {
      on: {
        admit: 'present',
        deny: 'denied',
        leave: { target: 'left', actions: 'noteReason' },
        'connection-lost': { target: 'left', actions: 'noteTimeout' },
      },
    },
    present: {
      initial: 'connected',
      on: { leave: { target: 'left', actions: 'noteReason' } },
      states: {
        connected: { on: { 'connection-lost': 'reconnecting' } },
        reconnecting: {
          after: { grace: { target: '#participant.left', actions: 'noteTimeout' } },
          on: { 'connection-back': 'connected' },
        },
      },
    },
    denied: { type: 'final' },
    left: { type: 'final' },
  },
});
