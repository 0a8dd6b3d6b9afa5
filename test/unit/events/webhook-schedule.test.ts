import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../../runtime/events/webhooks/outcome.ts';
import { nextAttemptAtMs } from '../../../runtime/events/webhooks/schedule.ts';
import type { DeliveryKind } from '../../../runtime/store/index.ts';

/** The times of all attempts that a receiver which never answers gets, from 0. */
function attemptTimes(kind: DeliveryKind, random: number): number[] {
  const times = [0];
  for (;;) {
    const next = nextAttemptAtMs(kind, times.length, times.at(-1) ?? 0, random);
    if (next === null) {
      return times;
    }
    times.push(next);
  }
}

describe('the schedule of attempts', () => {
  it.each([0, 0.5, 1])('lasts for more than a day and less than a day and a half (jitter %s)', (random) => {
    const last = attemptTimes('room', random).at(-1) ?? 0;
    expect(last).toBeGreaterThanOrEqual(24 * 3_600_000);
    expect(last).toBeLessThan(36 * 3_600_000);
  });

  it('begins with 5 s, 30 s and 2 min', () => {
    expect(attemptTimes('job', 0).slice(0, 4)).toEqual([0, 5000, 35_000, 155_000]);
  });

  it('gives callbacks several attempts within the first seconds', () => {
    expect(attemptTimes('callback', 0).filter((time) => time <= 7000)).toHaveLength(6);
  });

  it('spreads attempts that failed together', () => {
    expect(nextAttemptAtMs('room', 1, 0, 0)).not.toBe(nextAttemptAtMs('room', 1, 0, 0.9));
  });

  it('waits as long as the receiver asks, but no longer than an hour', () => {
    expect(nextAttemptAtMs('room', 1, 0, 0, 60_000)).toBe(60_000);
    expect(nextAttemptAtMs('room', 1, 0, 0, 86_400_000)).toBe(3_600_000);
  });
});

describe('what an answer means', () => {
  const answer = (status: number, text = ''): Parameters<typeof outcomeOf>[1] => ({
    status,
    text,
    retryAfterMs: 0,
  });

  it.each([200, 201, 204])('%s: delivered', (status) => {
    expect(outcomeOf('room', answer(status))).toBe('delivered');
  });

  it.each([301, 307, 400, 401, 404, 409, 429, 500, 503])('%s: try again', (status) => {
    expect(outcomeOf('room', answer(status))).toBe('retry');
    expect(outcomeOf('callback', answer(status))).toBe('retry');
  });

  it('no answer: try again; 410: nothing more to this URL', () => {
    expect(outcomeOf('room', { failure: 'connect ECONNREFUSED' })).toBe('retry');
    expect(outcomeOf('room', answer(410))).toBe('gone');
  });

  it('tells an execution that has finished from one that still runs', () => {
    expect(outcomeOf('callback', answer(409, 'The execution "7" has finished already.'))).toBe('refused');
    expect(outcomeOf('callback', answer(409, 'The execution "7" is running already.'))).toBe('retry');
  });
});
