import type { SignallingMethod, SignallingParams, SignallingResults } from '../contract/index.ts';
import type { LiveSession } from './live-session.ts';
import type { Participant } from './participant.ts';

/** What answers each call of a client. */
export type SignallingHandlers = {
  [M in SignallingMethod]: (
    params: SignallingParams<M>,
  ) => SignallingResults[M] | Promise<SignallingResults[M]>;
};

/** Who calls, and in which session. */
export type Place = { session: LiveSession; participant: Participant };

/** Who may make a call; each answers the caller's place or throws. */
export type Callers = {
  /** Anybody in the room. */
  inRoom: () => Place;
  /** Moderators. */
  asHost: () => Place;
};
