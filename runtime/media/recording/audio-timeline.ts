import { OPUS_SILENCE, OPUS_SILENCE_MS, opusPacketDurationMs } from '../bitstream/index.ts';

/** Receives one packet: its bytes, its place in the file and how long it lasts, in milliseconds. */
export type PacketSink = (data: Uint8Array, timestampMs: number, durationMs: number) => void;

/** A hole longer than this is filled with silence. */
const GAP_MS = 30;
/** A frame that begins more than this before the end of what is written comes too late. */
const OVERLAP_MS = 25;
/** How far a frame may be moved towards its true time: no player hears it, and drift never adds up. */
const SLEW_MS_PER_FRAME = 1;

/**
 * Lays Opus frames one after another on the file's timeline, with silence where there are none, so that the track
 * has no hole.
 */
export class AudioTimeline {
  readonly #sink: PacketSink;
  readonly #timestamped: boolean;
  #nextMs = 0;
  #lateFrames = 0;
  #silenceMs = 0;

  /**
   * @param timestamped - Whether the container stores timestamps. Ogg does not: there, a track's time is the sum of
   * its packets, so drift is mended by a whole packet of silence now and then.
   */
  constructor(sink: PacketSink, timestamped: boolean) {
    this.#sink = sink;
    this.#timestamped = timestamped;
  }

  /** End of what is written, in file milliseconds. */
  get endMs(): number {
    return this.#nextMs;
  }

  get lateFrames(): number {
    return this.#lateFrames;
  }

  get silenceMs(): number {
    return this.#silenceMs;
  }

  write(data: Uint8Array, timestampMs: number): void {
    const durationMs = opusPacketDurationMs(data);
    if (durationMs === 0) return;
    if (timestampMs - this.#nextMs > (this.#timestamped ? GAP_MS : OPUS_SILENCE_MS)) this.fillTo(timestampMs);
    const deviationMs = timestampMs - this.#nextMs;
    if (deviationMs < -OVERLAP_MS) {
      this.#lateFrames++;
      return;
    }
    if (this.#timestamped) {
      this.#nextMs += Math.max(-SLEW_MS_PER_FRAME, Math.min(SLEW_MS_PER_FRAME, deviationMs));
    }
    this.#emit(data, durationMs);
  }

  /** Writes silence up to `untilMs`, as far as whole packets reach. */
  fillTo(untilMs: number): void {
    while (this.#nextMs + OPUS_SILENCE_MS <= untilMs) {
      this.#silenceMs += OPUS_SILENCE_MS;
      this.#emit(OPUS_SILENCE, OPUS_SILENCE_MS);
    }
  }

  #emit(data: Uint8Array, durationMs: number): void {
    // Slewing back in the very first frames must not lead before the start of the file.
    this.#nextMs = Math.max(0, this.#nextMs);
    this.#sink(data, this.#nextMs, durationMs);
    this.#nextMs += durationMs;
  }
}
