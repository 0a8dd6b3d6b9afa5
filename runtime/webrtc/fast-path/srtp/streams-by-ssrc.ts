const maxStreams = 256;

/**
 * What is kept for each incoming SSRC. A peer that invents SSRCs for ever must not grow our memory: of too many the
 * oldest is forgotten, and starts anew when it comes again.
 */
export class StreamsBySsrc<Stream> {
  readonly #streams = new Map<number, Stream>();

  get(ssrc: number): Stream | undefined {
    return this.#streams.get(ssrc);
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
