import type { CodecContext, Frame, Packet } from 'node-av/lib';
import type { EncodedFrame, VideoCodec } from '../../frame.ts';
import { coveringScale } from '../cover.ts';
import { MOST_PIXELS } from '../engine.ts';
import type { Canvas, Fit, PictureSource, PictureSourceOptions, Rectangle, Size } from '../engine.ts';
import { copyPart } from '../planes.ts';
import { checkResult } from './library.ts';
import type { NodeAv } from './library.ts';
import type { MainThreadDecoding } from './main-thread-decoding.ts';
import { createFramePicture } from './pictures.ts';
import type { FramePicture } from './pictures.ts';
import { Scaler } from './scaler.ts';

/** Frames that wait for the decoder; beyond it, it does not keep up and goes on at the next key frame. */
const MOST_UNDECODED = 60;
/** Decoded pictures that wait for their time; half a second at 30 a second. */
const MOST_DECODED = 15;

/** Timestamps go through the decoder as whole microseconds. */
const TICKS_PER_MS = 1000;

/** A picture and, where its place was known already, itself at the size of that place. */
type DecodedPicture = { frame: Frame; size: Size; timestampMs: number; scaled: FramePicture | undefined };

/**
 * Decodes with FFmpeg's libraries, one frame after the other: on the main thread while that takes little of it, beside it
 * else. A picture is scaled to its place as soon as it is decoded, while it is in the processor's caches: 0.33 in place of
 * 0.47 ms from 720p.
 */
export class NodeAvPictureSource implements PictureSource {
  readonly #av: NodeAv;
  readonly #options: PictureSourceOptions;
  readonly #mainThread: MainThreadDecoding;
  readonly #decoder: CodecContext;
  readonly #packet: Packet;
  readonly #scaler: Scaler;
  readonly #undecoded: EncodedFrame[] = [];
  readonly #decoded: DecodedPicture[] = [];
  readonly #spare: Frame[] = [];
  readonly #spareScaled: FramePicture[] = [];
  readonly #fail = (error: unknown): void => {
    this.#decoding = false;
    if (this.#closed) this.#freeAll();
    else this.#options.onFailure(error instanceof Error ? error : new Error(String(error)));
  };
  #current: DecodedPicture | undefined;
  /** What the picture was scaled to when it was last drawn; undefined while it is not shown. */
  #place: Size | undefined;
  #isDrawn = false;
  /** Of the last picture. */
  #pixels = 0;
  #started = false;
  #decoding = false;
  #closed = false;

  constructor(av: NodeAv, mainThread: MainThreadDecoding, options: PictureSourceOptions) {
    this.#av = av;
    this.#mainThread = mainThread;
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
    if (!this.#decoding && this.#mainThread.takes(this.#pixels)) {
      this.#fillPacket(frame);
      this.#take(this.#decoder.sendPacketSync(this.#packet));
    } else {
      this.#undecoded.push(frame);
      if (!this.#decoding) this.#decode().catch(this.#fail);
    }
  }

  advance(untilMs: number): 'fresh' | 'same' | 'none' {
    this.#mainThread.renew(untilMs);
    let fresh = false;
    for (let next = this.#decoded[0]; next && next.timestampMs <= untilMs; next = this.#decoded[0]) {
      this.#decoded.shift();
      if (this.#current) this.#giveBack(this.#current);
      this.#current = next;
      fresh = true;
    }
    if (fresh && !this.#isDrawn) this.#place = undefined;
    if (fresh) this.#isDrawn = false;
    return fresh ? 'fresh' : this.#current ? 'same' : 'none';
  }

  get size(): Size | null {
    return this.#current?.size ?? null;
  }

  draw(canvas: Canvas, crop: Rectangle, target: Rectangle, fit: Fit): void {
    if (!this.#current) return;
    const { frame, size, scaled } = this.#current;
    const place = coveringScale(size, crop, target, fit);
    this.#place = place;
    this.#isDrawn = true;
    if (scaled?.width === place.width && scaled.height === place.height) {
      copyPart(scaled, place.left, place.top, canvas, target);
      return;
    }
    if (this.#scaler.draw(frame, size, place, canvas, target)) return;
    // One guest's picture that nothing can be made of must not end the composition of all.
    this.#giveBack(this.#current);
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
      this.#fillPacket(next);
      this.#take(await this.#decoder.sendPacket(this.#packet));
    }
    this.#decoding = false;
    if (this.#closed) this.#freeAll();
  }

  #fillPacket({ data, timestampMs, key }: EncodedFrame): void {
    this.#packet.data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    this.#packet.pts = BigInt(Math.round(timestampMs * TICKS_PER_MS));
    this.#packet.isKeyframe = key;
  }

  /** @param result - What the decoder said to the packet. */
  #take(result: number): void {
    this.#packet.unref();
    if (result < 0) {
      this.#undecoded.length = 0;
      this.#started = false;
      this.#options.onKeyFrameNeeded();
    }
    this.#collect();
  }

  #collect(): void {
    for (;;) {
      const frame = this.#spare.pop() ?? newFrame(this.#av);
      if (this.#decoder.receiveFrameSync(frame) < 0) {
        this.#spare.push(frame);
        return;
      }
      const size = { width: frame.width, height: frame.height };
      this.#pixels = size.width * size.height;
      this.#decoded.push({
        frame,
        size,
        timestampMs: Number(frame.pts) / TICKS_PER_MS,
        scaled: this.#scaled(frame, size),
      });
      const oldest = this.#decoded.length > MOST_DECODED ? this.#decoded.shift() : undefined;
      if (oldest) this.#giveBack(oldest);
    }
  }

  #scaled(frame: Frame, size: Size): FramePicture | undefined {
    const place = this.#place;
    if (place === undefined) return undefined;
    let picture = this.#spareScaled.pop();
    if (picture !== undefined && (picture.width !== place.width || picture.height !== place.height)) {
      picture.frame.free();
      picture = undefined;
    }
    picture ??= createFramePicture(this.#av, place);
    if (this.#scaler.scale(frame, size, picture)) return picture;
    picture.frame.free();
    return undefined;
  }

  #giveBack({ frame, scaled }: DecodedPicture): void {
    frame.unref();
    this.#spare.push(frame);
    if (scaled !== undefined) this.#spareScaled.push(scaled);
  }

  #freeAll(): void {
    this.#decoder.freeContext();
    this.#packet.free();
    this.#scaler.close();
    if (this.#current !== undefined) this.#decoded.push(this.#current);
    for (const { frame, scaled } of this.#decoded) {
      frame.free();
      scaled?.frame.free();
    }
    for (const frame of this.#spare) frame.free();
    for (const { frame } of this.#spareScaled) frame.free();
    this.#decoded.length = 0;
    this.#spare.length = 0;
    this.#spareScaled.length = 0;
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
