/**
 * Announcements that may wait a little: of one thing only the latest is told, so that a thousand votes in a
 * second are a handful of messages to each viewer and not a thousand.
 */
export class Gathered {
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  #disposed = false;

  /** Calls `announce` after `delayMs`, unless one about the same `subject` waits already, which then does. */
  soon(subject: string, delayMs: number, announce: () => void): void {
    if (this.#disposed || this.#waiting.has(subject)) {
      return;
    }
    const timer = setTimeout(() => {
      this.#waiting.delete(subject);
      announce();
    }, delayMs).unref();
    this.#waiting.set(subject, timer);
  }

  /** What waits about `subject` has been told meanwhile, or is not to be told any more. */
  drop(subject: string): void {
    clearTimeout(this.#waiting.get(subject));
    this.#waiting.delete(subject);
  }

  /** Nothing that waits is told, nor anything that comes later. */
  dispose(): void {
    this.#disposed = true;
    for (const timer of this.#waiting.values()) {
      clearTimeout(timer);
    }
    this.#waiting.clear();
  }
}
