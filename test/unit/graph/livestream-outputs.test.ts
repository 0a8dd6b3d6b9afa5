import { describe, expect, it } from 'vitest';
import {
  isWorthTelling,
  noteUpdate,
  trackedOutput,
} from '../../../runtime/graph/livestreams/tracked-outputs.ts';
import type { RtmpOutputUpdate } from '../../../runtime/steps/index.ts';

const MINUTE = 60_000;

describe('what is told of a destination', () => {
  it('is its first state, and each that differs from the last one told', () => {
    expect(isWorthTelling(null, 'connecting', 0)).toBe(true);
    expect(isWorthTelling({ state: 'connecting', atMs: 0 }, 'live', 1)).toBe(true);
    expect(isWorthTelling({ state: 'live', atMs: 0 }, 'live', 1)).toBe(false);
    expect(isWorthTelling({ state: 'live', atMs: 0 }, 'retrying', 1)).toBe(true);
    expect(isWorthTelling({ state: 'retrying', atMs: 0 }, 'stopped', 1)).toBe(true);
  });

  it('is no attempt of many, and once a minute that it is still away', () => {
    const told = { state: 'retrying' as const, atMs: 0 };
    expect(isWorthTelling(told, 'connecting', MINUTE * 2)).toBe(false);
    expect(isWorthTelling(told, 'retrying', MINUTE - 1)).toBe(false);
    expect(isWorthTelling(told, 'retrying', MINUTE)).toBe(true);
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
