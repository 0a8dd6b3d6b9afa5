import { startCodecProcessInto } from '../../ffmpeg/index.ts';
import type { CodecProcess } from '../../ffmpeg/index.ts';
import type { EncodedFrame, VideoCodec } from '../../frame.ts';
import { coveringScale, scaledHeight } from '../cover.ts';
import { MOST_PIXELS } from '../engine.ts';
import type { Canvas, Fit, PictureSource, PictureSourceOptions, Rectangle, Size } from '../engine.ts';
import { keyFrameSize } from '../key-frame-size.ts';
import { copyPart, picturePlanes, stretchPart } from '../planes.ts';
import { matroskaFrameHeader, matroskaHeader } from './matroska.ts';
import { NutReader } from './nut-reader.ts';
import type { NutFrame } from './nut-reader.ts';
import { TICKS_PER_MS } from './scaling.ts';
import type { Scaling } from './scaling.ts';

const codecIds: Record<VideoCodec, string> = {
  vp8: 'V_VP8',
  vp9: 'V_VP9',
  h264: 'V_MPEG4/ISO/AVC',
  av1: 'V_AV1',
};

/** Beyond it the decoder does not keep up and goes on at the next key frame. */
const MOST_QUEUED_BYTES = 2 * 1024 * 1024;
/** A sender that changes its size at every key frame does not get a process for each. */
const RESTART_INTERVAL_MS = 500;
/**
 * When a picture is about to have been decoded and scaled. ffmpeg hands it out in eleven pieces; read as they come, each
 * wakes the compositor up, which is 7 % of composing with ffmpeg.
 */
const DECODING_MS = 6;
/** Decoded pictures that wait for their time; half a second at 30 a second. */
const MOST_DECODED = 15;
const MOST_SPARE = 4;
/** An AV1 sequence tells the largest of its sizes, whose proportions others have but for some pixels. */
const ODDEST_HEIGHT = 0.02;

type DecodedPicture = { picture: Canvas; memory: Buffer; natural: Size; timestampMs: number };

/** Decodes and scales in an ffmpeg of its own, to the width at which the picture was last drawn. */
export class FfmpegPictureSource implements PictureSource {
  readonly #options: PictureSourceOptions;
  readonly #scaling: Scaling;
  #process: CodecProcess | undefined;
  /** Until what comes out of the process is taken again. */
  #taking: NodeJS.Timeout | undefined;
  /** What was sent and has not come back: decoders keep the order and may leave out a frame. */
  readonly #sent: { natural: Size; width: number; timestampMs: number }[] = [];
  readonly #decoded: DecodedPicture[] = [];
  readonly #spare: Buffer[] = [];
  /** Of memory that pictures are decoded into again and again. */
  readonly #planes = new WeakMap<Buffer, Canvas>();
  #current: DecodedPicture | undefined;
  /** Of the key frame that the frames now refer to. */
  #natural: Size | undefined;
  /** Width to decode to; 0 as long as the picture has not been drawn. */
  #wantedWidth = 0;
  /** Width that the process was asked for last. */
  #askedWidth = 0;
  #started = false;
  /** When there is to be no further process before. */
  #nextProcessAtMs = -Infinity;

  constructor(options: PictureSourceOptions, scaling: Scaling) {
    this.#options = options;
    this.#scaling = scaling;
  }

