import { nowMs } from './clock.ts';

const tickIntervalMs = 20;

/** Called on each tick with the time in milliseconds of {@link nowMs}. */
export type TickListener = (nowMs: number) => void;

const listeners = new Set<TickListener>();
let timer: NodeJS.Timeout | undefined;

/**
 * Calls `listener` about every 20 ms until the returned function is called. All peers of the process share
 * one timer, which exists only while somebody listens: a timer per peer would wake the process up once per
 * peer and tick.
 */
export function onTick(listener: TickListener): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    const now = nowMs();
    for (const tick of listeners) {
      tick(now);
    }
  }, tickIntervalMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== undefined) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}
