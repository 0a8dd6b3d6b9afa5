import type { LivestreamOutputView, OutputState } from '../../contract/index.ts';
import type { RtmpOutputUpdate } from '../../steps/index.ts';

/** A destination that stays away is told of again after this long, and one that comes and goes is told of so often. */
const REMIND_EVERY_MS = 60_000;
/** So many changes are told as they come: the beginning, and losses that are over. */
const CHANGES_AT_ONCE = 6;

/** The last state of a destination that an event told of, and how many changes may be told right after it. */
export type ToldState = { state: OutputState; atMs: number; changesLeft: number };

/** What is known of a destination once its state has been told. Pure. */
export const toldOf = (before: ToldState | null, state: OutputState, nowMs: number): ToldState => ({
  state,
  atMs: nowMs,
  changesLeft: changesLeftAt(before, nowMs) - 1,
});

function changesLeftAt(told: ToldState | null, nowMs: number): number {
  return told === null
    ? CHANGES_AT_ONCE
    : Math.min(CHANGES_AT_ONCE, told.changesLeft + (nowMs - told.atMs) / REMIND_EVERY_MS);
}

/**
 * Whether a state is worth an event. Attempts come and go every few seconds while a server is away: the loss is told
 * once, and then at most once a minute. A server that takes the stream and hangs up again and again is told of once a
 * minute too, after its first changes. Pure.
 */
export function isWorthTelling(told: ToldState | null, state: OutputState, nowMs: number): boolean {
  if (told === null) {
    return true;
  }
  if (state === 'connecting') {
    return false;
  }
  if (told.state === state) {
    return state === 'retrying' && nowMs - told.atMs >= REMIND_EVERY_MS;
  }
  return state === 'stopped' || changesLeftAt(told, nowMs) >= 1;
}

type Counts = Pick<LivestreamOutputView, 'bytesSent' | 'framesDropped' | 'retries'>;
const none: Counts = { bytesSent: 0, framesDropped: 0, retries: 0 };

/** A destination over all parts of its step: each worker counts from nothing. */
export type TrackedOutput = {
  view: LivestreamOutputView;
  told: ToldState | null;
  /** The part of the step that `view` was last told by, and what all parts before it had counted. */
  part: number;
  before: Counts;
};

export function trackedOutput(outputId: string, url: string, hiddenKey: string): TrackedOutput {
  return {
    view: { outputId, url, streamKey: hiddenKey, state: 'connecting', lastError: null, ...none },
    told: null,
    part: 1,
    before: none,
  };
}

/** A destination as it was stored, of a step that goes on after the runtime was killed in its part `part`. */
export const knownOutput = (view: LivestreamOutputView, part: number): TrackedOutput => ({
  view,
  told: { state: view.state, atMs: 0, changesLeft: CHANGES_AT_ONCE },
  part,
  before: none,
});

/** Takes note of what a part of the step tells. An output that was stopped stays so; its last counts are taken. */
export function noteUpdate(tracked: TrackedOutput, part: number, update: RtmpOutputUpdate): void {
  const { view } = tracked;
  if (part !== tracked.part) {
    tracked.part = part;
    tracked.before = {
      bytesSent: view.bytesSent,
      framesDropped: view.framesDropped,
      retries: view.retries,
    };
  }
  const { before } = tracked;
  tracked.view = {
    ...view,
    state: view.state === 'stopped' ? 'stopped' : update.state,
    bytesSent: before.bytesSent + update.bytesSent,
    framesDropped: before.framesDropped + update.framesDropped,
    retries: before.retries + update.retries,
    lastError: update.lastError ?? view.lastError,
  };
}

/** The outputs as they are stored and shown. */
export const viewsOf = (outputs: ReadonlyMap<string, TrackedOutput>): LivestreamOutputView[] =>
  [...outputs.values()].map(({ view }) => view);

/** A name that none of the outputs has. */
export function freeName(outputs: ReadonlyMap<string, TrackedOutput>): string {
  let number = outputs.size + 1;
  while (outputs.has(`out_${number}`)) {
    number += 1;
  }
  return `out_${number}`;
}
