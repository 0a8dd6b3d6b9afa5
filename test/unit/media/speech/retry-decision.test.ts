import { describe, expect, it } from 'vitest';
import { nextAttempt, prolonged } from '../../../../runtime/media/speech/engines/retry-decision.ts';

const failed = { failures: 1, mayPass: true, retryAfterMs: null };
const now = { sinceMs: 0, lastMs: 0 };

describe('the next attempt at an utterance', () => {
  it('comes after pauses that double up to eight seconds', () => {
    const pauses = [1, 2, 3, 4, 5, 6].map((failures) => nextAttempt({ ...failed, failures }, now, 0, 0));
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 8000]);
  });

  it('comes up to half as much later by chance', () => {
    expect(nextAttempt(failed, now, 0, 1)).toBe(750);
  });

  it('waits as long as the service asks for', () => {
    expect(nextAttempt({ ...failed, retryAfterMs: 20_000 }, now, 0, 0)).toBe(20_000);
    expect(nextAttempt({ ...failed, retryAfterMs: 10 }, now, 0, 0)).toBe(500);
  });

  it('does not come when it cannot help, or half a minute after the first failure', () => {
    expect(nextAttempt({ ...failed, mayPass: false }, now, 0, 0)).toBeNull();
    expect(nextAttempt({ ...failed, retryAfterMs: 31_000 }, now, 0, 0)).toBeNull();
    expect(nextAttempt(failed, now, 29_000, 0)).toBe(500);
    expect(nextAttempt(failed, now, 29_600, 0)).toBeNull();
  });
});

describe('an outage', () => {
  it('lasts from its first failure on', () => {
    const first = prolonged(null, 1000);
    expect(prolonged(prolonged(first, 2000), 30_000)).toEqual({ sinceMs: 1000, lastMs: 30_000 });
  });

  it('begins anew after a time in which nobody spoke', () => {
    expect(prolonged({ sinceMs: 0, lastMs: 1000 }, 40_000)).toEqual({ sinceMs: 40_000, lastMs: 40_000 });
  });
});
