const bucketMs = 100;
const buckets = 8;

/** How much was sent lately: an average over 800 ms in steps of 100 ms. */
export class SentRate {
  readonly #bytes = new Float64Array(buckets);
  #bucket = -1;
  #sum = 0;

  add(bytes: number, nowMs: number): void {
    this.#advance(nowMs);
    const slot = this.#bucket % buckets;
    this.#bytes[slot] = (this.#bytes[slot] as number) + bytes;
    this.#sum += bytes;
  }

  bitsPerSecond(nowMs: number): number {
    this.#advance(nowMs);
    const inBucketMs = nowMs - this.#bucket * bucketMs;
    return (this.#sum * 8000) / ((buckets - 1) * bucketMs + Math.min(bucketMs, Math.max(1, inBucketMs)));
  }

  #advance(nowMs: number): void {
    const bucket = Math.floor(nowMs / bucketMs);
    if (bucket === this.#bucket) {
      return;
    }
    if (this.#bucket < 0 || bucket - this.#bucket >= buckets || bucket < this.#bucket) {
      this.#bytes.fill(0);
      this.#sum = 0;
    } else {
      for (let passed = this.#bucket + 1; passed <= bucket; passed++) {
        this.#sum -= this.#bytes[passed % buckets] as number;
        this.#bytes[passed % buckets] = 0;
      }
    }
    this.#bucket = bucket;
  }
}
