import { describe, expect, it } from 'vitest';
import { BandwidthEstimator, allocateLayers } from '../../../runtime/webrtc/send/index.ts';

/** Sends for a while through a path of `delayMs`, which loses every `lossEvery`-th packet. */
function run(
  estimator: BandwidthEstimator,
  options: {
    from: number;
    seconds: number;
    lossEvery?: number;
    delayMs?: (sentMs: number) => number;
    first: number;
  },
): number {
  let sequence = options.first;
  const end = options.from + options.seconds * 1000;
  for (let now = options.from; now < end; now += 10) {
    estimator.onSent(sequence & 0xffff, 1250, now);
    const lost = options.lossEvery !== undefined && sequence % options.lossEvery === 0;
    const arrivalMs = now + 5000 + (options.delayMs?.(now) ?? 20);
    estimator.onFeedbackPacket(sequence & 0xffff, lost ? -1 : arrivalMs, now + 40);
    sequence++;
    if (now % 200 === 0) {
      estimator.update(now);
    }
  }
  return sequence;
}

describe('the bandwidth estimate', () => {
  it('does not limit a path that shows no congestion', () => {
    const estimator = new BandwidthEstimator();
    run(estimator, { from: 0, seconds: 10, first: 0 });
    expect(estimator.bitsPerSecond).toBe(Infinity);
  });

  it('falls below what is sent when packets are lost, and recovers', () => {
    const estimator = new BandwidthEstimator();
    const next = run(estimator, { from: 0, seconds: 5, lossEvery: 4, first: 1 });
    const congested = estimator.bitsPerSecond;
    expect(congested).toBeLessThan(1_000_000);
    run(estimator, { from: 5000, seconds: 20, first: next });
    expect(estimator.bitsPerSecond).toBeGreaterThan(congested * 2);
  });

  it('falls when a queue builds up', () => {
    const estimator = new BandwidthEstimator();
    const next = run(estimator, { from: 0, seconds: 3, first: 1 });
    run(estimator, { from: 3000, seconds: 4, first: next, delayMs: (now) => 20 + (now - 3000) / 5 });
    expect(estimator.bitsPerSecond).toBeLessThan(1_000_000);
  });

  it('keeps a fixed memory, whatever is sent and however rarely feedback comes', () => {
    const estimator = new BandwidthEstimator();
    globalThis.gc?.();
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    for (let i = 0; i < 300_000; i++) {
      estimator.onSent(i & 0xffff, 1200, i);
    }
    const after = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    // 65,536 records of objects, as werift keeps them, would be several megabytes.
    expect(after - before).toBeLessThan(2_000_000);
  });

  it('believes the receiver where only it measures', () => {
    const estimator = new BandwidthEstimator();
    estimator.onRemb(400_000);
    expect(estimator.bitsPerSecond).toBe(400_000);
  });
});

describe('sharing a bandwidth between tracks', () => {
  const bitrates = [150_000, 500_000, 1_500_000];

  it('gives everybody the best layer when there is room', () => {
    const demand = { bitrates, wantedRank: 2, currentRank: -1 };
    expect(allocateLayers([demand, demand], Infinity)).toEqual([2, 2]);
  });

  it('gives everybody something before it gives anybody more', () => {
    const demand = { bitrates, wantedRank: 2, currentRank: -1 };
    expect(allocateLayers([demand, demand, demand], 900_000)).toEqual([1, 0, 0]);
    expect(allocateLayers([demand, demand], 10_000)).toEqual([0, 0]);
  });

  it('never gives more than is wanted', () => {
    expect(allocateLayers([{ bitrates, wantedRank: 1, currentRank: -1 }], Infinity)).toEqual([1]);
  });

  it('does not choose a layer that sends nothing', () => {
    const demand = { bitrates: [150_000, 500_000, 0], wantedRank: 2, currentRank: 2 };
    expect(allocateLayers([demand], Infinity)).toEqual([1]);
    expect(allocateLayers([{ bitrates: [0, 0, 900_000], wantedRank: 0, currentRank: 0 }], Infinity)).toEqual([
      2,
    ]);
  });

  it('stays where it is while a step up only just fits', () => {
    const demand = { bitrates, wantedRank: 2, currentRank: 1 };
    expect(allocateLayers([demand], 1_550_000)).toEqual([1]);
    expect(allocateLayers([demand], 1_800_000)).toEqual([2]);
  });
});
