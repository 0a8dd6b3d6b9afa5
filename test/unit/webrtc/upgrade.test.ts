import { describe, expect, it } from 'vitest';
import { Prober, UpgradeSchedule } from '../../../runtime/webrtc/send/index.ts';
import { SimulatedCall } from './support/simulated-call.ts';

/** Probes a path for a rate while next to nothing else is sent. */
function probe(rateBps: number, targetBps: number, lossShare = 0): { proved: number; bytes: number } {
  const call = new SimulatedCall({ rateBps, delayMs: 30, lossShare });
  call.maxBps = 100_000;
  call.run(5);
  let bytes = 0;
  const prober = new Prober(call.estimator, (size) => {
    bytes += size;
    call.sendPadding(size);
    return size;
  });
  prober.start(targetBps, call.nowMs);
  for (;;) {
    call.run(0.005);
    prober.send(call.nowMs);
    const outcome = prober.conclude(call.nowMs, 60);
    if (outcome !== undefined) {
      return { proved: outcome.provedBitsPerSecond, bytes };
    }
  }
}

describe('a probe', () => {
  it('proves what a path carries, with a few kilobytes', () => {
    const { proved, bytes } = probe(10_000_000, 1_500_000);
    expect(proved).toBeGreaterThan(1_250_000);
    expect(proved).toBeLessThan(1_700_000);
    expect(bytes).toBeLessThan(14_000);
  });

  it('finds the bottleneck when it asks for more than the path carries', () => {
    const { proved } = probe(700_000, 1_500_000);
    expect(proved).toBeGreaterThan(500_000);
    expect(proved).toBeLessThan(800_000);
  });

  it('proves nothing when a good part of it is lost', () => {
    expect(probe(10_000_000, 1_500_000, 0.4).proved).toBe(0);
  });
});

describe('when a subscriber may try for more', () => {
  it('is some seconds after congestion, and later each time it was in vain', () => {
    const schedule = new UpgradeSchedule();
    expect(schedule.mayTry(2000, 0)).toBe(false);
    expect(schedule.mayTry(3000, 0)).toBe(true);
    schedule.onAttempt(3000);
    schedule.onOutcome(false, 3400);
    expect(schedule.mayTry(8900, 0)).toBe(false);
    expect(schedule.mayTry(9000, 0)).toBe(true);
  });

  it('allows a layer up at once when a probe has proved it, unless congestion came since', () => {
    const schedule = new UpgradeSchedule();
    schedule.onOutcome(true, 1000);
    expect(schedule.mayRaise(1500, 500)).toBe(true);
    expect(schedule.mayRaise(1500, 1200)).toBe(false);
    expect(schedule.mayRaise(4300, 1200)).toBe(true);
  });

  it('keeps a path between two layers from swinging: at most a few times a minute, then less', () => {
    const schedule = new UpgradeSchedule();
    const upgrades: number[] = [];
    let lastDecreaseMs = 0;
    let high = false;
    for (let nowMs = 0; nowMs < 180_000; nowMs += 200) {
      if (!high && schedule.mayTry(nowMs, lastDecreaseMs)) {
        // The probe is right about the moment, and a second later the path is worse again.
        schedule.onAttempt(nowMs);
        schedule.onOutcome(true, nowMs);
        schedule.onUpgrade(nowMs);
        upgrades.push(nowMs);
        high = true;
      } else if (high && nowMs - (upgrades.at(-1) ?? 0) > 1000) {
        lastDecreaseMs = nowMs;
        schedule.onDowngrade(nowMs);
        high = false;
      }
    }
    expect(upgrades.filter((atMs) => atMs < 60_000).length).toBeLessThanOrEqual(5);
    expect(upgrades.filter((atMs) => atMs > 60_000).length).toBeLessThanOrEqual(4);
  });
});
