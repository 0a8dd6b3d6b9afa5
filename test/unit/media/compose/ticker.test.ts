import { describe, expect, it } from 'vitest';
import { startTicker } from '../../../../runtime/media/compose/ticker.ts';

describe('steps at their times', () => {
  it('leave room for what else the process has to do while they are late', async () => {
    let elsewhere = 0;
    let last = -1;
    await new Promise<void>((resolve, reject) => {
      const ticker = startTicker({
        first: 0,
        dueMs: (step) => step * 33,
        now: () => 10_000,
        step: (step) => {
          last = step;
          if (step === 0) setImmediate(() => (elsewhere = last));
          if (step < 50) return;
          void ticker.stop();
          resolve();
        },
        onFailure: reject,
      });
    });
    expect(last).toBe(50);
    expect(elsewhere).toBeLessThan(5);
  });
});
