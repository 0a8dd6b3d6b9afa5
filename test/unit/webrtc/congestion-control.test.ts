import { describe, expect, it } from 'vitest';
import { nowMs } from '../../../runtime/webrtc/index.ts';
import { subscriptionsUnderTest } from './support/subscriptions-under-test.ts';

const simulcast = [150_000, 500_000, 1_500_000];
const subscription = subscriptionsUnderTest();

/** All ones when nothing is missing or doubled. */
const steps = (numbers: readonly number[]) =>
  new Set(numbers.slice(1).map((number, i) => (number - (numbers[i] ?? 0)) & 0xffff));

describe('what a subscriber gets', () => {
  it('is everything, at once and without a probe, on a path that is wide enough', () => {
    const bob = subscription({ rateBps: 100_000_000, delayMs: 1 }, simulcast);
    bob.run(20);
    expect(new Set(bob.ranks)).toEqual(new Set([2]));
    expect(bob.congestion.stats).toMatchObject({
      estimatedBitsPerSecond: Infinity,
      probes: 0,
      pacer: { queued: 0, dropped: 0 },
    });
  });

  it('is the layer that fits the path, and the higher one again once that fits', () => {
    const bob = subscription({ rateBps: 5_000_000, delayMs: 30 }, simulcast);
    bob.run(10);
    bob.path.conditions = { rateBps: 800_000, delayMs: 30 };
    bob.run(15);
    expect(new Set(bob.ranks.slice(13))).toEqual(new Set([1]));
    bob.path.conditions = { rateBps: 5_000_000, delayMs: 30 };
    bob.run(20);
    expect(new Set(bob.ranks.slice(-5))).toEqual(new Set([2]));
    expect(steps(bob.sentVideo)).toEqual(new Set([1]));
  });

  it.each([
    [300_000, 0],
    [600_000, 0],
    [700_000, 1],
    [1_000_000, 1],
    [1_700_000, 2],
    [2_200_000, 2],
  ])('does not swing between layers on a path of %i bit/s', (rateBps, rank) => {
    const bob = subscription({ rateBps, delayMs: 30 }, simulcast);
    bob.run(90);
    expect(bob.ranks.slice(30).filter((seen) => seen === rank).length).toBeGreaterThan(55);
    expect(bob.switches).toBeLessThanOrEqual(4);
    expect(steps(bob.sentVideo)).toEqual(new Set([1]));
    // Nothing but short clusters.
    expect(bob.paddingBytes).toBeLessThan(250_000);
  });

  it('does not swing more than six times a minute where the path itself swings', () => {
    const bob = subscription({ rateBps: 2_500_000, delayMs: 30 }, simulcast);
    for (let i = 0; i < 15; i++) {
      bob.path.conditions = { rateBps: i % 2 === 0 ? 2_500_000 : 900_000, delayMs: 30 };
      bob.run(4);
    }
    expect(bob.switches).toBeLessThanOrEqual(6);
  });

  it('is no video but all sound where not even the lowest layer fits, and video again once it does', () => {
    const bob = subscription({ rateBps: 1_000_000, delayMs: 30 }, simulcast);
    bob.run(10);
    bob.path.conditions = { rateBps: 80_000, delayMs: 30 };
    bob.run(15);
    expect(bob.congestion.isStarved(bob.video)).toBe(true);
    const before = { video: bob.sentVideo.length, sound: bob.sentSound };
    bob.run(4);
    expect(bob.sentVideo.length - before.video).toBeLessThan(10);
    expect(bob.sentSound - before.sound).toBe(200);
    bob.path.conditions = { rateBps: 1_000_000, delayMs: 30 };
    bob.run(30);
    expect(bob.congestion.isStarved(bob.video)).toBe(false);
    expect(bob.ranks.at(-1)).toBeGreaterThanOrEqual(0);
    expect(steps(bob.sentVideo)).toEqual(new Set([1]));
  });

  it('has room beside sound that is held back, which costs nothing', () => {
    const bob = subscription({ rateBps: 100_000_000, delayMs: 1 }, [500_000], {
      withFeedback: false,
      soundBytes: 1000,
    });
    bob.run(3);
    bob.congestion.onRemb(700_000, nowMs());
    bob.run(3);
    expect(bob.congestion.isStarved(bob.video)).toBe(true);
    bob.sound.setSilenced(true);
    bob.run(15);
    expect(bob.congestion.isStarved(bob.video)).toBe(false);
  });

  it('is nothing more of a track that was removed, also not what waits to be sent', () => {
    const bob = subscription({ rateBps: 400_000, delayMs: 30 }, [1_000_000]);
    do {
      bob.run(0.1);
    } while (bob.congestion.stats.pacer.queued === 0);
    bob.congestion.remove(bob.video);
    bob.video.close();
    const { length } = bob.sentVideo;
    bob.run(2);
    expect(bob.sentVideo).toHaveLength(length);
  });

  it('is never probed for when only sound is wanted', () => {
    const bob = subscription({ rateBps: 300_000, delayMs: 30 }, simulcast);
    bob.run(10);
    expect(bob.congestion.stats.estimatedBitsPerSecond).toBeLessThan(Infinity);
    bob.wish({ paused: true });
    bob.run(5);
    const { probes } = bob.congestion.stats;
    bob.run(30);
    expect(bob.congestion.stats.probes).toBe(probes);
  });

  it('goes up by trying where the subscriber takes no retransmissions, so no padding', () => {
    const bob = subscription({ rateBps: 800_000, delayMs: 30 }, simulcast, { withRtx: false });
    bob.run(60);
    expect(bob.ranks.slice(5).filter((rank) => rank === 2).length).toBeLessThanOrEqual(9);
    bob.path.conditions = { rateBps: 5_000_000, delayMs: 30 };
    bob.run(90);
    expect(bob.ranks.at(-1)).toBe(2);
    expect(bob.congestion.stats.probes).toBe(0);
    expect(steps(bob.sentVideo)).toEqual(new Set([1]));
  });

  it('follows the estimate of a receiver that reports nothing else', () => {
    const bob = subscription({ rateBps: 5_000_000, delayMs: 30 }, simulcast, { withFeedback: false });
    bob.run(3);
    bob.congestion.onRemb(700_000, nowMs());
    bob.run(3);
    expect(bob.ranks.at(-1)).toBe(1);
    bob.congestion.onRemb(200_000, nowMs());
    bob.run(3);
    expect(bob.ranks.at(-1)).toBe(0);
  });

  it('is everything again, unlimited, after a change of network', () => {
    const bob = subscription({ rateBps: 300_000, delayMs: 30 }, simulcast);
    bob.run(10);
    expect(bob.ranks.at(-1)).toBe(0);
    bob.path.conditions = { rateBps: 20_000_000, delayMs: 5 };
    bob.congestion.reset();
    bob.run(3);
    expect(bob.ranks.at(-1)).toBe(2);
  });
});
