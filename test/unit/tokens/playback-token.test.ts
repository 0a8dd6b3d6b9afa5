import { describe, expect, it } from 'vitest';
import { signPlaybackToken, verifyPlaybackToken } from '../../../runtime/rooms/index.ts';

const secret = 'a secret of some length';
const DAY_MS = 24 * 3600 * 1000;
const NOON_MS = Date.UTC(2026, 5, 1, 12);

describe('the token of a protected stream', () => {
  const token = signPlaybackToken('hls_one', NOON_MS, secret);

  it('opens its stream for at least a week', () => {
    expect(verifyPlaybackToken('hls_one', token, secret, NOON_MS + 7 * DAY_MS)).toBeGreaterThan(
      NOON_MS + 7 * DAY_MS,
    );
  });

  it('is the same for all who ask on one day, so that their addresses are', () => {
    expect(signPlaybackToken('hls_one', NOON_MS + 3600_000, secret)).toBe(token);
    expect(signPlaybackToken('hls_one', NOON_MS + DAY_MS, secret)).not.toBe(token);
  });

  it.each([
    ['missing', undefined, 'missing-token'],
    ['empty', '', 'missing-token'],
    ['made up', '99999999999.abc', 'invalid-token'],
    ['made to last longer', token.replace(/^\d+/, '99999999999'), 'invalid-token'],
    ['without a signature', token.split('.')[0], 'invalid-token'],
  ])('is refused when it is %s', (_what, given, code) => {
    expect(() => verifyPlaybackToken('hls_one', given, secret, NOON_MS)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('opens no other stream, not with another secret, and not for ever', () => {
    expect(() => verifyPlaybackToken('hls_two', token, secret, NOON_MS)).toThrow(
      expect.objectContaining({ code: 'invalid-token' }),
    );
    expect(() => verifyPlaybackToken('hls_one', token, 'another secret', NOON_MS)).toThrow(
      expect.objectContaining({ code: 'invalid-token' }),
    );
    expect(() => verifyPlaybackToken('hls_one', token, secret, NOON_MS + 9 * DAY_MS)).toThrow(
      expect.objectContaining({ code: 'expired-token' }),
    );
  });
});
