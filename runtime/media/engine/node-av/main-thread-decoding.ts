/** Decoded on the main thread for one picture of the output at most: eight of 720p, which take 7 ms of the 33. */
const MOST_PIXELS = 8 * 1280 * 720;

/**
 * What all sources of an engine decode on the main thread. Handing a picture to another thread and hearing of its end
 * takes 0.2 ms, and that thread works with cold caches: together a quarter of what decoding and scaling 720p costs. Many
 * guests are decoded beside the main thread all the same, and all of them when it does not come to draw.
 */
export class MainThreadDecoding {
  #untilMs = -Infinity;
  #pixels = 0;

  /** Another picture of the output is drawn, up to that time. */
  renew(untilMs: number): void {
    if (untilMs === this.#untilMs) return;
    this.#untilMs = untilMs;
    this.#pixels = 0;
  }

  /** Whether a picture of so many pixels may be decoded on the main thread; it counts from then on. */
  takes(pixels: number): boolean {
    if (this.#pixels + pixels > MOST_PIXELS) return false;
    this.#pixels += pixels;
    return true;
  }
}
