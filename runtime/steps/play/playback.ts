import { OPUS_PACKET_MS, type MediaReader } from '../../media/index.ts';
import type { Camera, Microphone } from '../step.ts';
import { dueAt, type Pace } from './pace.ts';

/** A quarter of a packet: none is later than that by the timer. */
const TICK_MS = 5;
/** Browsers need a moment from the offer of a track to its first sound; what is played before is lost to them. */
const LISTENERS_NEED_MS = 600;
/** Begun with so much in hand, so that a slow source does not stutter at once. */
const LEAST_AHEAD_MS = 100;

export type PlaybackOptions = {
  reader: MediaReader;
  microphone: Microphone;
  camera: Camera | null;
  /** What had been heard before another worker died. */
  fromMs: number;
  /** Session clock. */
  nowMs(): number;
  onBegin(): void;
  /** All was played, or the source broke off. */
  onEnd(failure: Error | null): void;
};

/** Hands on what a reader has at the pace of the session clock. */
export class Playback {
  readonly #options: PlaybackOptions;
  readonly #pace: Pace = { startMs: 0, sentMs: 0 };
  /** Sound and pictures of before, which are read and dropped. */
  #skippedMs = 0;
  #begun = false;
  /** The source has nothing yet, or has been slower than it sounds. */
  #waiting = true;
  readonly #timer: NodeJS.Timeout;

  constructor(options: PlaybackOptions) {
    this.#options = options;
    this.#pace.sentMs = options.fromMs;
    this.#timer = setInterval(() => {
      this.#tick();
    }, TICK_MS);
  }

  /** What has been heard, counted from the beginning of the source. */
  get playedMs(): number {
    if (this.#waiting) {
      return this.#pace.sentMs;
    }
    return Math.max(0, Math.min(this.#pace.sentMs, this.#options.nowMs() - this.#pace.startMs));
  }

  /** Stops at once. Idempotent. */
  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    this.#skip();
    const nowMs = this.#options.nowMs();
    if (this.#waiting && !this.#mayGoOn(nowMs)) {
      return;
    }
    this.#sendDue(nowMs);
    const { reader } = this.#options;
    if (reader.ended && reader.soundAheadMs === 0 && reader.nextPictureMs === null) {
      // The last packet sounds for a moment after it was sent.
      if (reader.failure !== null || nowMs >= this.#pace.startMs + this.#pace.sentMs) {
        this.stop();
        this.#options.onEnd(reader.failure);
      }
    }
  }

  #skip(): void {
    const { reader, fromMs } = this.#options;
    while (this.#skippedMs < fromMs && reader.takeSound()) {
      this.#skippedMs += OPUS_PACKET_MS;
    }
    while (reader.nextPictureMs !== null && reader.nextPictureMs < this.#skippedMs && this.#waiting) {
      reader.takePicture();
    }
  }

  /** Begins, or begins anew behind a hole, once there is something to be heard and somebody can hear it. */
  #mayGoOn(nowMs: number): boolean {
    const { reader, microphone, camera } = this.#options;
    const openedAtMs = Math.max(microphone.openedAtMs, camera?.openedAtMs ?? microphone.openedAtMs);
    const hasSound = reader.soundAheadMs >= LEAST_AHEAD_MS || reader.ended;
    if (!hasSound || nowMs < openedAtMs + LISTENERS_NEED_MS) {
      return false;
    }
    this.#waiting = false;
    this.#pace.startMs = nowMs - this.#pace.sentMs;
    microphone.pause();
    if (!this.#begun && (reader.soundAheadMs > 0 || reader.nextPictureMs !== null)) {
      this.#begun = true;
      this.#options.onBegin();
    }
    return true;
  }

  #sendDue(nowMs: number): void {
    const { reader, microphone } = this.#options;
    const due = dueAt(this.#pace, OPUS_PACKET_MS, nowMs);
    if (due.startMs !== this.#pace.startMs) {
      this.#pace.startMs = due.startMs;
      microphone.pause();
    }
    for (let count = 0; count < due.packets; count += 1) {
      const packet = reader.takeSound();
      if (packet) {
        microphone.write(packet, OPUS_PACKET_MS);
      } else if (!reader.ended) {
        this.#waiting = true;
        microphone.pause();
        return;
      } else if (reader.nextPictureMs === null) {
        return;
      }
      this.#pace.sentMs += OPUS_PACKET_MS;
      this.#showDue();
    }
  }

  #showDue(): void {
    const { reader, camera } = this.#options;
    while (camera && reader.nextPictureMs !== null && reader.nextPictureMs <= this.#pace.sentMs) {
      const picture = reader.takePicture();
      if (picture) {
        camera.write(picture);
      }
    }
  }
}
