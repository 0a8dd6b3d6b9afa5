import { describe, expect, it } from 'vitest';
import { BandwidthEstimator } from '../../../runtime/webrtc/send/index.ts';
import { SimulatedCall } from './support/simulated-call.ts';
import type { Arrival } from './support/simulated-path.ts';

const megabit = { rateBps: 1_000_000, delayMs: 30 };
const lan = { rateBps: 100_000_000, delayMs: 1 };

describe('the bandwidth estimate behind a bottleneck', () => {
  it.each([10, 30, 80])('finds 1 Mbit/s within 10 s and stays near it, %i ms away', (delayMs) => {
    const call = new SimulatedCall({ rateBps: 1_000_000, delayMs });
    call.run(8);
    const found = call.run(2);
    expect(found.estimateBps).toBeGreaterThan(800_000);
    const then = call.run(30);
    expect(then.estimateBps).toBeGreaterThan(800_000);
    expect(then.estimateBps).toBeLessThan(1_000_000);
    expect(then.deliveredBps).toBeGreaterThan(850_000);
    expect(then.queueP95Ms).toBeLessThan(200);
  });

  it('falls within 2 s when the path halves, and comes back within 20 s when it doubles', () => {
    const call = new SimulatedCall(megabit);
    call.run(20);
    call.path.conditions = { ...megabit, rateBps: 500_000 };
    expect(call.run(2).lowestEstimateBps).toBeLessThan(500_000);
    call.run(3);
    const halved = call.run(10);
    expect(halved.estimateBps).toBeGreaterThan(400_000);
    expect(halved.estimateBps).toBeLessThan(550_000);
    expect(halved.queueP95Ms).toBeLessThan(200);
    call.path.conditions = megabit;
    call.run(15);
    expect(call.run(5).estimateBps).toBeGreaterThan(800_000);
  });

  it('is not misled by 2 % of random loss', () => {
    const call = new SimulatedCall({ ...megabit, lossShare: 0.02 });
    call.run(10);
    const seen = call.run(20);
    expect(seen.estimateBps).toBeGreaterThan(800_000);
    expect(seen.queueP95Ms).toBeLessThan(200);
  });

  it('yields to a path that drops what it cannot carry instead of holding it', () => {
    const call = new SimulatedCall({ ...megabit, queueMs: 20 });
    call.run(10);
    const before = call.path.dropped;
    const seen = call.run(20);
    expect(seen.deliveredBps).toBeGreaterThan(500_000);
    expect(seen.highestEstimateBps).toBeLessThan(1_300_000);
    expect(call.path.dropped - before).toBeLessThan(400);
  });

  it('goes on where feedback is lost, comes late or in another order', () => {
    const call = new SimulatedCall(megabit);
    let reports = 0;
    let held: Arrival[] | undefined;
    call.onReport = (report, deliver) => {
      reports++;
      if (reports % 10 === 0) {
        return;
      }
      if (reports % 7 === 0) {
        held = report;
        return;
      }
      deliver(report);
      if (held !== undefined) {
        deliver(held);
        held = undefined;
      }
    };
    call.run(10);
    const seen = call.run(20);
    expect(seen.estimateBps).toBeGreaterThan(700_000);
    expect(seen.queueP95Ms).toBeLessThan(250);
  });

  it('goes on across the wrap of the sequence number', () => {
    const call = new SimulatedCall(megabit, 65_536 - 1500);
    call.run(10);
    const seen = call.run(10);
    expect(seen.estimateBps).toBeGreaterThan(800_000);
    expect(seen.queueP95Ms).toBeLessThan(200);
  });

  it.each([3_600_000, -3_600_000, 2 ** 30 - 77_777_000 - 1_010_000])(
    "takes a jump of the receiver's clock by %i ms for no queue",
    (jumpMs) => {
      const call = new SimulatedCall(megabit);
      call.run(10);
      call.path.clockOffsetMs += jumpMs;
      const seen = call.run(10);
      expect(seen.lowestEstimateBps).toBeGreaterThan(600_000);
      expect(seen.queueP95Ms).toBeLessThan(200);
    },
  );

  it('forgets a path when another one takes its place', () => {
    const call = new SimulatedCall(megabit);
    call.run(10);
    call.estimator.reset();
    expect(call.estimator.bitsPerSecond).toBe(Infinity);
    call.path.conditions = { ...megabit, rateBps: 2_000_000, delayMs: 60 };
    call.run(8);
    expect(call.run(2).estimateBps).toBeGreaterThan(1_500_000);
  });
});

