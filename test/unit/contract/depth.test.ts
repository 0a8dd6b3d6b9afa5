import { describe, expect, it } from 'vitest';
import { isDeeperThan } from '../../../runtime/contract/index.ts';

const nested = (levels: number): unknown => {
  let value: unknown = 'core';
  for (let level = 0; level < levels; level += 1) {
    value = level % 2 === 0 ? [value, 1] : { inner: value, beside: null };
  }
  return value;
};

describe('a JSON value', () => {
  it.each([
    ['text', 0, false],
    [null, 0, false],
    [[], 0, true],
    [{}, 1, false],
    [nested(64), 64, false],
    [nested(65), 64, true],
  ])('%j lies deeper than %i levels: %s', (value, mostLevels, expected) => {
    expect(isDeeperThan(value, mostLevels)).toBe(expected);
  });

  it('is looked into no further than asked for, however deep it lies', () => {
    expect(isDeeperThan(nested(1_000_000), 64)).toBe(true);
  });
});
