/** As often as libwebrtc asks for one packet. */
const mostTimes = 10;
/** Numbers come round after 16 s at the earliest, with all that is kept of the stream. */
const forgottenMs = 10_000;

/**
 * When and how often packets were sent again, so that a repeated request within a round trip is not answered twice, nor
 * any request without end. Takes memory only once something is asked for. Pure: time is given.
 */
export class ResendTimes {
  readonly #size: number;
  #sequences: Int32Array | undefined;
  #timesMs: Float64Array | undefined;
  #counts: Uint8Array | undefined;

  /** @param size a power of two: how many packets may be on their way again at once. */
  constructor(size: number) {
    this.#size = size;
  }

  /**
   * @returns false when the packet was sent again less than `minAgeMs` ago, or ten times lately; otherwise it is noted
   *   as sent now.
   */
  note(sequence: number, minAgeMs: number, nowMs: number): boolean {
    const sequences = (this.#sequences ??= new Int32Array(this.#size).fill(-1));
    const timesMs = (this.#timesMs ??= new Float64Array(this.#size));
    const counts = (this.#counts ??= new Uint8Array(this.#size));
    const slot = sequence & (this.#size - 1);
    const ageMs = nowMs - (timesMs[slot] as number);
    const isKnown = sequences[slot] === sequence && ageMs < forgottenMs;
    const count = isKnown ? (counts[slot] as number) : 0;
    if ((isKnown && ageMs < minAgeMs) || count >= mostTimes) {
      return false;
    }
    sequences[slot] = sequence;
    timesMs[slot] = nowMs;
    counts[slot] = count + 1;
    return true;
  }
}