  push(frame: EncodedFrame): void {
    if (this.#process !== undefined && this.#process.queuedBytes > MOST_QUEUED_BYTES) this.#started = false;
    if (frame.key) this.#takeUp(keyFrameSize(frame));
    const natural = this.#natural;
    if (!this.#started || natural === undefined) {
      this.#options.onKeyFrameNeeded();
      return;
    }
    const width = this.#wantedWidth > 0 ? this.#wantedWidth : 2 * Math.floor(natural.width / 2);
    this.#process ??= this.#start(natural, width);
    const timestampMs = Math.round(frame.timestampMs);
    this.#sent.push({ natural, width, timestampMs });
    const digits = this.#scaling.digitsOf(width, width !== this.#askedWidth);
    this.#askedWidth = width;
    const header = matroskaFrameHeader(timestampMs * TICKS_PER_MS + digits, frame.key, frame.data.byteLength);
    this.#process.write([header, frame.data]);
    if (this.#sent.length === 1) this.#taking = setTimeout(() => this.#process?.takeOutput(), DECODING_MS);
  }

  advance(untilMs: number): 'fresh' | 'same' | 'none' {
    let fresh = false;
    for (let next = this.#decoded[0]; next && next.timestampMs <= untilMs; next = this.#decoded[0]) {
      this.#decoded.shift();
      if (this.#current) this.#giveBack(this.#current);
      this.#current = next;
      fresh = true;
    }
    return fresh ? 'fresh' : this.#current ? 'same' : 'none';
  }

  get size(): Size | null {
    return this.#current?.natural ?? null;
  }

  draw(canvas: Canvas, crop: Rectangle, target: Rectangle, fit: Fit): void {
    if (!this.#current) return;
    const { picture, natural } = this.#current;
    const scale = coveringScale(natural, crop, target, fit);
    this.#wantedWidth = scale.width;
    if (picture.width === scale.width) copyPart(picture, scale.left, scale.top, canvas, target);
    // Decoded for another place, and for the frames on their way still, or for good when the sender stands still.
    else stretchPart(picture, rescaled(crop, natural, picture), canvas, target);
  }

  close(): void {
    clearTimeout(this.#taking);
    void this.#process?.close();
    this.#process = undefined;
    this.#sent.length = 0;
    this.#decoded.length = 0;
    this.#spare.length = 0;
    this.#current = undefined;
  }

  /**
   * Goes on with a key frame. An ffmpeg whose first picture has been scaled scales all of another size to that, whatever
   * its filter says, so they get one of their own.
   */
  #takeUp(natural: Size | undefined): void {
    const isOther = natural?.width !== this.#natural?.width || natural?.height !== this.#natural?.height;
    this.#started = natural !== undefined;
    if (isOther && this.#process !== undefined) {
      this.#started &&= performance.now() >= this.#nextProcessAtMs;
      if (!this.#started) return;
      void this.#process.close();
      this.#process = undefined;
      this.#sent.length = 0;
    }
    this.#natural = natural;
  }

  #start({ width, height }: Size, scaledWidth: number): CodecProcess {
    const reader = new NutReader(
      (frame) => {
        this.#take(frame);
      },
      (bytes) => this.#memory(bytes),
    );
    const sink = {
      space: () => reader.space(),
      filled: (bytes: number) => {
        try {
          reader.filled(bytes);
        } catch (error) {
          this.#options.onFailure(error instanceof Error ? error : new Error(String(error)));
        }
      },
    };
    const started = startCodecProcessInto(sink, {
      // Without `nobuffer`, which drops the first key frame; more threads would hold frames back.
      inputOptions: [
        '-flags',
        'low_delay',
        '-probesize',
        '32',
        '-analyzeduration',
        '0',
        '-threads',
        '1',
        '-max_pixels',
        String(MOST_PIXELS),
        '-f',
        'matroska',
      ],
      outputOptions: [
        ...[
          '-filter_threads',
          '1',
          '-vf',
          this.#scaling.filters(scaledWidth),
          '-fps_mode',
          'passthrough',
          '-copyts',
        ],
        ...[
          '-enc_time_base',
          '1:1000',
          '-c:v',
          'rawvideo',
          // More of them hand each picture from one to the other.
          '-threads',
          '1',
          '-pix_fmt',
          'yuv420p',
          '-f',
          'nut',
          '-flush_packets',
          '1',
        ],
      ],
      onEnd: (complaints) => {
        this.#options.onFailure(new Error(`The ${this.#options.codec} decoder ended: ${complaints}`));
      },
    });
    this.#askedWidth = scaledWidth;
    this.#nextProcessAtMs = performance.now() + RESTART_INTERVAL_MS;
    started.write([matroskaHeader({ codecId: codecIds[this.#options.codec], width, height })]);
    return started;
  }

  #take({ timestampMs, data }: NutFrame): void {
    let sent = this.#sent.shift();
    while (sent && sent.timestampMs < Math.round(timestampMs)) sent = this.#sent.shift();
    if (!sent) return;
    const height = data.length / (sent.width * 1.5);
    // The frame that had the width in it is lost, or its sender changed the size in between.
    const expected = scaledHeight(sent.natural, sent.width);
    if (height % 2 !== 0 || Math.abs(height - expected) > Math.max(2, expected * ODDEST_HEIGHT)) {
      this.#askedWidth = 0;
      this.#keep(data);
      return;
    }
    this.#decoded.push({
      picture: this.#planesOf(data, sent.width, height),
      memory: data,
      natural: sent.natural,
      timestampMs: sent.timestampMs,
    });
    if (this.#sent.length === 0) this.#process?.holdOutput();
    const oldest = this.#decoded.length > MOST_DECODED ? this.#decoded.shift() : undefined;
    if (oldest) this.#giveBack(oldest);
  }

  #memory(bytes: number): Buffer {
    const at = this.#spare.findIndex(({ length }) => length === bytes);
    return this.#spare.splice(at, at < 0 ? 0 : 1)[0] ?? Buffer.allocUnsafeSlow(bytes);
  }

  #planesOf(memory: Buffer, width: number, height: number): Canvas {
    const known = this.#planes.get(memory);
    if (known?.width === width) return known;
    const planes = picturePlanes(memory, width, height);
    this.#planes.set(memory, planes);
    return planes;
  }

  #giveBack({ memory }: DecodedPicture): void {
    this.#keep(memory);
  }

  #keep(memory: Buffer): void {
    this.#spare.unshift(memory);
    this.#spare.length = Math.min(this.#spare.length, MOST_SPARE);
  }
}

/** A part of a picture in the pixels of the same picture at another size. */
const rescaled = (part: Rectangle, from: Size, to: Size): Rectangle => {
  const [across, down] = [to.width / from.width, to.height / from.height];
  const [x, y] = [even(part.x * across), even(part.y * down)];
  return {
    x,
    y,
    width: Math.min(to.width - x, even(part.width * across)),
    height: Math.min(to.height - y, even(part.height * down)),
  };
};

const even = (value: number): number => 2 * Math.round(value / 2);
