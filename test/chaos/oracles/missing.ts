/** A moment of somebody's sound or picture, when it was sent (milliseconds since 1970) and how long it lasts. */
export type SentMoment = { atMs: number; lastsMs: number };

/** From a kill until everything was seen to flow again: what is sent meanwhile reaches nobody. */
export type Outage = { fromMs: number; untilMs: number };

export type MissingOptions = {
  sent: readonly SentMoment[];
  isRecorded(moment: SentMoment): boolean;
  /** Of what feeds this recording: the kill of a process that has no part in it is none. */
  outages: readonly Outage[];
  /** The recording was known to run from then on, and was asked to stop then. */
  sinceMs: number;
  untilMs: number;
};

/**
 * The longest stretch of what was sent that is in no file although somebody was there to write it: what came in before
 * a kill and was not on disk yet, and whatever is missing outside of the outages.
 */
export function longestMissing(options: MissingOptions): { fromMs: number; lastsMs: number } {
  let longest = { fromMs: 0, lastsMs: 0 };
  let stretch = longest;
  for (const moment of options.sent) {
    if (moment.atMs < options.sinceMs || moment.atMs + moment.lastsMs > options.untilMs) {
      continue;
    }
    if (isWithin(options.outages, moment.atMs) || options.isRecorded(moment)) {
      stretch = { fromMs: 0, lastsMs: 0 };
      continue;
    }
    stretch =
      stretch.lastsMs === 0
        ? { fromMs: moment.atMs, lastsMs: moment.lastsMs }
        : { fromMs: stretch.fromMs, lastsMs: moment.atMs + moment.lastsMs - stretch.fromMs };
    if (stretch.lastsMs > longest.lastsMs) {
      longest = stretch;
    }
  }
  return longest;
}

const isWithin = (outages: readonly Outage[], atMs: number): boolean =>
  outages.some(({ fromMs, untilMs }) => atMs >= fromMs && atMs <= untilMs);
