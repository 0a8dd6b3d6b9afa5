import type { EncodedFrame } from '../frame.ts';

/** A sender that is asked answers within some tens of milliseconds, or the request was lost. */
const KEY_FRAME_REQUEST_INTERVAL_MS = 500;

/** Lets one source's frames through to a child that decodes them, or not when it would decode nonsense. */
export class SourceGate {
  readonly number: number;
  readonly #requestKeyFrame: () => void;
  #keyFrameMissing = true;
  #askedAtMs = -Infinity;

  constructor(number: number, requestKeyFrame: () => void) {
    this.number = number;
    this.#requestKeyFrame = requestKeyFrame;
  }

  /**
   * Whether a frame goes through. A picture that is dropped takes with it all up to the next key frame, which is asked
   * for.
   */
  admits(frame: EncodedFrame, congested: boolean, nowMs: number): boolean {
    if (frame.kind === 'audio') return !congested;
    if (congested) this.#keyFrameMissing = true;
    else if (frame.key) this.#keyFrameMissing = false;
    else if (this.#keyFrameMissing) this.#askForKeyFrame(nowMs);
    return !this.#keyFrameMissing;
  }

  /** Another child decodes from here on: it knows nothing of the pictures before. */
  reset(): void {
    this.#keyFrameMissing = true;
    this.#askedAtMs = -Infinity;
  }

  /**
   * The child asks for a key frame, not too often by itself. It is never held back: a decoder that breaks at the very
   * key frame that was asked for would else stand still for half a second longer.
   */
  passRequestOn(nowMs: number): void {
    this.#askedAtMs = nowMs;
    this.#requestKeyFrame();
  }

  #askForKeyFrame(nowMs: number): void {
    if (nowMs - this.#askedAtMs >= KEY_FRAME_REQUEST_INTERVAL_MS) this.passRequestOn(nowMs);
  }
}
