/** What one participant is to play, one after the other. Ids only; it starts nothing by itself. */
export class PlayQueue {
  #playing: string | null = null;
  #waiting: string[] = [];

  get playing(): string | null {
    return this.#playing;
  }

  get waiting(): readonly string[] {
    return this.#waiting;
  }

  get isEmpty(): boolean {
    return this.#playing === null && this.#waiting.length === 0;
  }

  add(playId: string): void {
    this.#waiting.push(playId);
  }

  /** The play whose turn it is, now playing; null while another one plays, or when none waits. */
  next(): string | null {
    if (this.#playing !== null) {
      return null;
    }
    this.#playing = this.#waiting.shift() ?? null;
    return this.#playing;
  }

  /** A play is over, or no longer wanted. */
  remove(playId: string): void {
    if (this.#playing === playId) {
      this.#playing = null;
    }
    this.#waiting = this.#waiting.filter((waiting) => waiting !== playId);
  }

  /** Takes all out that wait, and returns them. */
  clear(): string[] {
    const dropped = this.#waiting;
    this.#waiting = [];
    return dropped;
  }
}
