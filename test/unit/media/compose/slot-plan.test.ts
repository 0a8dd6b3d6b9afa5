import { describe, expect, it } from 'vitest';
import { isOverloaded, planSlot } from '../../../../runtime/media/compose/slot-plan.ts';

/** The plans of pictures that are as late as that, one after the other. */
const plans = (...latenesses: number[]): string[] => {
  let repeated = 0;
  let overloaded = false;
  return latenesses.map((lateMs) => {
    overloaded = isOverloaded(lateMs, overloaded);
    const plan = planSlot(lateMs, repeated, overloaded);
    repeated = plan === 'repeat' ? repeated + 1 : 0;
    return plan;
  });
};

describe('the plan of a composition for a picture', () => {
  it('is to draw it as long as it is not late by a whole place', () => {
    expect(plans(0, 33, 33)).toEqual(['draw', 'draw', 'draw']);
  });

  it('is to repeat what stands when it is late, but to draw every third so that the picture never freezes', () => {
    expect(plans(200, 200, 200, 1900, 1900, 1900)).toEqual([
      ...['repeat', 'repeat', 'draw'],
      ...['repeat', 'repeat', 'draw'],
    ]);
  });

  it('is to leave out what is half a second late once two seconds have not been caught up', () => {
    expect(plans(2001, 1900, 510, 480, 505)).toEqual([
      'leave-out',
      'leave-out',
      'leave-out',
      'repeat',
      'leave-out',
    ]);
  });

  it('is to leave out nothing more after everything has been caught up', () => {
    expect(plans(2001, 480, 20, 600)).toEqual(['leave-out', 'repeat', 'draw', 'repeat']);
  });
});
