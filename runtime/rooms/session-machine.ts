import { assign, setup } from 'xstate';

/**
 * The life of a session. It begins with the first who enters, or is held (`held`) by a step that shows the room before
 * anybody has come; while it only waits for its first guest it ends with the last hold, or when nobody has come in
 * time. From then on it lasts until the last leave, whoever holds it. Ended from outside or by the room's time limit it
 * may be at any time. A door at which everybody gave up is forgotten: there was no session.
 */
export const sessionMachine = setup({
  types: {
    /**
     * `limitMs`: the room's autoCloseConfig, or `null` for no limit; `emptyMs`: how long it waits for its first guest;
     * `from`: where one that goes on after a restart was, with the times that are left of it.
     */
    input: {} as { limitMs: number | null; emptyMs: number; from: 'atTheDoor' | 'awaiting' | 'occupied' },
    context: {} as {
      limitMs: number | null;
      emptyMs: number;
      from: 'atTheDoor' | 'awaiting' | 'occupied';
      holds: number;
      reason: string;
    },
    events: {} as
      /** Somebody came who may be seen and heard. */
      | { type: 'entered' }
      /** A viewer came. */
      | { type: 'watched' }
      /** The last who was in the room has left. */
      | { type: 'vacated' }
      /** Nobody is in the room or at its door. */
      | { type: 'deserted' }
      | { type: 'held' }
      | { type: 'released' }
      | { type: 'end'; reason: string },
  },
  delays: {
    limit: ({ context }) => context.limitMs ?? 0,
    empty: ({ context }) => context.emptyMs,
  },
  guards: {
    isLimited: ({ context }) => context.limitMs !== null,
    isLastHold: ({ context }) => context.holds === 1,
    wasAwaiting: ({ context }) => context.from === 'awaiting',
    wasOccupied: ({ context }) => context.from === 'occupied',
  },
  actions: {
    hold: assign({ holds: ({ context }) => context.holds + 1 }),
    release: assign({ holds: ({ context }) => context.holds - 1 }),
    noteReason: assign((_, { reason }: { reason: string }) => ({ reason })),
  },
}).createMachine({
  id: 'session',
  context: ({ input }) => ({ ...input, holds: 0, reason: '' }),
  initial: 'opening',
  states: {
    opening: {
      always: [
        { guard: 'wasAwaiting', target: 'live.awaiting' },
        { guard: 'wasOccupied', target: 'live.occupied' },
        { target: 'atTheDoor' },
      ],
    },
    atTheDoor: {
      on: {
        entered: 'live.occupied',
        watched: 'live.occupied',
        held: { target: 'live.awaiting', actions: 'hold' },
        deserted: 'forgotten',
      },
    },
    live: {
      initial: 'awaiting',
      on: {
        end: {
          target: 'ended',
          actions: { type: 'noteReason', params: ({ event }) => ({ reason: event.reason }) },
        },
      },
      after: {
        limit: {
          guard: 'isLimited',
          target: 'ended',
          actions: { type: 'noteReason', params: { reason: 'time-limit' } },
        },
      },
      states: {
        awaiting: {
          // Viewers who look in and go again neither begin nor end what waits for its first guest.
          on: {
            entered: 'occupied',
            held: { actions: 'hold' },
            released: [
              {
                guard: 'isLastHold',
                target: '#session.ended',
                actions: { type: 'noteReason', params: { reason: 'steps-ended' } },
              },
              { actions: 'release' },
            ],
          },
          after: {
            empty: {
              target: '#session.ended',
              actions: { type: 'noteReason', params: { reason: 'nobody-came' } },
            },
          },
        },
        occupied: {
          on: {
            vacated: {
              target: '#session.ended',
              actions: { type: 'noteReason', params: { reason: 'everyone-left' } },
            },
          },
        },
      },
    },
    ended: { type: 'final' },
    forgotten: { type: 'final' },
  },
});
