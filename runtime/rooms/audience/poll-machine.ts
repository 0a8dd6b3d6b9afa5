import { setup } from 'xstate';

/** The life of a poll: open until somebody closes it or its time is up. Monotonic: what is closed stays so. */
export const pollMachine = setup({
  types: {
    /** `openForMs`: from now; null for no limit. */
    input: {} as { openForMs: number | null },
    context: {} as { openForMs: number | null },
    events: {} as { type: 'close' },
  },
  delays: { limit: ({ context }) => context.openForMs ?? 0 },
  guards: { isLimited: ({ context }) => context.openForMs !== null },
}).createMachine({
  id: 'poll',
  context: ({ input }) => input,
  initial: 'opening',
  on: { close: '.closed' },
  states: {
    opening: { always: [{ guard: 'isLimited', target: 'limited' }, { target: 'unlimited' }] },
    limited: { after: { limit: 'closed' } },
    unlimited: {},
    closed: { type: 'final' },
  },
});
