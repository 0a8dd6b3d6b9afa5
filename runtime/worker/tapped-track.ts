import type { TrackKind } from '../contract/index.ts';
import { createTrackIngest, type SenderClock, type TrackIngest } from '../media/index.ts';
import { mediaKindOf } from '../contract/index.ts';
import type { FrameSink } from '../steps/index.ts';
import type { IncomingTrack, TrackLayer } from '../webrtc/index.ts';

/**
 * One published track turned into frames, once, for however many steps take them. Of a simulcast track the
 * best layer that is coming is taken; a change of layer begins with a key frame.
 */
export class TappedTrack {
  readonly kind: TrackKind;
  readonly track: IncomingTrack;
  readonly #ingest: TrackIngest;
  readonly #sinks: ReadonlySet<FrameSink>;
  readonly #disposers: (() => void)[] = [];
  readonly #sessionOffsetMs: number;
  #layer: TrackLayer | null = null;
  #muted: boolean;

  /**
   * @param sessionOffsetMs what turns the time of packet arrival into session time.
   * @param sinks read anew for each frame, so that steps may come and go.
   * @param muted see {@link setMuted}.
   */
  constructor(
    kind: TrackKind,
    track: IncomingTrack,
    clock: SenderClock,
    sessionOffsetMs: number,
    sinks: ReadonlySet<FrameSink>,
    muted: boolean,
  ) {
    this.kind = kind;
    this.track = track;
    this.#sessionOffsetMs = sessionOffsetMs;
    this.#sinks = sinks;
    this.#muted = muted;
    this.#ingest = createTrackIngest({
      kind: mediaKindOf(kind),
      codec: track.codec.name,
      clockRate: track.codec.clockRate,
      clock,
      onFrame: (frame) => {
        for (const sink of this.#sinks) {
          sink.frame(kind, frame);
        }
      },
      requestKeyFrame: () => {
        this.requestKeyFrame();
      },
    });
    this.#disposers.push(
      track.onRtp((packet, arrivalMs, layer) => {
        if (!this.#muted && (layer === this.#layer || this.#changeTo(layer))) {
          this.#ingest.push(packet, arrivalMs + this.#sessionOffsetMs);
        }
      }),
      track.onSenderReport((report, arrivalMs) => {
        if (report.layer === this.#layer) {
          this.#ingest.senderReport(report, arrivalMs + this.#sessionOffsetMs);
        }
      }),
    );
    this.requestKeyFrame();
  }

  /** What a client sends while it is muted reaches no step, whether it means to or not. */
  setMuted(muted: boolean): void {
    this.#muted = muted;
  }

  requestKeyFrame(): void {
    if (this.#layer) {
      this.track.requestKeyFrame(this.#layer);
    } else {
      this.track.requestKeyFrame();
    }
  }

  tick(sessionMs: number): void {
    // A layer that the sender has switched off (its estimate fell) must not end the recording.
    const current = this.#layer;
    if (current?.bitrate === 0 && this.track.layers.some((layer) => layer.bitrate > 0)) {
      this.#layer = null;
    }
    this.#ingest.tick(sessionMs);
  }

  close(): void {
    for (const dispose of this.#disposers.splice(0)) {
      dispose();
    }
    this.#ingest.close();
  }

  /** A better layer came, or the present one is gone. */
  #changeTo(layer: TrackLayer): boolean {
    if (this.#layer !== null && layer.rank <= this.#layer.rank) {
      return false;
    }
    this.#layer = layer;
    this.track.requestKeyFrame(layer);
    return true;
  }
}
