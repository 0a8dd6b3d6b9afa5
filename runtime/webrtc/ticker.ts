import { nowMs } from './clock.ts';

const tickIntervalMs = 20;
const paceIntervalMs = 5;

/** Called on each tick with the time in milliseconds of {@link nowMs}. */
export type TickListener = (nowMs: number) => void;

/**
 * One timer for all who listen, which exists only while somebody does: a timer per peer would wake the process
 * up once per peer and tick.
 */
class Ticker {
  readonly #intervalMs: number;
  readonly #listeners = new Set<TickListener>();
  #timer: NodeJS.Timeout | undefined;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  add(listener: TickListener): () => void {
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => {
      const now = nowMs();
      for (const tick of this.#listeners) {
        tick(now);
      }
    }, this.#intervalMs);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0 && this.#timer !== undefined) {
        clearInterval(this.#timer);
        this.#timer = undefined;
      }
    };
  }
}

const ticker = new Ticker(tickIntervalMs);
const paceTicker = new Ticker(paceIntervalMs);

/** Calls `listener` about every 20 ms until the returned function is called. All peers share one timer. */
export function onTick(listener: TickListener): () => void {
  return ticker.add(listener);
}

/**
 * Calls `listener` about every 5 ms until the returned function is called: for packets that wait to be sent.
 * All peers share one timer.
 */
export function onPaceTick(listener: TickListener): () => void {
  return paceTicker.add(listener);
}
