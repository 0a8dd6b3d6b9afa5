import type { VideoCodec } from '../frame.ts';
import { createPictureRepeater } from './picture-repeater.ts';
import type { PictureRepeater } from './picture-repeater.ts';

/** Receives one frame and its place in the file, in whole milliseconds. */
export type VideoSink = (data: Uint8Array, timestampMs: number, key: boolean) => void;

/**
 * Pictures a second that a file has places for. Cameras deliver unevenly, and tools that are told no rate guess one
 * from the average and then find two pictures in one place (ffmpeg: "non monotonically increasing dts"). A picture
 * moves by at most half a place, 8 ms.
 */
export const PICTURE_PLACES_PER_SECOND = 60;

/** Time between repeated pictures. The muxer holds sound back until the next picture, so it bounds what a kill costs. */
const REPEAT_INTERVAL_MS = 300;
/** Time between a composition's pictures, also the repeated ones. */
export const COMPOSED_PICTURE_MS = 1000 / 30;
/** Streams whose last picture cannot be repeated wait longer, for their key frame is shown instead. */
const KEY_REPEAT_AFTER_MS = 1500;

/** Lays video frames on the file's timeline and repeats the last picture where there are none. */
export class VideoTimeline {
  readonly codec: VideoCodec;
  readonly #sink: VideoSink;
  readonly #requestKeyFrame: () => void;
  readonly #repeater: PictureRepeater;
  readonly #repeatIntervalMs: number;
  #lastPlace = -1;
  #lastMs = -1;
  #lastKey: Uint8Array | undefined;
  #awaitsKey = true;
  #droppedFrames = 0;
  #repeatedFrames = 0;

  /** @param repeatIntervalMs - Time between repeated pictures. */
  constructor(
    codec: VideoCodec,
    sink: VideoSink,
    requestKeyFrame: () => void,
    repeatIntervalMs = REPEAT_INTERVAL_MS,
  ) {
    this.codec = codec;
    this.#sink = sink;
    this.#requestKeyFrame = requestKeyFrame;
    this.#repeater = createPictureRepeater(codec);
    this.#repeatIntervalMs = repeatIntervalMs;
  }

  /** Time of the last frame written, in file milliseconds; -1 before the first. */
  get lastMs(): number {
    return this.#lastMs;
  }

  get droppedFrames(): number {
    return this.#droppedFrames;
  }

  get repeatedFrames(): number {
    return this.#repeatedFrames;
  }

  write(data: Uint8Array, timestampMs: number, key: boolean): void {
    if (this.#awaitsKey && !key) {
      this.#droppedFrames++;
      return;
    }
    this.#awaitsKey = false;
    if (key) this.#lastKey = data;
    this.#repeater.observe(data, key);
    this.#emit(data, timestampMs, key);
  }

  /** Frames were left out: nothing but a key frame may follow. Asks for one. */
  expectKeyFrame(): void {
    if (!this.#awaitsKey) {
      this.#awaitsKey = true;
      this.#requestKeyFrame();
    }
  }

  /** Repeats the last picture up to `untilMs`. */
  fillTo(untilMs: number): void {
    if (this.#lastMs < 0) return;
    while (untilMs - this.#lastMs >= this.#repeatIntervalMs) {
      const copy = this.#repeater.copy();
      if (copy) {
        this.#emit(copy, this.#lastMs + this.#repeatIntervalMs, false);
      } else if (this.#lastKey && (this.#awaitsKey || untilMs - this.#lastMs >= KEY_REPEAT_AFTER_MS)) {
        this.#emit(this.#lastKey, this.#lastMs + this.#repeatIntervalMs, true);
        this.expectKeyFrame();
      } else {
        return;
      }
      this.#repeatedFrames++;
    }
  }

  #emit(data: Uint8Array, timestampMs: number, key: boolean): void {
    const place = Math.round((timestampMs * PICTURE_PLACES_PER_SECOND) / 1000);
    this.#lastPlace = Math.max(this.#lastPlace + 1, place);
    this.#lastMs = Math.round((this.#lastPlace * 1000) / PICTURE_PLACES_PER_SECOND);
    this.#sink(data, this.#lastMs, key);
  }
}
