/**
 * When packets were last sent again, so that a repeated request within a round trip is not answered twice. Takes
 * memory only once something is asked for. Pure: time is given.
 */
export class ResendTimes {
  readonly #size: number;
  #sequences: Int32Array | undefined;
  #timesMs: Float64Array | undefined;

  /** @param size a power of two: how many packets may be on their way again at once. */
  constructor(size: number) {
    this.#size = size;
  }

  /** @returns false when the packet was sent again less than `minAgeMs` ago; otherwise it is noted as sent now. */
  note(sequence: number, minAgeMs: number, nowMs: number): boolean {
    const sequences = (this.#sequences ??= new Int32Array(this.#size).fill(-1));
    const timesMs = (this.#timesMs ??= new Float64Array(this.#size));
    const slot = sequence & (this.#size - 1);
    if (sequences[slot] === sequence && nowMs - (timesMs[slot] as number) < minAgeMs) {
      return false;
    }
    sequences[slot] = sequence;
    timesMs[slot] = nowMs;
    return true;
  }
}
