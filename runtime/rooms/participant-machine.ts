import { assign, setup } from 'xstate';

/** How a participant begins: at the door, in the room, or cut off from it by a restart of the runtime. */
export type Arrival = 'knocks' | 'enters' | 'cut-off';

/**
 * The life of a participant: at the door, in the room (connected or coming back), gone. Monotonic: who has
 * left never comes back as the same actor; a lost connection has `graceMs` to return without a leave. For whoever
 * was cut off that time begins when the runtime listens again (`awaited`).
 */
export const participantMachine = setup({
  types: {
    input: {} as { graceMs: number; arrival: Arrival },
    context: {} as { graceMs: number; arrival: Arrival; reason: string },
    events: {} as
      | { type: 'admit' }
      | { type: 'deny' }
      | { type: 'connection-lost' }
      | { type: 'connection-back' }
      | { type: 'awaited' }
      | { type: 'leave'; reason: string },
  },
  delays: { grace: ({ context }) => context.graceMs },
  guards: {
    knocks: ({ context }) => context.arrival === 'knocks',
    isCutOff: ({ context }) => context.arrival === 'cut-off',
  },
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
    arriving: {
      always: [
        { guard: 'knocks', target: 'knocking' },
        { guard: 'isCutOff', target: 'present.reconnecting.cutOff' },
        { target: 'present' },
      ],
    },
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
          initial: 'awaited',
          on: { 'connection-back': 'connected' },
          states: {
            cutOff: { on: { awaited: 'awaited' } },
            awaited: { after: { grace: { target: '#participant.left', actions: 'noteTimeout' } } },
          },
        },
      },
    },
    denied: { type: 'final' },
    left: { type: 'final' },
  },
});
