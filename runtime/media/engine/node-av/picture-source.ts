import type { CodecContext, Frame, Packet } from 'node-av/lib';
import type { EncodedFrame, VideoCodec } from '../../frame.ts';
import { MOST_PIXELS } from '../engine.ts';
import type { Canvas, Fit, PictureSource, PictureSourceOptions, Rectangle, Size } from '../engine.ts';
import { checkResult } from './library.ts';
import type { NodeAv } from './library.ts';
import { Scaler } from './scaler.ts';

/** Frames that wait for the decoder; beyond it, it does not keep up and goes on at the next key frame. */
const MOST_UNDECODED = 60;
/** Decoded pictures that wait for their time; half a second at 30 a second. */
const MOST_DECODED = 15;

/** Timestamps go through the decoder as whole microseconds. */
const TICKS_PER_MS = 1000;

type DecodedPicture = { frame: Frame; size: Size; timestampMs: number };

/** Decodes with FFmpeg's libraries, off the main thread, one frame after the other. */
export class NodeAvPictureSource implements PictureSource {
  readonly #av: NodeAv;
  readonly #options: PictureSourceOptions;
  readonly #decoder: CodecContext;
  readonly #packet: Packet;
  readonly #scaler: Scaler;
  readonly #undecoded: EncodedFrame[] = [];
  readonly #decoded: DecodedPicture[] = [];
  readonly #spare: Frame[] = [];
  readonly #fail = (error: unknown): void => {
    this.#decoding = false;
    if (this.#closed) this.#freeAll();
    else this.#options.onFailure(error instanceof Error ? error : new Error(String(error)));
  };
  #current: DecodedPicture | undefined;
  #started = false;
  #decoding = false;
  #closed = false;

  constructor(av: NodeAv, options: PictureSourceOptions) {
    this.#av = av;
    this.#options = options;
    this.#decoder = openDecoder(av, options.codec);
    this.#packet = new av.Packet();
    this.#packet.alloc();
    this.#scaler = new Scaler(av);
  }

  push(frame: EncodedFrame): void {
    if (this.#closed) return;
    if (this.#undecoded.length >= MOST_UNDECODED) {
      this.#undecoded.length = 0;
      this.#started = false;
    }
    if (!this.#started && !frame.key) {
      this.#options.onKeyFrameNeeded();
      return;
    }
    this.#started = true;
    this.#undecoded.push(frame);
    if (!this.#decoding) this.#decode().catch(this.#fail);
  }

  advance(untilMs: number): 'fresh' | 'same' | 'none' {
    let fresh = false;
    for (let next = this.#decoded[0]; next && next.timestampMs <= untilMs; next = this.#decoded[0]) {
      this.#decoded.shift();
      if (this.#current) this.#giveBack(this.#current.frame);
      this.#current = next;
      fresh = true;
    }
    return fresh ? 'fresh' : this.#current ? 'same' : 'none';
  }

  get size(): Size | null {
    return this.#current?.size ?? null;
  }

  draw(canvas: Canvas, crop: Rectangle, target: Rectangle, fit: Fit): void {
    if (!this.#current) return;
    const { frame, size } = this.#current;
    if (this.#scaler.draw(frame, size, crop, canvas, target, fit)) return;
    // One guest's picture that nothing can be made of must not end the composition of all.
    this.#giveBack(frame);
    this.#current = undefined;
    this.#started = false;
    this.#options.onKeyFrameNeeded();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // A decoder must not be freed under a call that runs; the end of that call does it.
    if (!this.#decoding) this.#freeAll();
  }

  async #decode(): Promise<void> {
    this.#decoding = true;
    for (let next = this.#undecoded.shift(); next && !this.#closed; next = this.#undecoded.shift()) {
      const { data } = next;
      this.#packet.data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      this.#packet.pts = BigInt(Math.round(next.timestampMs * TICKS_PER_MS));
      this.#packet.isKeyframe = next.key;
      const result = await this.#decoder.sendPacket(this.#packet);
      this.#packet.unref();
      if (result < 0) {
        this.#undecoded.length = 0;
        this.#started = false;
        this.#options.onKeyFrameNeeded();
      }
      this.#collect();
    }
    this.#decoding = false;
    if (this.#closed) this.#freeAll();
  }

  #collect(): void {
    for (;;) {
      const frame = this.#spare.pop() ?? newFrame(this.#av);
      if (this.#decoder.receiveFrameSync(frame) < 0) {
        this.#spare.push(frame);
        return;
      }
      const { width, height } = frame;
      this.#decoded.push({ frame, size: { width, height }, timestampMs: Number(frame.pts) / TICKS_PER_MS });
      const oldest = this.#decoded.length > MOST_DECODED ? this.#decoded.shift() : undefined;
      if (oldest) this.#giveBack(oldest.frame);
    }
  }

  #giveBack(frame: Frame): void {
    frame.unref();
    this.#spare.push(frame);
  }

  #freeAll(): void {
    this.#decoder.freeContext();
    this.#packet.free();
    this.#scaler.close();
    for (const { frame } of this.#decoded) frame.free();
    for (const frame of this.#spare) frame.free();
    this.#current?.frame.free();
    this.#decoded.length = 0;
    this.#spare.length = 0;
    this.#current = undefined;
  }
}

const openDecoder = (av: NodeAv, codec: VideoCodec): CodecContext => {
  const { FF_DECODER_VP8, FF_DECODER_VP9, FF_DECODER_H264, FF_DECODER_LIBDAV1D } = av.constants;
  const names = { vp8: FF_DECODER_VP8, vp9: FF_DECODER_VP9, h264: FF_DECODER_H264, av1: FF_DECODER_LIBDAV1D };
  const decoder = av.Codec.findDecoderByName(names[codec]);
  if (!decoder) throw new Error(`This FFmpeg has no decoder "${names[codec]}"`);
  const context = new av.CodecContext();
  context.allocContext3(decoder);
  // More threads hold frames back, and other guests' decoders use the other cores.
  context.threadCount = 1;
  context.pktTimebase = new av.Rational(1, 1000 * TICKS_PER_MS);
  checkResult(av, context.setOption('max_pixels', BigInt(MOST_PIXELS)), 'Limiting the size of pictures');
  checkResult(av, context.open2Sync(decoder), `Opening the ${codec} decoder`);
  return context;
};

const newFrame = (av: NodeAv): Frame => {
  const frame = new av.Frame();
  frame.alloc();
  return frame;
};
