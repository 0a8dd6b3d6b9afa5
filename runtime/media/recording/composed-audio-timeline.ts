import { AAC_FRAME_MS, AAC_SILENCE, OPUS_SILENCE, OPUS_SILENCE_MS } from '../bitstream/index.ts';
import type { AudioCodec } from '../frame.ts';
import type { PacketSink } from './audio-timeline.ts';

/** Length of a composition's audio frames, in milliseconds, and a frame of silence. */
export const composedSound = {
  aac: { frameMs: AAC_FRAME_MS, silence: AAC_SILENCE },
  opus: { frameMs: OPUS_SILENCE_MS, silence: OPUS_SILENCE },
} as const satisfies Record<AudioCodec, { frameMs: number; silence: Uint8Array }>;

/**
 * Lays a composition's audio frames end to end, so that a track's time is the exact sum of its frames. The frames lie
 * on multiples of their length already; a place whose frame never came is filled with silence when the next one
 * comes, never before: a composition that is late loses nothing.
 */
export class ComposedAudioTimeline {
  readonly #sink: PacketSink;
  readonly #frameMs: number;
  readonly #silence: Uint8Array;
  #originMs = -1;
  #nextPlace = 0;
  #lateFrames = 0;
  #silentFrames = 0;

  constructor(codec: AudioCodec, sink: PacketSink) {
    this.#sink = sink;
    this.#frameMs = composedSound[codec].frameMs;
    this.#silence = composedSound[codec].silence;
  }

  /** End of what is written, in file milliseconds. */
  get endMs(): number {
    return this.#originMs < 0 ? 0 : this.#timeOf(this.#nextPlace);
  }

  /** Frames whose place was taken. */
  get lateFrames(): number {
    return this.#lateFrames;
  }

  get silenceMs(): number {
    return this.#silentFrames * this.#frameMs;
  }

  write(data: Uint8Array, timestampMs: number): void {
    if (this.#originMs < 0) this.#originMs = Math.max(0, timestampMs);
    const place = Math.round((timestampMs - this.#originMs) / this.#frameMs);
    if (place < this.#nextPlace) {
      this.#lateFrames++;
      return;
    }
    while (this.#nextPlace < place) this.#fill();
    this.#emit(data);
  }

  /** Writes silence up to `untilMs`, as far as whole frames reach. */
  fillTo(untilMs: number): void {
    if (this.#originMs < 0) return;
    while (this.#timeOf(this.#nextPlace + 1) <= untilMs) this.#fill();
  }

  #timeOf(place: number): number {
    return this.#originMs + place * this.#frameMs;
  }

  #fill(): void {
    this.#silentFrames++;
    this.#emit(this.#silence);
  }

  #emit(data: Uint8Array): void {
    this.#sink(data, this.#timeOf(this.#nextPlace), this.#frameMs);
    this.#nextPlace++;
  }
}
