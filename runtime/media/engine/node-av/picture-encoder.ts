import type { CodecContext, Packet } from 'node-av/lib';
import { slotTimeMs, PICTURES_PER_SECOND } from '../engine.ts';
import type { PictureEncoder, PictureEncoderOptions } from '../engine.ts';
import { checkResult } from './library.ts';
import type { NodeAv } from './library.ts';
import { createFramePicture } from './pictures.ts';
import type { FramePicture } from './pictures.ts';
import { Scaler } from './scaler.ts';

/**
 * Pictures up to 720p are encoded on the main thread, which takes 5 to 10 ms of the 33: for a call off it node-av copies
 * the picture first, with cold caches 0.8 ms, or a twentieth of what a composition of four guests costs.
 */
const MOST_PIXELS_HERE = 1280 * 720;

/** Encodes with libx264 or libvpx in this process. */
export class NodeAvPictureEncoder implements PictureEncoder {
  readonly #av: NodeAv;
  readonly #options: PictureEncoderOptions;
  readonly #canvas: FramePicture;
  readonly #encoder: CodecContext;
  readonly #packet: Packet;
  /** The canvas at the encoder's size, where that is another. */
  readonly #scaled: { picture: FramePicture; scaler: Scaler } | undefined;
  readonly #isSmall: boolean;
  #encoding: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(
    av: NodeAv,
    canvas: FramePicture,
    options: PictureEncoderOptions,
    encoder: CodecContext,
  ) {
    this.#av = av;
    this.#options = options;
    this.#canvas = canvas;
    this.#encoder = encoder;
    this.#packet = new av.Packet();
    this.#packet.alloc();
    this.#isSmall = options.width * options.height <= MOST_PIXELS_HERE;
    if (options.width !== canvas.width || options.height !== canvas.height) {
      this.#scaled = { picture: createFramePicture(av, options), scaler: new Scaler(av) };
    }
  }

  static async open(
    av: NodeAv,
    canvas: FramePicture,
    options: PictureEncoderOptions,
  ): Promise<NodeAvPictureEncoder> {
    return new NodeAvPictureEncoder(av, canvas, options, await openEncoder(av, options));
  }

  encode(slot: number, forceKeyFrame: boolean): Promise<void> {
    this.#encoding = this.#encode(slot, forceKeyFrame);
    return this.#encoding;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#encoding;
    this.#encoder.freeContext();
    this.#packet.free();
    this.#scaled?.scaler.close();
    this.#scaled?.picture.frame.free();
  }

  async #encode(slot: number, forceKeyFrame: boolean): Promise<void> {
    if (this.#closed) return;
    const { AV_PICTURE_TYPE_I, AV_PICTURE_TYPE_NONE } = this.#av.constants;
    const { frame } = this.#scaled?.picture ?? this.#canvas;
    this.#scaled?.scaler.scaleWhole(this.#canvas, this.#scaled.picture);
    frame.pts = BigInt(slot);
    frame.pictType = forceKeyFrame ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    const result = this.#isSmall ? this.#encoder.sendFrameSync(frame) : await this.#encoder.sendFrame(frame);
    if (result < 0) {
      this.#options.onFailure(
        new Error(`The ${this.#options.codec} encoder refused picture ${slot} (${result})`),
      );
      return;
    }
    this.#collect();
  }

  #collect(): void {
    const { codec, width, height, onFrame } = this.#options;
    while (this.#encoder.receivePacketSync(this.#packet) >= 0) {
      const { data, pts, isKeyframe: key } = this.#packet;
      if (data) {
        const timestampMs = slotTimeMs(Number(pts));
        const frame = { kind: 'video' as const, codec, timestampMs, key, data: Uint8Array.from(data) };
        onFrame(key ? { ...frame, width, height } : frame);
      }
      this.#packet.unref();
    }
  }
}

const openEncoder = async (av: NodeAv, options: PictureEncoderOptions): Promise<CodecContext> => {
  const { constants } = av;
  const name = options.codec === 'h264' ? constants.FF_ENCODER_LIBX264 : constants.FF_ENCODER_LIBVPX_VP8;
  const encoder = av.Codec.findEncoderByName(name);
  if (!encoder) throw new Error(`This FFmpeg has no encoder "${name}"`);
  const context = new av.CodecContext();
  context.allocContext3(encoder);
  context.width = options.width;
  context.height = options.height;
  context.pixelFormat = constants.AV_PIX_FMT_YUV420P;
  context.timeBase = new av.Rational(1, PICTURES_PER_SECOND);
  context.framerate = new av.Rational(PICTURES_PER_SECOND, 1);
  context.bitRate = BigInt(options.bitrateBps);
  context.rcMaxRate = BigInt(options.bitrateBps);
  context.rcBufferSize = options.bitrateBps;
  context.gopSize = options.keyFrameInterval;
  context.maxBFrames = 0;
  context.threadCount = 1;
  context.colorRange = constants.AVCOL_RANGE_MPEG;
  context.colorSpace = constants.AVCOL_SPC_SMPTE170M;
  context.colorPrimaries = constants.AVCOL_PRI_BT709;
  context.colorTrc = constants.AVCOL_TRC_BT709;
  const dictionary = av.Dictionary.fromObject(options.codec === 'h264' ? x264Options : libvpxOptions);
  checkResult(av, await context.open2(encoder, dictionary), `Opening the encoder ${name}`);
  dictionary.free();
  return context;
};

const x264Options = {
  preset: 'veryfast',
  tune: 'zerolatency',
  'forced-idr': '1',
  'x264-params': 'scenecut=0:repeat-headers=1',
};
const libvpxOptions = { deadline: 'realtime', 'cpu-used': '8', 'lag-in-frames': '0', 'error-resilient': '0' };
