import { describe, expect, it } from 'vitest';
import { UsageError, parseChaosOptions } from '../../chaos/options.ts';
import { killTargets } from '../../chaos/plan.ts';

describe('the command line of the chaos runs', () => {
  it('means sixty runs of seed 1 that kill everything there is, when it is empty', () => {
    const { runs, ...rest } = parseChaosOptions([]);
    expect(runs).toHaveLength(60);
    expect(rest).toEqual({ seed: 1, targets: killTargets, json: false });
  });

  it('plays some runs again', () => {
    expect(parseChaosOptions(['--seed', '7', '--only', '23,4', '--json'])).toEqual({
      runs: [23, 4],
      seed: 7,
      targets: killTargets,
      json: true,
    });
  });

  it('kills only what is named', () => {
    expect(parseChaosOptions(['--kill', 'worker, ffmpeg', '--runs', '2'])).toMatchObject({
      runs: [1, 2],
      targets: ['worker', 'ffmpeg'],
    });
  });

  it.each([
    [['--runs', '0'], '--runs is to be a whole number from 1 to 10000, got "0"'],
    [['--seed', 'x'], 'got "x"'],
    [['--kill', 'worker,nginx'], 'got "nginx"'],
    [['--speed', '2'], '--speed'],
  ])('refuses %j and says why', (args, why) => {
    expect(() => parseChaosOptions(args)).toThrow(UsageError);
    expect(() => parseChaosOptions(args)).toThrow(why);
  });
});
