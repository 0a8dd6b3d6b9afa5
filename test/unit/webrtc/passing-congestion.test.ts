import { describe, expect, it } from 'vitest';
import { subscriptionsUnderTest } from './support/subscriptions-under-test.ts';

const simulcast = [150_000, 500_000, 1_500_000];
const wide = { rateBps: 20_000_000, delayMs: 20 };
/** Loses by chance and lets packets overtake each other, of which Chromium then asks for each again. */
const poor = { ...wide, lossShare: 0.03, jitterMs: (_: number, random: () => number) => random() * 20 };
const subscription = subscriptionsUnderTest();

describe.each([
  ['a wide path', wide],
  ['a path that loses 3 % and reorders', poor],
])('a passing congestion on %s', (_, conditions) => {
  describe.each(['sender', 'receiver', 'feedback'] as const)('because the %s stands still', (stalled) => {
    it.each([300, 700, 1500])('for %i ms limits nothing', (ms) => {
      const bob = subscription(conditions, simulcast);
      bob.run(10);
      bob.stall(stalled, ms);
      bob.run(3);
      expect(bob.ranks.at(-1)).toBe(2);
      expect(bob.congestion.stats.estimatedBitsPerSecond).toBe(Infinity);
    });

    it.each([300, 700, 1500])('for %i ms costs no video where the path was narrow once', (ms) => {
      const bob = subscription(conditions, simulcast);
      bob.run(5);
      bob.path.conditions = { ...conditions, rateBps: 1_000_000 };
      bob.run(4);
      bob.path.conditions = conditions;
      bob.run(12);
      const before = bob.videoBps(3);
      bob.stall(stalled, ms);
      bob.run(3);
      expect(bob.videoBps(2)).toBeGreaterThan(0.8 * before);
    });
  });

  it('because receiver and sender stand still in turn limits nothing', () => {
    const bob = subscription(conditions, simulcast);
    bob.run(10);
    for (let i = 0; i < 8; i++) {
      bob.stall('receiver', 60 + 40 * (i % 4));
      bob.stall('sender', 60 + 50 * (i % 3));
      bob.run(0.05);
    }
    bob.run(3);
    expect(bob.ranks.at(-1)).toBe(2);
    expect(bob.congestion.stats.estimatedBitsPerSecond).toBe(Infinity);
  });

  it.each([
    ['simulcast', simulcast],
    ['a single layer', [600_000]],
    ['two low layers', [100_000, 400_000]],
  ])('costs no more than 3 s of the best of %s', (__, layers) => {
    for (const narrow of [
      { ...conditions, rateBps: 500_000 },
      { ...conditions, rateBps: 200_000 },
      { ...conditions, delayMs: 520 },
      { ...conditions, lossShare: 0.4 },
    ]) {
      const bob = subscription(conditions, layers);
      bob.run(10);
      const before = bob.videoBps(5);
      bob.path.conditions = narrow;
      bob.run(1.5);
      bob.path.conditions = conditions;
      bob.run(3);
      expect(bob.videoBps(2)).toBeGreaterThan(0.8 * before);
    }
  });
});

describe('random loss with reorder', () => {
  it('limits nothing over five minutes', () => {
    const bob = subscription(poor, simulcast);
    for (let minute = 0; minute < 5; minute++) {
      bob.run(60);
      expect(bob.congestion.stats.estimatedBitsPerSecond).toBe(Infinity);
    }
  });

  it('does not limit who has heard only sound so far', () => {
    const bob = subscription(poor, simulcast);
    bob.wish({ paused: true });
    bob.run(300);
    bob.wish({});
    bob.run(3);
    expect(bob.ranks.at(-1)).toBe(2);
  });
});

describe('a video of which nothing could be sent', () => {
  it.each([
    [600_000, 80_000],
    [1_500_000, 150_000],
    [2_500_000, 200_000],
  ])('of %i bit/s comes back within 30 s after a path of %i bit/s', (videoBps, narrowBps) => {
    for (const conditions of [wide, poor]) {
      const bob = subscription(conditions, [videoBps]);
      bob.run(5);
      bob.path.conditions = { ...conditions, rateBps: narrowBps };
      bob.run(15);
      expect(bob.congestion.isStarved(bob.video)).toBe(true);
      bob.path.conditions = conditions;
      bob.run(30);
      expect(bob.congestion.isStarved(bob.video)).toBe(false);
      expect(bob.ranks.at(-1)).toBe(0);
    }
  });

  it('comes back within 30 s where the subscriber takes no retransmissions, so no probes', () => {
    const bob = subscription(wide, [1_500_000], { withRtx: false });
    bob.run(5);
    bob.path.conditions = { ...wide, rateBps: 150_000 };
    bob.run(15);
    expect(bob.congestion.isStarved(bob.video)).toBe(true);
    bob.path.conditions = wide;
    bob.run(30);
    expect(bob.ranks.at(-1)).toBe(0);
  });
});
