import { describe, expect, it } from 'vitest';
import { dueAt, type Pace } from '../../../../runtime/steps/play/pace.ts';

/** Plays by a timer that fires at these moments, and says when how many packets were sent. */
function sentAt(moments: readonly number[]): number[] {
  const pace: Pace = { startMs: 0, sentMs: 0 };
  return moments.map((nowMs) => {
    const { packets, startMs } = dueAt(pace, 20, nowMs);
    pace.startMs = startMs;
    pace.sentMs += packets * 20;
    return packets;
  });
}

describe('the pace of a play', () => {
  it('is one packet every 20 ms', () => {
    expect(sentAt([0, 10, 20, 30, 40])).toEqual([1, 0, 1, 0, 1]);
  });

  it('does not drift, however unevenly the timer fires', () => {
    const moments = Array.from({ length: 10_000 }, (_, index) => index * 10.7 + (index % 3));
    const sent = sentAt(moments).reduce((sum, count) => sum + count, 0);
    expect(sent).toBe(Math.floor(moments.at(-1)! / 20) + 1);
  });

  it('catches up with what a late timer has left', () => {
    expect(sentAt([0, 100, 110, 120])).toEqual([1, 5, 0, 1]);
  });

  it('sends no burst behind a long standstill: it goes on later', () => {
    expect(sentAt([0, 5000])).toEqual([1, 11]);
    expect(dueAt({ startMs: 0, sentMs: 20 }, 20, 5000).startMs).toBe(4780);
  });

  it('waits for a beginning that is yet to come', () => {
    expect(dueAt({ startMs: 100, sentMs: 0 }, 20, 50)).toEqual({ packets: 0, startMs: 100 });
  });
});
