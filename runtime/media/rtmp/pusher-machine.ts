import { assign, setup, type AnyActorLogic } from 'xstate';
import { retryPauseMs } from './retry-pause.ts';

/** A connection that held for so long counts as good: the next loss is a new one, with short pauses. */
const STEADY_MS = 10_000;

export type PusherContext = {
  /** Attempts after the first. */
  retries: number;
  /** Attempts since the destination was last there; the pauses grow with them. */
  retriesInOutage: number;
  /** When the present outage began; null while all is well. */
  downSinceMs: number | null;
  liveSinceMs: number | null;
  /** Without secrets. */
  lastError: string | null;
};

export type PusherEvent = { type: 'accepted' } | { type: 'lost'; message: string } | { type: 'stop' };

/**
 * The life of one destination: `connecting → live → retrying → connecting …` until it is stopped. It is never given up
 * while the broadcast runs: platforms come back, and keys are often made valid only after the stream has begun.
 *
 * `connection` is provided by the pusher: it runs while connecting and live, and sends `accepted` and `lost`.
 */
export const pusherMachine = setup({
  types: {
    input: {} as { now(): number; random(): number },
    context: {} as PusherContext & { now(): number; random(): number },
    events: {} as PusherEvent,
  },
  actors: { connection: {} as AnyActorLogic },
  delays: {
    pause: ({ context }) =>
      retryPauseMs(
        context.retriesInOutage,
        context.downSinceMs === null ? 0 : context.now() - context.downSinceMs,
        context.random(),
      ),
  },
  actions: {
    noteLive: assign({ liveSinceMs: ({ context }) => context.now() }),
    noteLoss: assign(({ context, event }) => {
      const nowMs = context.now();
      const wasSteady = context.liveSinceMs !== null && nowMs - context.liveSinceMs >= STEADY_MS;
      return {
        lastError: event.type === 'lost' ? event.message : context.lastError,
        liveSinceMs: null,
        downSinceMs: wasSteady ? nowMs : (context.downSinceMs ?? nowMs),
        retriesInOutage: wasSteady ? 1 : context.retriesInOutage + 1,
        retries: context.retries + 1,
      };
    }),
  },
}).createMachine({
  id: 'pusher',
  context: ({ input }) => ({
    ...input,
    retries: 0,
    retriesInOutage: 0,
    downSinceMs: null,
    liveSinceMs: null,
    lastError: null,
  }),
  initial: 'connected',
  on: { stop: '.stopped' },
  states: {
    connected: {
      invoke: { src: 'connection' },
      on: { lost: { target: 'retrying', actions: 'noteLoss' } },
      initial: 'connecting',
      states: {
        connecting: { on: { accepted: 'live' } },
        live: { entry: 'noteLive' },
      },
    },
    retrying: { after: { pause: 'connected' } },
    stopped: { type: 'final' },
  },
});
