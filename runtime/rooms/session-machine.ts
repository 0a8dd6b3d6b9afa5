import { assign, setup } from 'xstate';

/** The life of a session: from the first join to the last leave, or until it is ended or its time is up. */
export const sessionMachine = setup({
  types: {
    /** `limitMs`: the room's autoCloseConfig, or `null` for no limit. */
    input: {} as { limitMs: number | null },
    context: {} as { limitMs: number | null; reason: string },
    events: {} as { type: 'vacated' } | { type: 'end'; reason: string },
  },
  delays: { limit: ({ context }) => context.limitMs ?? 0 },
  guards: { isLimited: ({ context }) => context.limitMs !== null },
}).createMachine({
  id: 'session',
  context: ({ input }) => ({ ...input, reason: '' }),
  initial: 'beginning',
  on: {
    vacated: { target: '.ended', actions: assign({ reason: 'everyone-left' }) },
    end: { target: '.ended', actions: assign({ reason: ({ event }) => event.reason }) },
  },
  states: {
    beginning: { always: [{ guard: 'isLimited', target: 'limited' }, { target: 'unlimited' }] },
    limited: { after: { limit: { target: 'ended', actions: assign({ reason: 'time-limit' }) } } },
    unlimited: {},
    ended: { type: 'final' },
  },
});
