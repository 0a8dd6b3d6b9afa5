import { describe, expect, it } from 'vitest';
import { reconnectDelayMs } from '../../../nodes/shared/events/reconnect-policy.ts';

describe('time to the next attempt to connect', () => {
  it('doubles with each attempt that did not succeed', () => {
    const delays = [0, 1, 2, 3].map((attempt) => reconnectDelayMs(attempt, 0));
    expect(delays).toEqual([250, 500, 1000, 2000]);
  });

  it('never grows beyond 15 seconds, so that a runtime that comes back is found soon', () => {
    expect(reconnectDelayMs(1000, 0.999999)).toBeLessThanOrEqual(15_000);
  });

  it('is spread over the upper half, so that many triggers do not come back at once', () => {
    expect(reconnectDelayMs(3, 0)).toBe(2000);
    expect(reconnectDelayMs(3, 0.5)).toBe(3000);
    expect(reconnectDelayMs(3, 0.999999)).toBe(4000);
  });
});
