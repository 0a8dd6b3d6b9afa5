import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Tail } from '../../../runtime/steps/tail.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Whether it has arrived by now. */
function awaited(tail: Tail<string>, timeoutMs = 600) {
  let hasArrived = false;
  void tail.arrived(timeoutMs).then(() => (hasArrived = true));
  return async (): Promise<boolean> => {
    await vi.advanceTimersByTimeAsync(0);
    return hasArrived;
  };
}

describe('the tail of a stream', () => {
  it('has arrived when each kind of each output has, however often one of them comes', async () => {
    const tail = new Tail(['high video', 'high audio', 'low video', 'low audio']);
    const hasArrived = awaited(tail);
    for (const stream of ['high video', 'low video', 'high video', 'high audio']) {
      tail.passed(stream);
    }
    expect(await hasArrived()).toBe(false);
    tail.passed('low audio');
    expect(await hasArrived()).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is waited for no longer than it can take', async () => {
    const hasArrived = awaited(new Tail(['audio']), 600);
    await vi.advanceTimersByTimeAsync(599);
    expect(await hasArrived()).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await hasArrived()).toBe(true);
  });

  it('is not waited for when its source is gone, also when that was before', async () => {
    const tail = new Tail(['audio']);
    tail.giveUp();
    expect(await awaited(tail)()).toBe(true);
  });
});
