/** Late by more than this, playing goes on later instead of catching up: a burst would be dropped by its hearers. */
const MOST_CATCH_UP_MS = 200;

/** Where in its sound a play is. Times are milliseconds on one clock. */
export type Pace = {
  /** When its first packet was due, or would have been. */
  startMs: number;
  /** Sound that has been handed on. */
  sentMs: number;
};

/** What is due at a moment. */
export type Due = {
  /** Packets to be sent now. */
  packets: number;
  /** Where the play is to be counted from: later than before when the sound has a hole now. */
  startMs: number;
};

/**
 * How many packets are due: one at its time, several when the timer was late, none beyond that. Without drift, since
 * it goes by the clock and not by the timer. Pure.
 */
export function dueAt(pace: Pace, packetMs: number, nowMs: number): Due {
  const behindMs = nowMs - pace.startMs - pace.sentMs;
  if (behindMs < 0) {
    return { packets: 0, startMs: pace.startMs };
  }
  const slipMs = Math.max(0, behindMs - MOST_CATCH_UP_MS);
  return { packets: Math.floor((behindMs - slipMs) / packetMs) + 1, startMs: pace.startMs + slipMs };
}
