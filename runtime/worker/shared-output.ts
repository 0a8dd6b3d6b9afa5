import type { EncodedFrame, OutputProfile } from '../media/index.ts';
import { FrameFanOut } from './frame-fan-out.ts';

/** Sound of a run that has not taken over yet; 8 frames of AAC are 170 ms, more than two runs ever lie apart. */
const MOST_HELD = 8;

/**
 * One encoded output of a composition and its sinks. Its frames may come from one compositor and then from another,
 * or from a camera: what a new origin has of the time before the last frame is left out, so that time only goes on.
 */
export class SharedOutput {
  readonly profile: OutputProfile;
  readonly fanOut = new FrameFanOut();
  #lastAudioMs = -Infinity;
  #lastVideoMs = -Infinity;
  #audioFromMs = -Infinity;
  #videoFromMs = -Infinity;
  #held: EncodedFrame[] = [];

  constructor(profile: OutputProfile) {
    this.profile = profile;
  }

  /** Whether a picture of another origin would continue what went out. */
  continuesWith(frame: EncodedFrame): boolean {
    return frame.timestampMs > (frame.kind === 'audio' ? this.#lastAudioMs : this.#lastVideoMs);
  }

  /** Called per frame. */
  accept(frame: EncodedFrame): void {
    if (frame.kind === 'audio') {
      if (frame.timestampMs <= this.#audioFromMs) {
        return;
      }
      this.#lastAudioMs = frame.timestampMs;
    } else {
      if (frame.timestampMs <= this.#videoFromMs) {
        return;
      }
      this.#lastVideoMs = frame.timestampMs;
    }
    this.fanOut.push(frame);
  }

  /** Keeps sound of the run that will take over, so that none is missing when it does. */
  hold(frame: EncodedFrame): void {
    this.#held.push(frame);
    if (this.#held.length > MOST_HELD) {
      this.#held.shift();
    }
  }

  /** Another origin goes on from here. */
  takeOver(reason: string): void {
    this.#audioFromMs = this.#lastAudioMs;
    this.#videoFromMs = this.#lastVideoMs;
    this.fanOut.interrupt(reason);
    const held = this.#held;
    this.#held = [];
    for (const frame of held) {
      this.accept(frame);
    }
  }

  /** The run that was to take over does not. */
  forget(): void {
    this.#held = [];
  }
}
