/** Two seconds of 60 pictures a second, as long as packets are sent again. */
const remembered = 128;

/** The pictures that were lately left out for one subscriber, by their RTP timestamps. */
export class LeftOutPictures {
  #timestamps: Uint32Array | undefined;
  #count = 0;

  add(timestamp: number): void {
    this.#timestamps ??= new Uint32Array(remembered);
    this.#timestamps[this.#count % remembered] = timestamp;
    this.#count++;
  }

  has(timestamp: number): boolean {
    const slot = this.#timestamps?.indexOf(timestamp) ?? -1;
    return slot >= 0 && slot < this.#count;
  }
}
