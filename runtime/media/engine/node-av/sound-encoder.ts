import type { CodecContext, Frame, Packet } from 'node-av/lib';
import { AAC_CODER, SAMPLES_PER_SECOND, sampleTimeMs, samplesPerFrame } from '../engine.ts';
import type { SoundEncoder, SoundEncoderOptions } from '../engine.ts';
import { checkResult } from './library.ts';
import type { NodeAv } from './library.ts';

const CHANNELS = 2;

/** Encodes with FFmpeg's AAC encoder or libopus in this process: a frame takes a fraction of a millisecond. */
export class NodeAvSoundEncoder implements SoundEncoder {
  readonly #options: SoundEncoderOptions;
  readonly #encoder: CodecContext;
  readonly #packet: Packet;
  readonly #frame: Frame;
  /** The frame's memory: one plane for both channels, or one each. */
  readonly #planes: readonly Float32Array[];
  readonly #length: number;
  /** What the encoder delays, as far as it would move frames off their grid; so much is left out at the beginning. */
  readonly #offGrid: number;
  /** First sample that is encoded; undefined before the first call. */
  #start: number | undefined;
  /** Samples in the frame so far. */
  #filled = 0;
  #closed = false;

  constructor(av: NodeAv, options: SoundEncoderOptions) {
    this.#options = options;
    this.#length = samplesPerFrame[options.codec];
    this.#encoder = openEncoder(av, options);
    this.#offGrid = delayOf(av, this.#encoder) % this.#length;
    this.#frame = soundFrame(av, this.#encoder, this.#length);
    this.#planes = (this.#frame.data ?? []).map(asFloats);
    this.#packet = new av.Packet();
    this.#packet.alloc();
  }

  encode(samples: Float32Array, position: number): void {
    if (this.#closed) return;
    this.#start ??= Math.ceil(position / this.#length) * this.#length + this.#offGrid;
    const count = samples.length / CHANNELS;
    for (let at = Math.max(0, this.#start - position); at < count;) {
      const taken = Math.min(count - at, this.#length - this.#filled);
      this.#fill(samples, at, taken);
      at += taken;
      if (this.#filled === this.#length) this.#send(position + at - this.#length);
    }
  }

  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#encoder.freeContext();
      this.#packet.free();
      this.#frame.free();
    }
    return Promise.resolve();
  }

  #fill(samples: Float32Array, at: number, count: number): void {
    const [first, second] = this.#planes;
    if (first === undefined) return;
    if (second === undefined) {
      first.set(samples.subarray(CHANNELS * at, CHANNELS * (at + count)), CHANNELS * this.#filled);
    } else {
      for (let i = 0; i < count; i++) {
        first[this.#filled + i] = samples[CHANNELS * (at + i)] ?? 0;
        second[this.#filled + i] = samples[CHANNELS * (at + i) + 1] ?? 0;
      }
    }
    this.#filled += count;
  }

  #send(position: number): void {
    this.#frame.pts = BigInt(position);
    this.#filled = 0;
    const result = this.#encoder.sendFrameSync(this.#frame);
    if (result < 0) {
      this.#options.onFailure(new Error(`The ${this.#options.codec} encoder refused a frame (${result})`));
      return;
    }
    while (this.#encoder.receivePacketSync(this.#packet) >= 0) {
      this.#handOn(Number(this.#packet.pts), this.#packet.data);
      this.#packet.unref();
    }
  }

  /** What stands before the beginning is the encoder's run-up. */
  #handOn(sample: number, data: Buffer | null): void {
    if (data === null || this.#start === undefined || sample < this.#start - this.#offGrid) return;
    const { codec, onFrame } = this.#options;
    onFrame({
      kind: 'audio',
      codec,
      timestampMs: sampleTimeMs(sample),
      key: true,
      data: Uint8Array.from(data),
    });
  }
}

const asFloats = (plane: Buffer): Float32Array =>
  new Float32Array(plane.buffer, plane.byteOffset, plane.byteLength / Float32Array.BYTES_PER_ELEMENT);

const openEncoder = (av: NodeAv, { codec, bitrateBps }: SoundEncoderOptions): CodecContext => {
  const { constants } = av;
  const encoder = av.Codec.findEncoderByName(
    codec === 'aac' ? constants.FF_ENCODER_AAC : constants.FF_ENCODER_LIBOPUS,
  );
  if (!encoder) throw new Error(`This FFmpeg has no encoder for ${codec}`);
  const context = new av.CodecContext();
  context.allocContext3(encoder);
  context.sampleRate = SAMPLES_PER_SECOND;
  context.sampleFormat = codec === 'aac' ? constants.AV_SAMPLE_FMT_FLTP : constants.AV_SAMPLE_FMT_FLT;
  context.channelLayout = constants.AV_CHANNEL_LAYOUT_STEREO;
  context.bitRate = BigInt(bitrateBps);
  context.timeBase = new av.Rational(1, SAMPLES_PER_SECOND);
  if (codec === 'aac') {
    checkResult(av, context.setOption('aac_coder', AAC_CODER), 'Choosing the coder of AAC');
  }
  checkResult(av, context.open2Sync(encoder), `Opening the ${codec} encoder`);
  return context;
};

/** Samples by which what an encoder gives stands before what it was given. */
const delayOf = (av: NodeAv, encoder: CodecContext): number => {
  const parameters = new av.CodecParameters();
  parameters.alloc();
  checkResult(av, parameters.fromContext(encoder), 'Reading the encoder’s delay');
  const { initialPadding } = parameters;
  parameters.free();
  return initialPadding;
};

const soundFrame = (av: NodeAv, encoder: CodecContext, length: number): Frame => {
  const frame = new av.Frame();
  frame.alloc();
  frame.format = encoder.sampleFormat;
  frame.sampleRate = SAMPLES_PER_SECOND;
  frame.channelLayout = encoder.channelLayout;
  frame.nbSamples = length;
  checkResult(av, frame.getBuffer(), 'No memory for a frame of sound');
  return frame;
};
