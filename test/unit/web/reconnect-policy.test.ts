import { describe, expect, it } from 'vitest';

import {
  isForgotten,
  keepsTrying,
  mediaRestartDelayMs,
  passesByItself,
  reconnectDelayMs,
} from '../../../runtime/web/client/reconnect-policy.ts';

describe('coming back after a lost socket', () => {
  it('tries almost at once the first time', () => {
    expect(reconnectDelayMs(0, 0.99)).toBeLessThanOrEqual(100);
  });

  it('makes at least five attempts within a grace time of 15 seconds, even with the longest jitter', () => {
    const delays = [0, 1, 2, 3, 4].map((attempt) => reconnectDelayMs(attempt, 0.999));
    expect(delays.reduce((sum, delay) => sum + delay, 0)).toBeLessThan(15_000);
  });

  it('waits longer after each failure, up to a limit', () => {
    const delays = Array.from({ length: 30 }, (_, attempt) => reconnectDelayMs(attempt, 0));
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(delays.at(-1)).toBe(3_000);
  });

  it('spreads clients that were lost together', () => {
    expect(reconnectDelayMs(4, 0)).not.toBe(reconnectDelayMs(4, 0.5));
  });

  it('gives up when the time is over', () => {
    expect(keepsTrying(14_999, 15_000)).toBe(true);
    expect(keepsTrying(15_000, 15_000)).toBe(false);
  });

  it('does not bother the runtime again with a link it has refused', () => {
    for (const code of [
      'expired-token',
      'invalid-token',
      'room-not-found',
      'room-closed',
      'room-full',
    ] as const) {
      expect(passesByItself(code), code).toBe(false);
    }
  });

  it('waits out what passes by itself', () => {
    for (const code of ['unreachable', 'connection-lost', 'worker-lost', 'runtime-stopping'] as const) {
      expect(passesByItself(code), code).toBe(true);
    }
  });

  it('joins anew when the runtime has forgotten the participant', () => {
    expect(isForgotten('participant-not-found')).toBe(true);
    expect(isForgotten('expired-token')).toBe(false);
  });
});

describe('starting media anew', () => {
  it('happens at once after a single failure', () => {
    expect(mediaRestartDelayMs(1)).toBe(0);
  });

  it('slows down while it keeps failing, and never stops trying', () => {
    const delays = [2, 3, 4, 5, 6, 60].map(mediaRestartDelayMs);
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
  });
});
