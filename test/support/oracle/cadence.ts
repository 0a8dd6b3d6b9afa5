import { changeOver, median, percentile } from './statistics.ts';
import type { Span } from './timeline.ts';

/** How well a series of events keeps to one event a period. */
export type Cadence = {
  /** How many events the span has room for. */
  expected: number;
  /** Share of the expected events that are there, each counted once. */
  share: number;
  /** How far the time between neighbours is from the period: eight in ten are at most this far. */
  intervalP80Ms: number;
  intervalMaxMs: number;
  /** How much the events have moved against the period from the first to the last. */
  driftMs: number;
};

/** An event this close to the edge of the span may have been cut off. */
const EDGE_MS = 120;

/**
 * Lays a grid of one slot a period over the events and looks which slots are filled.
 *
 * Filled slots are counted rather than events, so that a false event cannot stand in for a missing one.
 */
export function cadenceOf(
  eventSeconds: readonly number[],
  span: Span | undefined,
  periodMs: number,
  expectedAtLeast: number,
): Cadence {
  const eventMs = eventSeconds.map((seconds) => seconds * 1000);
  const first = eventMs[0];
  if (span === undefined || first === undefined) {
    const length = span === undefined ? 0 : (span.endSeconds - span.startSeconds) * 1000;
    const expected = Math.max(expectedAtLeast, Math.floor(length / periodMs));
    return { expected, share: 0, intervalP80Ms: Number.NaN, intervalMaxMs: Number.NaN, driftMs: Number.NaN };
  }

  const slotOf = (ms: number, phaseMs: number): number => Math.round((ms - phaseMs) / periodMs);
  // The first event may be a stray one: the grid goes through the median of all events' phases around it.
  const phaseMs = first + median(eventMs.map((ms) => ms - first - slotOf(ms, first) * periodMs));
  const filled = new Set(eventMs.map((ms) => slotOf(ms, phaseMs)));
  const firstSlot = Math.ceil((span.startSeconds * 1000 + EDGE_MS - phaseMs) / periodMs);
  const lastSlot = Math.floor((span.endSeconds * 1000 - EDGE_MS - phaseMs) / periodMs);
  const expected = Math.max(expectedAtLeast, lastSlot - firstSlot + 1);

  const deviations: number[] = [];
  for (let index = 1; index < eventMs.length; index++) {
    const interval = (eventMs[index] ?? 0) - (eventMs[index - 1] ?? 0);
    // A missing event is told by the share; here only the steadiness of those that came counts.
    deviations.push(Math.abs(interval - Math.max(1, Math.round(interval / periodMs)) * periodMs));
  }
  const points = eventMs.map((ms) => ({ x: ms, y: ms - phaseMs - slotOf(ms, phaseMs) * periodMs }));
  return {
    expected,
    share: expected === 0 ? 0 : Math.min(1, filled.size / expected),
    intervalP80Ms: percentile(deviations, 0.8),
    intervalMaxMs: deviations.reduce((most, value) => Math.max(most, value), 0),
    driftMs: changeOver(points),
  };
}
