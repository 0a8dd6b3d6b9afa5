/**
 * Waits for the last frames of streams that end at a time. Kinds come at different delays (sound 30 to 55 ms behind
 * pictures), so each is waited for by itself.
 */
export class Tail<S> {
  readonly #missing: Set<S>;
  readonly #arrived = Promise.withResolvers<undefined>();

  /** @param streams - Whatever stands for one, compared by identity. */
  constructor(streams: Iterable<S>) {
    this.#missing = new Set(streams);
  }

  /** A stream has come to its end; the same one more than once is nothing new. */
  passed(stream: S): void {
    this.#missing.delete(stream);
    if (this.#missing.size === 0) {
      this.giveUp();
    }
  }

  /** Nothing more comes. */
  giveUp(): void {
    this.#arrived.resolve(undefined);
  }

  /** Resolves when all have come to their end, or after `timeoutMs`. */
  async arrived(timeoutMs: number): Promise<void> {
    const timeout = setTimeout(() => {
      this.giveUp();
    }, timeoutMs);
    await this.#arrived.promise;
    clearTimeout(timeout);
  }
}
