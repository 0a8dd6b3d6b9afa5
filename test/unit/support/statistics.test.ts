import { describe, expect, it } from 'vitest';

import { cadenceOf } from '../../support/oracle/cadence.ts';
import { changeOver, median, percentile } from '../../support/oracle/statistics.ts';

describe('the figures of the oracle', () => {
  it('takes percentiles by nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(values, 0.95)).toBe(95);
    expect(percentile(values, 1)).toBe(100);
    expect(median(values)).toBe(50.5);
  });

  it('is not tilted by one event that came late', () => {
    const points = Array.from({ length: 30 }, (_, x) => ({ x, y: x === 29 ? 400 : 0 }));
    expect(changeOver(points)).toBe(0);
  });

  it('does not let a stray event stand in for a missing one', () => {
    const events = [1, 2, 2.1, 4, 5, 6, 7, 8, 9, 10];
    const cadence = cadenceOf(events, { startSeconds: 0.5, endSeconds: 10.5 }, 1000, 0);
    expect(cadence).toMatchObject({ expected: 10, share: 0.9 });
  });
});
