import { OPUS_SAMPLE_RATE, opusPacketDurationMs } from '../../bitstream/index.ts';
import type { SoundDecoder } from '../../engine/index.ts';
import { SourceDelay } from './source-delay.ts';
import { RAMP_SAMPLES, REACH_SAMPLES, SoundBuffer } from './sound-buffer.ts';

const SAMPLES_PER_MS = OPUS_SAMPLE_RATE / 1000;

/** Longer losses than this are silence: a guess of more sounds worse than nothing. */
const LONGEST_CONCEALED = 60 * SAMPLES_PER_MS;
/** Frames of a source that is further ahead of its own timestamps than this are left out. */
const LONGEST_OVERLAP = 30 * SAMPLES_PER_MS;
/** Of a frame's length at most 1/120 is slewed: 14 cents, for as long as it takes. */
const SLEW_DIVISOR = 120;
/** A deviation shrinks with a time constant of this many frames; below half as many samples nothing is done. */
const SLEW_FRAMES = 64;
/** Weight of a new deviation in its running mean. */
const DEVIATION_GAIN = 1 / 8;

/** Frames that came too late, were guessed because they were lost, and were left out to catch up. */
export type SourceCounts = { late: number; concealed: number; dropped: number };

/**
 * One source of the mix. Frames are placed by their timestamps, not by when they come. A source whose clock drifts
 * is slewed by a few samples a frame, lost frames are concealed, and a longer hole is silence.
 */
export class MixedSource {
  readonly #decoder: SoundDecoder;
  readonly #counts: SourceCounts;
  readonly #buffer = new SoundBuffer();
  readonly #delay = new SourceDelay();
  #frameLength = 0;
  #deviation = 0;

  constructor(decoder: SoundDecoder, counts: SourceCounts) {
    this.#decoder = decoder;
    this.#counts = counts;
  }

  /**
   * Decodes and places one frame.
   *
   * @param readAt - The sample that is mixed next.
   */
  push(packet: Uint8Array, timestampMs: number, readAt: number): void {
    const length = opusPacketDurationMs(packet) * SAMPLES_PER_MS;
    const captured = Math.round(timestampMs * SAMPLES_PER_MS);
    this.#delay.observe(captured, length, readAt);
    const due = captured + this.#delay.samples;
    if (due + length < readAt + RAMP_SAMPLES) {
      this.#counts.late++;
      this.#buffer.tear();
      return;
    }
    const { end } = this.#buffer;
    const tooFar = Math.max(due, end ?? due) + length > readAt + REACH_SAMPLES;
    if (tooFar || (end !== null && end - due > LONGEST_OVERLAP)) {
      this.#counts.dropped++;
      this.#buffer.tear();
      return;
    }
    if (end === null || end < readAt || due - end > LONGEST_CONCEALED + this.#frameLength / 2) {
      this.#begin(packet, Math.max(due, end ?? due));
    } else {
      this.#conceal(due - end);
      this.#append(packet, due);
    }
  }

  mixInto(left: Float32Array, right: Float32Array, from: number, count: number): void {
    this.#buffer.mixInto(left, right, from, count);
  }

  /** Lets what sounds now fade out. */
  leave(readAt: number): void {
    this.#buffer.cut(readAt);
  }

  /** Nothing is left to be heard. */
  get silent(): boolean {
    return this.#buffer.end === null;
  }

  close(): void {
    this.#decoder.close();
  }

  #begin(packet: Uint8Array, at: number): void {
    const samples = this.#decoder.decode(packet);
    this.#frameLength = samples.left.length;
    this.#deviation = 0;
    this.#buffer.begin(at);
    this.#buffer.append(samples);
  }

  #conceal(hole: number): void {
    const lost = this.#frameLength === 0 ? 0 : Math.round(hole / this.#frameLength);
    for (let frame = 0; frame < lost; frame++) {
      this.#buffer.append(this.#decoder.conceal());
      this.#counts.concealed++;
    }
  }

  #append(packet: Uint8Array, due: number): void {
    const samples = this.#decoder.decode(packet);
    const { length } = samples.left;
    this.#frameLength = length;
    this.#deviation += (due - (this.#buffer.end ?? due) - this.#deviation) * DEVIATION_GAIN;
    const most = Math.floor(length / SLEW_DIVISOR);
    const slew = Math.max(-most, Math.min(most, Math.round(this.#deviation / SLEW_FRAMES)));
    this.#buffer.append(samples, length + slew);
  }
}
