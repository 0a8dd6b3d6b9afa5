import { describe, expect, it } from 'vitest';
import {
  isWorthTelling,
  noteUpdate,
  toldOf,
  trackedOutput,
  type ToldState,
} from '../../../runtime/graph/livestreams/tracked-outputs.ts';
import type { RtmpOutputUpdate } from '../../../runtime/steps/index.ts';

const MINUTE = 60_000;

describe('what is told of a destination', () => {
  it('is its first state, and each that differs from the last one told', () => {
    expect(isWorthTelling(null, 'connecting', 0)).toBe(true);
    expect(isWorthTelling(toldOf(null, 'connecting', 0), 'live', 1)).toBe(true);
    expect(isWorthTelling(toldOf(null, 'live', 0), 'live', 1)).toBe(false);
    expect(isWorthTelling(toldOf(null, 'live', 0), 'retrying', 1)).toBe(true);
    expect(isWorthTelling(toldOf(null, 'retrying', 0), 'stopped', 1)).toBe(true);
  });

  it('is no attempt of many, and once a minute that it is still away', () => {
    const told = toldOf(null, 'retrying', 0);
    expect(isWorthTelling(told, 'connecting', MINUTE * 2)).toBe(false);
    expect(isWorthTelling(told, 'retrying', MINUTE - 1)).toBe(false);
    expect(isWorthTelling(told, 'retrying', MINUTE)).toBe(true);
  });

  it('is its first changes at once, and one a minute where it is taken and lost for ever; and always its end', () => {
    let told: ToldState | null = null;
    let events = 0;
    let nowMs = 0;
    const tell = (state: 'live' | 'retrying' | 'stopped'): void => {
      if (isWorthTelling(told, state, nowMs)) {
        told = toldOf(told, state, nowMs);
        events += 1;
      }
    };
    for (; nowMs < MINUTE * 60; nowMs += 4000) {
      tell(nowMs % 8000 === 0 ? 'live' : 'retrying');
      if (nowMs === 16_000) {
        expect(events).toBe(5);
      }
    }
    expect(events).toBeGreaterThan(30);
    expect(events).toBeLessThan(70);
    const before = events;
    tell('stopped');
    expect(events).toBe(before + 1);
  });
});

describe('the counts of a destination', () => {
  const update = (changes: Partial<RtmpOutputUpdate>): RtmpOutputUpdate => ({
    kind: 'rtmp-output',
    outputId: 'out_1',
    state: 'live',
    bytesSent: 0,
    framesDropped: 0,
    retries: 0,
    lastError: null,
    ...changes,
  });

  it('go on over the workers that its step has run in', () => {
    const tracked = trackedOutput('out_1', 'rtmp://host/live', '[hidden]');
    noteUpdate(tracked, 1, update({ bytesSent: 1000, retries: 1, lastError: 'Broken pipe' }));
    noteUpdate(tracked, 2, update({ bytesSent: 0, state: 'connecting' }));
    noteUpdate(tracked, 2, update({ bytesSent: 500, framesDropped: 3 }));
    expect(tracked.view).toMatchObject({
      state: 'live',
      bytesSent: 1500,
      framesDropped: 3,
      retries: 1,
      lastError: 'Broken pipe',
    });
  });

  it('are taken to the last, and a destination that was stopped stays so', () => {
    const tracked = trackedOutput('out_1', 'rtmp://host/live', '[hidden]');
    tracked.view = { ...tracked.view, state: 'stopped' };
    noteUpdate(tracked, 1, update({ bytesSent: 1000 }));
    expect(tracked.view).toMatchObject({ state: 'stopped', bytesSent: 1000 });
  });
});
