import { describe, expect, it } from 'vitest';
import { describePlan, killTargets, planOf } from '../../chaos/plan.ts';

const plans = Array.from({ length: 60 }, (_none, index) => planOf(1, index + 1, killTargets));

describe('the plan of a run', () => {
  it('is the same for the same seed and run, whichever runs came before it', () => {
    expect(planOf(1, 17, killTargets)).toEqual(plans[16]);
    expect(planOf(2, 17, killTargets)).not.toEqual(plans[16]);
  });

  it('has each target in turn, and each target in every phase', () => {
    for (const target of killTargets) {
      const phases = plans.map(({ kills }) => kills[0]).filter((kill) => kill.target === target);
      expect(phases.filter(({ phase }) => phase === 'running')).toHaveLength(6);
      expect(phases.filter(({ phase }) => phase === 'starting')).toHaveLength(2);
      expect(phases.filter(({ phase }) => phase === 'stopping')).toHaveLength(2);
    }
  });

  it('sometimes kills twice', () => {
    const twice = plans.filter(({ kills }) => kills.length === 2);
    expect(twice.length).toBeGreaterThan(5);
    expect(twice.length).toBeLessThan(25);
  });

  it('kills nothing again in a room that was already asked to end', () => {
    for (const { kills } of plans.filter((plan) => plan.kills[0].phase === 'stopping')) {
      expect(kills).toHaveLength(1);
    }
  });

  it('leaves the runtime down for two seconds at most', () => {
    const pauses = plans.flatMap(({ kills }) => kills.map(({ downMs }) => downMs));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(2000);
  });

  it('kills nothing but what was asked for', () => {
    const few = Array.from({ length: 20 }, (_none, index) => planOf(3, index + 1, ['ffmpeg']));
    expect(new Set(few.flatMap(({ kills }) => kills.map(({ target }) => target)))).toEqual(
      new Set(['ffmpeg']),
    );
  });

  it('is told in one line', () => {
    expect(
      describePlan({
        run: 1,
        kills: [
          { target: 'worker', phase: 'starting', afterMs: 300, downMs: 9 },
          { target: 'control', phase: 'running', afterMs: 20, downMs: 700 },
        ],
        goesOnMs: 2000,
        endsBy: 'session',
      }),
    ).toBe(
      'kills worker 300 ms into starting, then control 20 ms into running, down 700 ms; ends by session',
    );
  });
});
