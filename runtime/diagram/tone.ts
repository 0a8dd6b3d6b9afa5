/** How a state is shown: by colour, and by a sign for those who do not tell colours apart. */
export type Tone = 'active' | 'waiting' | 'trouble' | 'failed' | 'done' | 'off' | 'none';

const states = new Map<string, Tone>(
  Object.entries({
    // People and tracks.
    connected: 'active',
    live: 'active',
    muted: 'off',
    reconnecting: 'trouble',
    left: 'off',
    ended: 'off',
    // Steps, and steps of a graph that wait for what feeds them.
    waiting: 'waiting',
    pending: 'waiting',
    starting: 'waiting',
    connecting: 'waiting',
    running: 'active',
    paused: 'off',
    retrying: 'trouble',
    stopping: 'waiting',
    finished: 'done',
    failed: 'failed',
    cancelled: 'off',
    // Assets.
    stopped: 'done',
    completed: 'done',
  } as const),
);

/** The tone of a state; `none` for one that is empty or not known. */
export const toneOf = (state: string): Tone => states.get(state) ?? 'none';