describe('the bandwidth estimate of a path that is wide enough', () => {
  it('limits nothing', () => {
    const call = new SimulatedCall(lan);
    call.run(30);
    expect(call.estimator.bitsPerSecond).toBe(Infinity);
  });

  it.each([
    ['takes turns every 20 ms', (now: number) => 20 - (now % 20)],
    ['holds each packet up by up to 30 ms', (_: number, random: () => number) => random() * 30],
    ['stands still for 150 ms now and then', (now: number) => Math.max(0, 150 - (now % 3000))],
  ])('limits nothing on a radio that %s', (_, jitterMs) => {
    const call = new SimulatedCall({ rateBps: 20_000_000, delayMs: 10, jitterMs });
    call.run(60);
    expect(call.estimator.bitsPerSecond).toBe(Infinity);
  });

  it('limits nothing because a key frame came as one burst', () => {
    const call = new SimulatedCall({ rateBps: 10_000_000, delayMs: 10 });
    call.maxBps = 4_000_000;
    call.run(60);
    expect(call.estimator.bitsPerSecond).toBe(Infinity);
  });

  it('stays able to carry what it carried after its delay has changed', () => {
    const call = new SimulatedCall({ rateBps: 20_000_000, delayMs: 10 });
    call.run(10);
    call.path.conditions = { rateBps: 20_000_000, delayMs: 70 };
    call.run(5);
    expect(call.run(10).lowestEstimateBps).toBeGreaterThan(2_500_000);
  });

  it('does not shrink while little is sent', () => {
    const call = new SimulatedCall({ rateBps: 1_000_000, delayMs: 30 });
    call.run(15);
    const before = call.estimator.bitsPerSecond;
    call.maxBps = 100_000;
    call.run(60);
    expect(call.estimator.bitsPerSecond).toBeGreaterThanOrEqual(before);
  });

  it('limits nothing any more once all that is wanted has gone through for long enough', () => {
    const call = new SimulatedCall({ rateBps: 1_000_000, delayMs: 30 });
    call.run(10);
    call.path.conditions = lan;
    call.maxBps = 300_000;
    call.wantedBps = 300_000;
    call.run(60);
    expect(call.estimator.bitsPerSecond).toBe(Infinity);
  });
});

describe('the bandwidth estimate where only the receiver measures', () => {
  it('believes its estimate', () => {
    const estimator = new BandwidthEstimator();
    estimator.onRemb(400_000, 1000);
    expect(estimator.bitsPerSecond).toBe(400_000);
    estimator.onRemb(900_000, 2000);
    expect(estimator.bitsPerSecond).toBe(900_000);
  });

  it('yields to loss that it reports, and recovers', () => {
    const estimator = new BandwidthEstimator();
    const send = (fromMs: number, seconds: number, fraction: number) => {
      for (let nowMs = fromMs; nowMs < fromMs + seconds * 1000; nowMs += 10) {
        estimator.onSent(-1, 1250, nowMs);
        if (nowMs % 1000 === 0) {
          estimator.onReportedLoss(fraction, nowMs);
        }
      }
    };
    send(1000, 10, 0.3);
    const congested = estimator.bitsPerSecond;
    expect(congested).toBeLessThan(800_000);
    send(11_000, 30, 0);
    expect(estimator.bitsPerSecond).toBeGreaterThan(congested * 1.5);
  });
});

describe('the memory of the bandwidth estimate', () => {
  it('is fixed, whatever is sent and however rarely feedback comes', () => {
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
});
