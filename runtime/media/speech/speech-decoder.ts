import { OpusDecoder } from 'opus-decoder';
import { opusPacketDurationMs } from '../bitstream/index.ts';
import type { EncodedFrame } from '../frame.ts';
import { SPEECH_RATE } from './types.ts';
import { BLOCK_MS, BLOCK_SAMPLES } from './voice-detector.ts';

const SAMPLES_PER_MS = SPEECH_RATE / 1000;
/** The session clock is slewed by less from one packet to the next; what is further off is a hole. */
const HOLE_MS = 10;
/** A hole is filled with silence, so that sound keeps its time; of a longer one this much: it ends any utterance. */
const MOST_SILENCE_MS = 1500;
/** Of one packet (RFC 6716 section 3.2.1: 1275 bytes a frame, 48 frames at most in 120 ms). */
const MOST_PACKET_BYTES = 1275 * 48;

/** Opus packets of one speaker in, blocks of 20 ms out: 16 kHz, mono. */
export class SpeechDecoder {
  // libopus itself makes 16 kHz of any rate, without what lies above 8 kHz, and one channel of two.
  readonly #decoder = new OpusDecoder({ sampleRate: SPEECH_RATE, channels: 1 });
  readonly #onBlock: (block: Int16Array, atMs: number) => void;
  readonly #block = new Int16Array(BLOCK_SAMPLES);
  #filled = 0;
  /** When the next sample sounds, on the session clock. */
  #nextMs: number | null = null;
  /** Sound before this is only there for the decoder to find into the stream. */
  readonly #fromMs: number;

  /** Resolves when it can decode: 20 ms for the first of a process, 0.3 ms for others. */
  readonly ready: Promise<void>;

  /**
   * @param fromMs - Nothing before it is given out.
   * @param onBlock - Is given memory that is used again, and when its first sample sounded, on the session clock.
   */
  constructor(fromMs: number, onBlock: (block: Int16Array, atMs: number) => void) {
    this.#fromMs = fromMs;
    this.#onBlock = onBlock;
    this.ready = this.#decoder.ready;
  }

  /** When the next sample is expected, null before the first. */
  get nextMs(): number | null {
    return this.#nextMs;
  }

  push(frame: EncodedFrame): void {
    if (opusPacketDurationMs(frame.data) === 0 || frame.data.length > MOST_PACKET_BYTES) return;
    const samples = this.#decoder.decodeFrame(frame.data).channelData[0];
    if (samples === undefined || samples.length === 0) return;
    this.#place(frame.timestampMs);
    for (const sample of samples) {
      this.#add(Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_767))));
    }
  }

  /** The next packet begins anew, at its own time. */
  reset(): void {
    this.#filled = 0;
    this.#nextMs = null;
  }

  close(): void {
    this.#decoder.free();
  }

  /** Silence up to where a packet belongs, when it does not follow the one before. */
  #place(timestampMs: number): void {
    const holeMs = this.#nextMs === null ? 0 : timestampMs - this.#nextMs;
    if (holeMs > HOLE_MS) {
      const silenceMs = Math.min(holeMs, MOST_SILENCE_MS);
      for (let left = Math.round(silenceMs * SAMPLES_PER_MS); left > 0; left--) this.#add(0);
      if (silenceMs < holeMs) this.#filled = 0;
    }
    // The samples follow each other, their times the session clock.
    this.#nextMs = timestampMs;
  }

  #add(sample: number): void {
    this.#block[this.#filled] = sample;
    this.#filled += 1;
    if (this.#nextMs !== null) this.#nextMs += 1 / SAMPLES_PER_MS;
    if (this.#filled === BLOCK_SAMPLES) {
      this.#filled = 0;
      const atMs = (this.#nextMs ?? 0) - BLOCK_MS;
      if (atMs >= this.#fromMs) this.#onBlock(this.#block, atMs);
    }
  }
}
