import { EventEmitter, once } from 'node:events';

/** Things that come one by one, kept, so that a test may ask for one before or after it came. */
export class Observed<T> {
  readonly all: T[] = [];
  readonly #arrivals = new EventEmitter().setMaxListeners(0);

  add(item: T): void {
    this.all.push(item);
    this.#arrivals.emit('item');
  }

  /**
   * The first that fits, among those that have come and those to come.
   *
   * @param what for the message when none comes in time
   * @throws with everything that came when `timeoutMs` passes
   */
  async first<S extends T>(
    fits: ((item: T) => item is S) | ((item: T) => boolean),
    what: string,
    { timeoutMs = 20_000, from = 0 }: { timeoutMs?: number; from?: number } = {},
  ): Promise<S> {
    const deadline = AbortSignal.timeout(timeoutMs);
    for (let next = from; ; next++) {
      while (next >= this.all.length) {
        try {
          await once(this.#arrivals, 'item', { signal: deadline });
        } catch (cause) {
          const came = this.all.map((item) => JSON.stringify(item).slice(0, 300)).join('\n');
          throw new Error(`${what} did not come within ${timeoutMs} ms. Came:\n${came}`, { cause });
        }
      }
      const item = this.all[next];
      if (item !== undefined && fits(item)) {
        return item as S;
      }
    }
  }
}
