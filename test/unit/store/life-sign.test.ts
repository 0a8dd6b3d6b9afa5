import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  giveLifeSigns,
  insertEvent,
  lastLifeSignMs,
  openStore,
  type Store,
} from '../../../runtime/store/index.ts';

const START_MS = Date.UTC(2026, 0, 1);

let store: Store;
beforeEach(async () => {
  vi.useFakeTimers({ now: START_MS });
  store = await openStore({ file: ':memory:' });
});
afterEach(async () => {
  await store.close();
  vi.useRealTimers();
});

const eventAt = (ms: number): void => {
  insertEvent(store, {
    ...{ id: `event-${ms}`, type: 'room-created', roomId: 'room', sessionId: null, data: '{}' },
    at: new Date(ms).toISOString(),
  });
};
const rethrow = (error: unknown): never => {
  throw error;
};

describe('the last sign of life', () => {
  it('is at most two seconds old when the runtime dies, however quiet it was', () => {
    const end = giveLifeSigns(store, rethrow);
    vi.advanceTimersByTime(61_999);
    end();
    vi.advanceTimersByTime(100_000);
    expect(lastLifeSignMs(store)).toBe(START_MS + 60_000);
  });

  it('is the last event when that is younger', () => {
    giveLifeSigns(store, rethrow)();
    eventAt(START_MS + 1500);
    expect(lastLifeSignMs(store)).toBe(START_MS + 1500);
  });

  it('is not what a recovery told that was itself cut off', () => {
    giveLifeSigns(store, rethrow)();
    eventAt(START_MS + 3_600_000);
    expect(lastLifeSignMs(store)).toBeLessThan(START_MS + 5000);
  });

  it('is the last event in a store of a version that gave no signs, and long ago in an empty one', () => {
    expect(lastLifeSignMs(store)).toBe(0);
    eventAt(START_MS + 7);
    expect(lastLifeSignMs(store)).toBe(START_MS + 7);
  });

  it('is given on when the store can be written again, and a failure is told once', async () => {
    const told: unknown[] = [];
    vi.spyOn(store, 'run').mockImplementation(() => {
      throw new Error('disk full');
    });
    giveLifeSigns(store, (error) => told.push(error));
    vi.advanceTimersByTime(10_000);
    expect(told).toEqual([new Error('disk full')]);
    vi.restoreAllMocks();
    await vi.advanceTimersByTimeAsync(2000);
    expect(lastLifeSignMs(store)).toBe(START_MS + 12_000);
  });
});
