import { describe, expect, it } from 'vitest';
import { longestMissing, type MissingOptions } from '../../chaos/oracles/index.ts';

/** A moment each 100 ms, for ten seconds. */
const sent = Array.from({ length: 100 }, (_none, index) => ({ atMs: index * 100, lastsMs: 100 }));
const missing = (absent: readonly [number, number][], more: Partial<MissingOptions> = {}) =>
  longestMissing({
    sent,
    isRecorded: ({ atMs }) => !absent.some(([from, until]) => atMs >= from && atMs < until),
    outages: [],
    sinceMs: 0,
    untilMs: Infinity,
    ...more,
  });

describe('what is missing in a recording', () => {
  it('is nothing when all that was sent is there', () => {
    expect(missing([]).lastsMs).toBe(0);
  });

  it('is the longest stretch, not the sum of all', () => {
    expect(
      missing([
        [1000, 1300],
        [5000, 5700],
        [8000, 8100],
      ]),
    ).toEqual({ fromMs: 5000, lastsMs: 700 });
  });

  it('is what came before the kill and not what came while everything was down', () => {
    const outages = [{ fromMs: 4000, untilMs: 6500 }];
    expect(missing([[3600, 6400]], { outages })).toEqual({ fromMs: 3600, lastsMs: 400 });
  });

  it('is also what came after all was well again', () => {
    const outages = [{ fromMs: 4000, untilMs: 5000 }];
    expect(missing([[3900, 7000]], { outages })).toEqual({ fromMs: 5100, lastsMs: 1900 });
  });

  it('is a whole part that was lost long before a kill', () => {
    expect(missing([[0, 4000]], { outages: [{ fromMs: 4000, untilMs: 6000 }] }).lastsMs).toBe(4000);
  });

  it('is looked for only while the recording was to run', () => {
    expect(
      missing(
        [
          [0, 2000],
          [9000, 10_000],
        ],
        { sinceMs: 2000, untilMs: 9000 },
      ).lastsMs,
    ).toBe(0);
  });
});
