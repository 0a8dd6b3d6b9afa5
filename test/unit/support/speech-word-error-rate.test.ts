import { describe, expect, it } from 'vitest';
import { wordErrorRate } from '../../support/speech/index.ts';

describe('the word error rate', () => {
  it.each([
    ['one two three four', 'one two three four', 0],
    ['One, two. Three - four!', 'one two three four', 0],
    ['one two three four', 'one too three four', 0.25],
    ['one two three four', 'one three four', 0.25],
    ['one two three four', 'one two and three four', 0.25],
    ['one two three four', '', 1],
    ['one', 'two three four', 3],
  ])('of "%s" heard as "%s" is %d', (said, heard, rate) => {
    expect(wordErrorRate(said, heard)).toBe(rate);
  });
});
