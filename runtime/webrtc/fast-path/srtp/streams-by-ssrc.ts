const maxStreams = 256;
/** From here on it is kept in mind who came last; no client sends so many streams at a time. */
const crowdedStreams = 128;

/**
 * What is kept for each incoming SSRC. A peer that invents SSRCs for ever must not grow our memory: of too many one is
 * forgotten that was silent while all others came, and starts anew when it comes again.
 */
export class StreamsBySsrc<Stream> {
  readonly #streams = new Map<number, Stream>();

  get(ssrc: number): Stream | undefined {
    const stream = this.#streams.get(ssrc);
    if (stream !== undefined && this.#streams.size >= crowdedStreams) {
      // A map keeps the order in which it was filled: who comes now is the last to be forgotten.
      this.#streams.delete(ssrc);
      this.#streams.set(ssrc, stream);
    }
    return stream;
  }

  /** @returns the SSRC that was forgotten for it. */
  add(ssrc: number, stream: Stream): number | undefined {
    let forgotten: number | undefined;
    if (this.#streams.size >= maxStreams) {
      forgotten = this.#streams.keys().next().value;
      if (forgotten !== undefined) {
        this.#streams.delete(forgotten);
      }
    }
    this.#streams.set(ssrc, stream);
    return forgotten;
  }
}
