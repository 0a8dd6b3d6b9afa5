import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { untilStale } from '../../../nodes/shared/events/idle-watch.ts';

/** `AbortSignal.timeout` under the test's clock. */
function timeoutOnFakeClock(ms: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => {
    controller.abort();
  }, ms);
  return controller.signal;
}

describe('the watch over a quiet connection', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(timeoutOnFakeClock);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it('gives the connection up when the runtime has events that do not come', async () => {
    const stale = vi.fn();
    void untilStale({ seen: () => 0, isBehind: async () => true, stop: new AbortController().signal }).then(
      stale,
    );
    await vi.advanceTimersByTimeAsync(60_000);
    expect(stale).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(stale).toHaveBeenCalledOnce();
  });

  it('gives it up when the runtime does not answer at all', async () => {
    const stale = vi.fn();
    const isBehind = async () => await Promise.reject(new Error('away'));
    void untilStale({ seen: () => 0, isBehind, stop: new AbortController().signal }).then(stale);
    await vi.advanceTimersByTimeAsync(65_000);
    expect(stale).toHaveBeenCalledOnce();
  });

  it('keeps it while nothing happens, and asks once a minute', async () => {
    const stale = vi.fn();
    const isBehind = vi.fn(async () => false);
    void untilStale({ seen: () => 0, isBehind, stop: new AbortController().signal }).then(stale);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(stale).not.toHaveBeenCalled();
    expect(isBehind).toHaveBeenCalledTimes(10);
  });

  it('does not ask while events come', async () => {
    let seen = 0;
    const isBehind = vi.fn(async () => true);
    void untilStale({ seen: () => ++seen, isBehind, stop: new AbortController().signal });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(isBehind).not.toHaveBeenCalled();
  });

  it('ends when it is stopped', async () => {
    const stop = new AbortController();
    const ended = vi.fn();
    void untilStale({ seen: () => 0, isBehind: async () => false, stop: stop.signal }).then(ended);
    stop.abort();
    await vi.advanceTimersByTimeAsync(0);
    expect(ended).toHaveBeenCalledOnce();
  });
});
