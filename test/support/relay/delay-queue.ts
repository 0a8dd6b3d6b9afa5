/**
 * Hands entries over when they are due, in the order of their times, and in order of entry when times are
 * equal. One timer serves all: Node's timers, each rounded by itself to whole milliseconds, would mix entries
 * that are due close together.
 */
export class DelayQueue<Entry> {
  readonly #waiting: { dueMs: number; entry: Entry }[] = [];
  readonly #deliver: (entry: Entry) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(deliver: (entry: Entry) => void) {
    this.#deliver = deliver;
  }

  /** @param dueMs on the clock of `performance.now()` */
  add(dueMs: number, entry: Entry): void {
    let index = this.#waiting.length;
    while (index > 0 && (this.#waiting[index - 1]?.dueMs ?? 0) > dueMs) {
      index -= 1;
    }
    this.#waiting.splice(index, 0, { dueMs, entry });
    if (index === 0) {
      this.#arm();
    }
  }

  /** Forgets everything that waits. */
  clear(): void {
    this.#waiting.length = 0;
    clearTimeout(this.#timer);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const first = this.#waiting[0];
    if (first !== undefined) {
      this.#timer = setTimeout(() => this.#flush(), Math.max(0, Math.ceil(first.dueMs - performance.now())));
    }
  }

  #flush(): void {
    const nowMs = performance.now();
    while (this.#waiting[0] !== undefined && this.#waiting[0].dueMs <= nowMs) {
      const due = this.#waiting.shift();
      if (due !== undefined) {
        this.#deliver(due.entry);
      }
    }
    this.#arm();
  }
}
