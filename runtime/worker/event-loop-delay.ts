import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Fifty wakes a second, which cost less than can be measured. */
const RESOLUTION_MS = 20;
const SHORTEST_WINDOW_MS = 1000;

/** How long this process is late for what is due, from when it is made on. */
export class EventLoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #sinceMs = performance.now();
  #p99Ms: number | null = null;

  constructor() {
    this.#histogram.enable();
  }

  /** The 99th percentile of the last second or longer, milliseconds; null before the first second is over. */
  read(): number | null {
    const now = performance.now();
    if (now - this.#sinceMs >= SHORTEST_WINDOW_MS) {
      // It measures from one wake to the next: the time between wakes is in it.
      this.#p99Ms = Math.max(0, Math.round(this.#histogram.percentile(99) / 1e5) / 10 - RESOLUTION_MS);
      this.#histogram.reset();
      this.#sinceMs = now;
    }
    return this.#p99Ms;
  }

  close(): void {
    this.#histogram.disable();
  }
}
