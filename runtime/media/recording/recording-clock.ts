/** Maps session time to a recording's own time: counted from its start, without its pauses. */
export class RecordingClock {
  #originMs: number;
  #pauseFromMs: number | undefined;
  #pauseToMs: number | undefined;

  constructor(startMs: number) {
    this.#originMs = startMs;
  }

  get paused(): boolean {
    return this.#pauseFromMs !== undefined && this.#pauseToMs === undefined;
  }

  /** Begins a pause; nothing happens in one. */
  pause(atMs: number): void {
    if (this.paused) return;
    this.#settle();
    this.#pauseFromMs = atMs;
  }

  resume(atMs: number): void {
    const from = this.#pauseFromMs;
    if (from !== undefined && this.#pauseToMs === undefined) this.#pauseToMs = Math.max(atMs, from);
  }

  /** Recording time of a moment, or undefined when it lies in a pause. Moments of a pause before the last are lost. */
  toRecordingMs(sessionMs: number): number | undefined {
    const from = this.#pauseFromMs;
    if (from === undefined || sessionMs < from) return sessionMs - this.#originMs;
    const to = this.#pauseToMs;
    if (to === undefined || sessionMs < to) return undefined;
    return sessionMs - this.#originMs - (to - from);
  }

  /** Recording time of the latest recorded moment up to `sessionMs`. */
  elapsedMs(sessionMs: number): number {
    return this.toRecordingMs(sessionMs) ?? (this.#pauseFromMs ?? sessionMs) - this.#originMs;
  }

  #settle(): void {
    if (this.#pauseFromMs !== undefined && this.#pauseToMs !== undefined) {
      this.#originMs += this.#pauseToMs - this.#pauseFromMs;
    }
    this.#pauseFromMs = undefined;
    this.#pauseToMs = undefined;
  }
}
