import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateLayers } from '../../../runtime/webrtc/send/index.ts';
import type { LayerDemand } from '../../../runtime/webrtc/send/index.ts';

const bitrates = [150_000, 500_000, 1_500_000];
const fresh: LayerDemand = { bitrates, wantedRank: 2, currentRank: -1 };
const ranks = (demands: readonly LayerDemand[], bitsPerSecond: number, mayRaise?: boolean) =>
  allocateLayers(demands, bitsPerSecond, mayRaise).choices.map(({ rank }) => rank);

describe('sharing a bandwidth between tracks', () => {
  it('gives everybody the best layer when there is room', () => {
    expect(ranks([fresh, fresh], Infinity)).toEqual([2, 2]);
  });

  it('shares out what has no limit as it shares out more than anybody wants', () => {
    const rate = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5_000_000 }));
    const temporal = fc.constantFrom([], [[100_000, 150_000], [300_000, 500_000], undefined]);
    const demand = fc.record({
      bitrates: fc.array(rate, { maxLength: 4 }),
      temporalBitrates: temporal,
      wantedRank: fc.integer({ min: 0, max: 4 }),
      currentRank: fc.integer({ min: -1, max: 3 }),
      starved: fc.boolean(),
      priority: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(demand, { maxLength: 4 }), (demands) => {
        expect(allocateLayers(demands, Infinity)).toEqual(allocateLayers(demands, 1e15));
      }),
    );
  });

  it('gives everybody something before it gives anybody more', () => {
    expect(ranks([fresh, fresh, fresh], 900_000)).toEqual([1, 0, 0]);
  });

  it('gives what matters more than the rest its wish first', () => {
    const demands = [fresh, fresh, { ...fresh, priority: 2 }];
    expect(ranks(demands, 900_000)).toEqual([0, 0, 1]);
    expect(ranks(demands, 1_900_000)).toEqual([0, 0, 2]);
    expect(ranks(demands, 200_000)).toEqual([-1, -1, 0]);
  });

  it('never gives more than is wanted', () => {
    expect(ranks([{ ...fresh, wantedRank: 1 }], Infinity)).toEqual([1]);
  });

  it('does not choose a layer that sends nothing', () => {
    expect(ranks([{ bitrates: [150_000, 500_000, 0], wantedRank: 2, currentRank: 2 }], Infinity)).toEqual([
      1,
    ]);
    expect(ranks([{ bitrates: [0, 0, 900_000], wantedRank: 0, currentRank: 0 }], Infinity)).toEqual([2]);
  });

  it('gives what is asked for while nothing is known of what it costs', () => {
    expect(ranks([{ bitrates: [0, 0, 0], wantedRank: 2, currentRank: -1 }], 300_000)).toEqual([2]);
  });

  it('stays where it is while a step up only just fits', () => {
    const demand = { ...fresh, currentRank: 1 };
    expect(ranks([demand], 1_550_000)).toEqual([1]);
    expect(ranks([demand], 1_800_000)).toEqual([2]);
  });

  it('stays where it is while the step up is not allowed, and goes down at once', () => {
    const demand = { ...fresh, currentRank: 1 };
    expect(ranks([demand], 5_000_000, false)).toEqual([1]);
    expect(ranks([demand], 400_000, false)).toEqual([0]);
  });

  it('sends nothing of a track whose lowest layer does not fit, until there is room to spare', () => {
    expect(ranks([{ ...fresh, currentRank: 0 }], 120_000)).toEqual([0]);
    expect(ranks([{ ...fresh, currentRank: 0 }], 90_000)).toEqual([-1]);
    const starved = { ...fresh, starved: true };
    expect(ranks([starved], 160_000)).toEqual([-1]);
    expect(ranks([starved], 190_000)).toEqual([0]);
    expect(ranks([starved], 190_000, false)).toEqual([-1]);
  });

  it('tells what the next step up would need, and nothing when all is sent', () => {
    expect(allocateLayers([{ ...fresh, currentRank: 0 }], 200_000).nextCost).toBe(150_000 + 350_000 * 1.2);
    expect(allocateLayers([{ ...fresh, starved: true }], 100_000).nextCost).toBe(150_000 * 1.2);
    expect(allocateLayers([fresh], Infinity).nextCost).toBe(0);
    expect(allocateLayers([fresh, fresh], 200_000).wantedCost).toBe(3_000_000);
  });

  it('takes fewer pictures a second before it takes a smaller picture, and none before either', () => {
    const demand: LayerDemand = {
      bitrates: [150_000, 500_000],
      temporalBitrates: [
        [90_000, 150_000],
        [300_000, 500_000],
      ],
      wantedRank: 1,
      currentRank: -1,
    };
    const at = (bitsPerSecond: number) => allocateLayers([demand], bitsPerSecond).choices[0];
    expect(at(600_000)).toEqual({ rank: 1, temporal: Infinity });
    expect(at(400_000)).toEqual({ rank: 1, temporal: 0 });
    expect(at(200_000)).toEqual({ rank: 0, temporal: Infinity });
    expect(at(100_000)).toEqual({ rank: 0, temporal: 0 });
    expect(at(80_000)).toEqual({ rank: -1, temporal: Infinity });
  });
});
