import { createOpusLevelMeter, type OpusLevelMeter } from '../media/index.ts';
import type { ServerSideTracks } from '../rooms/index.ts';
import type { Camera, Microphone } from '../steps/index.ts';
import {
  createLocalAudioTrack,
  createLocalVideoTrack,
  nowMs,
  type IncomingTrack,
  type LocalAudioTrack,
  type LocalVideoTrack,
} from '../webrtc/index.ts';

const OPUS_PACKET_MS = 20;

export type OwnMediaOptions = {
  participantId: string;
  tracks: ServerSideTracks;
  /** Turns the process's time into session time. */
  sessionOffsetMs: number;
  trackAdded(track: IncomingTrack): void;
  trackRemoved(track: IncomingTrack): void;
};

/**
 * Microphone and camera of a server-side participant. The microphone is published from the beginning to the end, so
 * that listeners have its track before the first word; the camera while somebody shows something on it.
 */
export class OwnMedia {
  readonly #options: OwnMediaOptions;
  #audio: { track: LocalAudioTrack; meter: OpusLevelMeter; openedAtMs: number } | null = null;
  #video: { track: LocalVideoTrack; openedAtMs: number; holders: number } | null = null;
  readonly #keyFrameListeners = new Set<() => void>();

  constructor(options: OwnMediaOptions) {
    this.#options = options;
  }

  /** Publishes the microphone. Idempotent. */
  open(): void {
    this.#openedAudio();
  }

  openMicrophone(): Microphone {
    const { track, meter, openedAtMs } = this.#openedAudio();
    track.pause();
    let open = true;
    return {
      openedAtMs,
      write(packet, durationMs = OPUS_PACKET_MS) {
        if (open) {
          track.write(packet, durationMs, meter.level(packet));
        }
      },
      pause() {
        if (open) {
          track.pause();
        }
      },
      close() {
        if (open) {
          open = false;
          track.pause();
        }
      },
    };
  }

  openCamera(): Camera {
    const video = this.#openedVideo();
    video.holders += 1;
    const listeners = new Set<() => void>();
    let open = true;
    return {
      openedAtMs: video.openedAtMs,
      write(frame) {
        if (open) {
          video.track.write(frame.data);
        }
      },
      close: () => {
        if (!open) {
          return;
        }
        open = false;
        for (const listener of listeners) {
          this.#keyFrameListeners.delete(listener);
        }
        video.holders -= 1;
        if (video.holders === 0) {
          this.#closeVideo();
        }
      },
      onKeyFrameRequest: (listener) => {
        listeners.add(listener);
        this.#keyFrameListeners.add(listener);
      },
    };
  }

  /** Ends all tracks. Idempotent. */
  close(): void {
    this.#closeVideo();
    const audio = this.#audio;
    this.#audio = null;
    if (audio) {
      audio.meter.close();
      audio.track.close();
      this.#options.trackRemoved(audio.track.track);
    }
    this.#keyFrameListeners.clear();
  }

  #openedAudio(): { track: LocalAudioTrack; meter: OpusLevelMeter; openedAtMs: number } {
    const { participantId, tracks } = this.#options;
    if (this.#audio) {
      return this.#audio;
    }
    this.#audio = {
      track: createLocalAudioTrack({
        trackId: tracks.audio.trackId,
        streamId: participantId,
        kind: 'audio',
      }),
      meter: createOpusLevelMeter(),
      openedAtMs: this.#sessionMs(),
    };
    this.#options.trackAdded(this.#audio.track.track);
    return this.#audio;
  }

  #openedVideo(): { track: LocalVideoTrack; openedAtMs: number; holders: number } {
    const { participantId, tracks } = this.#options;
    if (this.#video) {
      return this.#video;
    }
    this.#video = {
      track: createLocalVideoTrack(
        { trackId: tracks.video.trackId, streamId: participantId, kind: 'video' },
        () => {
          for (const listener of this.#keyFrameListeners) {
            listener();
          }
        },
      ),
      openedAtMs: this.#sessionMs(),
      holders: 0,
    };
    this.#options.trackAdded(this.#video.track.track);
    return this.#video;
  }

  #closeVideo(): void {
    const video = this.#video;
    this.#video = null;
    if (video) {
      video.track.close();
      this.#options.trackRemoved(video.track.track);
    }
  }

  #sessionMs(): number {
    return nowMs() + this.#options.sessionOffsetMs;
  }
}
