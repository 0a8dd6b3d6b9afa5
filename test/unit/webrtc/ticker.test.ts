import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nowMs } from '../../../runtime/webrtc/clock.ts';
import { onMediaTick, onRepairTick, onWatchTick, tickIfDue } from '../../../runtime/webrtc/ticker.ts';

const stops: (() => void)[] = [];
let startMs = 0;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  startMs = nowMs();
});

afterEach(() => {
  stops.splice(0).forEach((stop) => stop());
  vi.useRealTimers();
});

/** When a listener was called, in milliseconds from the beginning. */
function ticksOf(listen: typeof onMediaTick): number[] {
  const ticks: number[] = [];
  stops.push(listen((now) => ticks.push(Math.round(now - startMs))));
  return ticks;
}

/** Lets time pass with a datagram every so many milliseconds. */
function passWithDatagrams(totalMs: number, everyMs: number): void {
  for (let passed = 0; passed < totalMs; passed += everyMs) {
    vi.advanceTimersByTime(everyMs);
    tickIfDue();
  }
}

describe('ticks', () => {
  it('of media come with datagrams every 20 ms, and no timer comes in between', () => {
    const ticks = ticksOf(onMediaTick);
    passWithDatagrams(100, 5);
    expect(ticks).toEqual([20, 40, 60, 80, 100]);
  });

  it('of media come by a timer every 100 ms while no datagram does, counted from the last one', () => {
    const ticks = ticksOf(onMediaTick);
    passWithDatagrams(30, 15);
    vi.advanceTimersByTime(250);
    expect(ticks).toEqual([30, 130, 230]);
  });

  it('of whoever watches over peers come every 100 ms, with datagrams or without', () => {
    const ticks = ticksOf(onWatchTick);
    passWithDatagrams(200, 10);
    vi.advanceTimersByTime(200);
    expect(ticks).toEqual([100, 200, 300, 400]);
  });

  it('of repairs come every 10 ms without any datagram', () => {
    const ticks = ticksOf(onRepairTick);
    vi.advanceTimersByTime(30);
    expect(ticks).toEqual([10, 20, 30]);
  });

  it('end with the last listener, also when it goes within a tick, and leave no timer', () => {
    const ticks: number[] = [];
    const stop = onMediaTick((now) => {
      ticks.push(now);
      stop();
    });
    vi.advanceTimersByTime(300);
    tickIfDue();
    expect(ticks).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
