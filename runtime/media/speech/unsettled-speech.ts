import { opusPacketDurationMs } from '../bitstream/index.ts';
import type { EncodedFrame } from '../frame.ts';

/** As much of one speaker is kept as an engine may be behind with. */
const MOST_KEPT_MS = 30_000;
/** 30 s of 140 kbps; speech is 20 to 40. */
const MOST_KEPT_BYTES = 512 * 1024;

type KeptFrame = { frame: EncodedFrame; arrivalMs: number };

/** The newest sound of one speaker that is not settled yet: another child would have to hear it again. */
export class UnsettledSpeech {
  readonly #frames: KeptFrame[] = [];
  #first = 0;
  #bytes = 0;
  #settledMs: number;
  /** Until when sound was let go of before it was settled. */
  #lostUntilMs = 0;

  constructor(settledMs: number) {
    this.#settledMs = settledMs;
  }

  /** Up to when nothing needs to be heard again. */
  get settledMs(): number {
    return this.#settledMs;
  }

  push(frame: EncodedFrame, arrivalMs: number): void {
    this.#frames.push({ frame, arrivalMs });
    this.#bytes += frame.data.byteLength;
    while (this.#bytes > MOST_KEPT_BYTES || frame.timestampMs - this.#oldestMs(frame) > MOST_KEPT_MS) {
      this.#drop();
    }
  }

  settle(settledMs: number): void {
    this.#settledMs = Math.max(this.#settledMs, settledMs);
    for (let kept = this.#frames[this.#first]; kept; kept = this.#frames[this.#first]) {
      const { timestampMs, data } = kept.frame;
      if (timestampMs + opusPacketDurationMs(data) > this.#settledMs) break;
      this.#drop();
    }
  }

  /** All that is kept, oldest first. */
  *[Symbol.iterator](): Generator<KeptFrame> {
    for (let index = this.#first; index < this.#frames.length; index++) {
      const kept = this.#frames[index];
      if (kept) yield kept;
    }
  }

  /** What was not settled and is not kept any more, or all of it when `abandoned`; it counts as settled from now on. */
  takeLost(abandoned: boolean): { startMs: number; endMs: number } | null {
    const newest = this.#frames.at(-1)?.frame;
    const oldest = this.#frames[this.#first]?.frame;
    if (newest === undefined || oldest === undefined) return null;
    const startMs = this.#settledMs;
    const endMs = abandoned
      ? newest.timestampMs + opusPacketDurationMs(newest.data)
      : Math.min(oldest.timestampMs, this.#lostUntilMs);
    if (endMs <= startMs) return null;
    this.settle(endMs);
    return { startMs, endMs };
  }

  #oldestMs(otherwise: EncodedFrame): number {
    return (this.#frames[this.#first]?.frame ?? otherwise).timestampMs;
  }

  #drop(): void {
    const kept = this.#frames[this.#first];
    if (kept === undefined) return;
    const { timestampMs, data } = kept.frame;
    const endMs = timestampMs + opusPacketDurationMs(data);
    if (endMs > this.#settledMs) this.#lostUntilMs = endMs;
    this.#bytes -= data.byteLength;
    this.#first += 1;
    // Moves what is kept to the front now and then: shifting each frame would touch all of them each time.
    if (this.#first > 512) {
      this.#frames.splice(0, this.#first);
      this.#first = 0;
    }
  }
}
