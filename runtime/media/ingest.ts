import type { SenderClock, SenderReport, TrackClock } from './clock/index.ts';
import { createDepacketizer } from './depacketize/index.ts';
import type { Depacketizer } from './depacketize/index.ts';
import type { EncodedFrame, RtpCodec } from './frame.ts';
import { createJitterBuffer } from './jitter/index.ts';
import type { JitterBuffer, MediaPacket } from './jitter/index.ts';

export type TrackIngestOptions = {
  kind: 'audio' | 'video';
  codec: RtpCodec;
  /** RTP clock rate in Hz. */
  clockRate: number;
  /** The clock of the participant the track belongs to; all its tracks take the same. */
  clock: SenderClock;
  /** Called with each frame, in order. */
  onFrame: (frame: EncodedFrame) => void;
  /** Asks the sender for a key frame. Called at most a few times a second. */
  requestKeyFrame: () => void;
  /** How long to wait for a missing packet, in milliseconds; 500 when not given. */
  maxWaitMs?: number;
};

export type TrackIngestStats = {
  packetsReceived: number;
  packetsLost: number;
  packetsDuplicate: number;
  packetsLate: number;
  frames: number;
  framesDropped: number;
  keyFrameRequests: number;
};

/** Turns one track's RTP packets into frames on the session clock. Times are readings of that clock, in milliseconds. */
export type TrackIngest = {
  push(packet: MediaPacket, arrivalMs: number): void;
  senderReport(report: SenderReport, arrivalMs: number): void;
  /** To be called a few times a second: gives up what has been missing too long. */
  tick(nowMs: number): void;
  /** Hands on what is still held; nothing is taken afterwards. */
  close(): void;
  readonly stats: TrackIngestStats;
};

const DEFAULT_MAX_WAIT_MS = 500;
const KEY_FRAME_REQUEST_INTERVAL_MS = 400;

/** Creates the way from a track's packets to its frames: jitter buffer, depacketizer, session clock. */
export const createTrackIngest = (options: TrackIngestOptions): TrackIngest => new RtpTrackIngest(options);

class RtpTrackIngest implements TrackIngest {
  readonly #options: TrackIngestOptions;
  readonly #clock: TrackClock;
  readonly #jitter: JitterBuffer;
  #depacketizer: Depacketizer;
  /** Frames dropped by the depacketizers of earlier synchronisation sources. */
  #droppedEarlier = 0;
  #ssrc: number | undefined;
  #nowMs = 0;
  #frames = 0;
  #keyFrameRequests = 0;
  #requestedAtMs = -Infinity;
  #closed = false;

  constructor(options: TrackIngestOptions) {
    this.#options = options;
    this.#clock = options.clock.track({ clockRate: options.clockRate });
    this.#depacketizer = this.#openDepacketizer();
    this.#jitter = createJitterBuffer({
      maxWaitMs: options.maxWaitMs ?? DEFAULT_MAX_WAIT_MS,
      onPacket: (packet) => this.#depacketizer.push(packet.payload, packet.marker, packet.timestamp),
      onLoss: () => this.#depacketizer.lost(),
    });
  }

  get stats(): TrackIngestStats {
    const { received, lost, duplicates, late } = this.#jitter.stats;
    return {
      packetsReceived: received,
      packetsLost: lost,
      packetsDuplicate: duplicates,
      packetsLate: late,
      frames: this.#frames,
      framesDropped: this.#droppedEarlier + this.#depacketizer.framesDropped,
      keyFrameRequests: this.#keyFrameRequests,
    };
  }

  push(packet: MediaPacket, arrivalMs: number): void {
    if (this.#closed) return;
    this.#nowMs = arrivalMs;
    if (packet.ssrc !== this.#ssrc) {
      if (this.#ssrc !== undefined) {
        // The old stream's frames are placed with the old timestamps before the new ones begin.
        this.#jitter.flush();
        this.#jitter.reset();
        this.#droppedEarlier += this.#depacketizer.framesDropped;
        this.#depacketizer = this.#openDepacketizer();
      }
      this.#ssrc = packet.ssrc;
    }
    this.#clock.observe(packet.timestamp, packet.ssrc, arrivalMs);
    this.#jitter.push(packet, arrivalMs);
  }

  senderReport(report: SenderReport, arrivalMs: number): void {
    if (!this.#closed) this.#clock.senderReport(report, arrivalMs);
  }

  tick(nowMs: number): void {
    if (this.#closed) return;
    this.#nowMs = nowMs;
    this.#jitter.tick(nowMs);
  }

  close(): void {
    if (this.#closed) return;
    this.#jitter.flush();
    this.#closed = true;
  }

  #openDepacketizer(): Depacketizer {
    const { kind, codec, onFrame } = this.#options;
    return createDepacketizer(codec, {
      onFrame: (data, key, rtpTimestamp, width, height) => {
        this.#frames++;
        const frame: EncodedFrame = {
          kind,
          codec,
          timestampMs: this.#clock.sessionMs(rtpTimestamp),
          key,
          data,
        };
        if (width !== undefined && height !== undefined) {
          frame.width = width;
          frame.height = height;
        }
        onFrame(frame);
      },
      onKeyFrameNeeded: () => this.#requestKeyFrame(),
    });
  }

  #requestKeyFrame(): void {
    if (this.#nowMs - this.#requestedAtMs < KEY_FRAME_REQUEST_INTERVAL_MS) return;
    this.#requestedAtMs = this.#nowMs;
    this.#keyFrameRequests++;
    this.#options.requestKeyFrame();
  }
}
