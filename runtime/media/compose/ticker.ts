import { setImmediate as nextTurn } from 'node:timers/promises';

export type TickerOptions = {
  /** Number of the first step. */
  first: number;
  /** When a step is due, on the clock of `now`, in milliseconds; grows with the number. */
  dueMs: (step: number) => number;
  now: () => number;
  /**
   * Does one step. Steps are done one after the other and none is left out: one that is late is done at once.
   *
   * @param lateMs - How long after its time the step begins.
   */
  step: (step: number, lateMs: number) => Promise<void> | void;
  /** A step failed; there are no more. */
  onFailure: (error: unknown) => void;
};

export type Ticker = {
  /** No further step begins; resolves when the one that runs has ended. */
  stop(): Promise<void>;
};

/** Does numbered steps at their times. */
export const startTicker = (options: TickerOptions): Ticker => new TimedTicker(options);

class TimedTicker implements Ticker {
  readonly #options: TickerOptions;
  readonly #running: Promise<void>;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #wake: (() => void) | undefined;

  constructor(options: TickerOptions) {
    this.#options = options;
    this.#running = this.#run().catch(options.onFailure);
  }

  stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#wake?.();
    return this.#running;
  }

  async #run(): Promise<void> {
    const { first, dueMs, now, step } = this.#options;
    for (let next = first; ; next++) {
      const due = dueMs(next);
      while (!this.#stopped && now() < due) await this.#sleep(due - now());
      if (this.#stopped) return;
      await step(next, now() - due);
      // Who is behind would else hold up everything in this process, what is to be decoded and sent too. And the time
      // from which timers count is read once a turn: one that is set after 10 ms of work would come 10 ms early.
      await nextTurn();
    }
  }

  #sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#timer = setTimeout(resolve, Math.max(1, Math.ceil(durationMs)));
    });
  }
}
