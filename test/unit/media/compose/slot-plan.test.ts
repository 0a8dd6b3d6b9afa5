import { describe, expect, it } from 'vitest';
import { planSlot } from '../../../../runtime/media/compose/slot-plan.ts';

/** The plans of pictures that are all made equally late. */
const plans = (lateMs: number, count: number): string[] => {
  let repeated = 0;
  return Array.from({ length: count }, () => {
    const plan = planSlot(lateMs, repeated);
    repeated = plan === 'repeat' ? repeated + 1 : 0;
    return plan;
  });
};

describe('the plan of a composition for a picture', () => {
  it('is to draw it as long as it is not late by a whole place', () => {
    expect(plans(33, 3)).toEqual(['draw', 'draw', 'draw']);
  });

  it('is to repeat what stands when it is late, but to draw every third so that the picture never freezes', () => {
    expect(plans(200, 6)).toEqual(['repeat', 'repeat', 'draw', 'repeat', 'repeat', 'draw']);
  });

  it('is to leave it out beyond half a second', () => {
    expect(plans(501, 2)).toEqual(['leave-out', 'leave-out']);
    expect(plans(3_600_000, 1)).toEqual(['leave-out']);
  });
});
