/** Two seconds of 60 pictures a second, as long as packets are sent again. */
const remembered = 128;

/**
 * The pictures that were lately left out for one subscriber, by their RTP timestamps and the rank of their layer: the
 * layers of some publishers share their timestamps.
 */
export class LeftOutPictures {
  #pictures: Float64Array | undefined;
  #count = 0;

  add(timestamp: number, rank: number): void {
    this.#pictures ??= new Float64Array(remembered).fill(-1);
    this.#pictures[this.#count % remembered] = keyOf(timestamp, rank);
    this.#count++;
  }

  has(timestamp: number, rank: number): boolean {
    return this.#pictures?.includes(keyOf(timestamp, rank)) ?? false;
  }
}

const keyOf = (timestamp: number, rank: number): number => rank * 2 ** 32 + timestamp;
