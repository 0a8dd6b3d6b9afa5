import { startCodecProcess } from '../../ffmpeg/index.ts';
import type { CodecProcess } from '../../ffmpeg/index.ts';
import type { AudioCodec } from '../../frame.ts';
import { AAC_CODER, SAMPLES_PER_SECOND, sampleTimeMs, samplesPerFrame } from '../engine.ts';
import type { SoundEncoder, SoundEncoderOptions } from '../engine.ts';
import { NutReader } from './nut-reader.ts';

const CHANNELS = 2;
/** Samples by which an encoder's packets stand before their content: those of its run-up. */
const encoderDelay: Record<AudioCodec, number> = { aac: 1024, opus: 312 };

/** Encodes in an ffmpeg of its own. */
export class FfmpegSoundEncoder implements SoundEncoder {
  readonly #options: SoundEncoderOptions;
  readonly #process: CodecProcess;
  readonly #length: number;
  /** Packets to be left out because they hold the run-up. */
  #leftOut: number;
  /** First sample that is encoded; undefined before the first call. */
  #start: number | undefined;
  #packets = 0;
  #closed = false;

  constructor(options: SoundEncoderOptions) {
    this.#options = options;
    this.#length = samplesPerFrame[options.codec];
    this.#leftOut = Math.floor(encoderDelay[options.codec] / this.#length);
    const reader = new NutReader(({ data }) => {
      this.#handOn(data);
    });
    this.#process = startCodecProcess({
      inputOptions: [
        '-threads',
        '1',
        '-f',
        'f32le',
        '-ar',
        String(SAMPLES_PER_SECOND),
        '-ac',
        String(CHANNELS),
      ],
      outputOptions: [
        ...(options.codec === 'aac' ? ['-c:a', 'aac', '-aac_coder', AAC_CODER] : ['-c:a', 'libopus']),
        ...['-threads', '1', '-b:a', String(options.bitrateBps)],
        ...['-f', 'nut', '-flush_packets', '1'],
      ],
      output: (chunk) => {
        reader.push(chunk);
      },
      onEnd: (complaints) => {
        options.onFailure(new Error(`The ${options.codec} encoder ended: ${complaints}`));
      },
    });
  }

  encode(samples: Float32Array, position: number): void {
    if (this.#closed) return;
    const offGrid = encoderDelay[this.#options.codec] % this.#length;
    this.#start ??= Math.ceil(position / this.#length) * this.#length + offGrid;
    const from = Math.max(0, this.#start - position);
    // A copy: the caller fills its block anew while this one waits.
    const kept = samples.slice(CHANNELS * from);
    if (kept.length > 0) this.#process.write([new Uint8Array(kept.buffer)]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#process.close();
  }

  #handOn(data: Buffer): void {
    if (this.#start === undefined) return;
    if (this.#leftOut > 0) {
      this.#leftOut--;
      return;
    }
    const { codec, onFrame } = this.#options;
    const first = Math.floor(this.#start / this.#length) * this.#length;
    const timestampMs = sampleTimeMs(first + this.#packets++ * this.#length);
    onFrame({ kind: 'audio', codec, timestampMs, key: true, data });
  }
}
