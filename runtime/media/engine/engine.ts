import type { AudioCodec, EncodedFrame, VideoCodec } from '../frame.ts';

export type Size = { width: number; height: number };

/** A rectangle of a picture, in pixels; all four numbers are even. */
export type Rectangle = Size & { x: number; y: number };

/**
 * A picture that is drawn on: YUV 4:2:0, BT.601 matrix, limited range. Rows are a stride's number of bytes apart. Whoever
 * draws writes into the planes; an encoder of the same engine reads them.
 */
export type Canvas = Size & {
  readonly y: Uint8Array;
  readonly u: Uint8Array;
  readonly v: Uint8Array;
  readonly yStride: number;
  readonly uStride: number;
  readonly vStride: number;
};

/** A canvas that encoders read. */
export type EncoderCanvas = Canvas & {
  /**
   * To be called before all of it is drawn anew: its planes may be other memory from here on, with anything on it, and
   * what an encoder has not read yet stays as it was.
   */
  beginAnew(): void;
};

/** `cover` fills the rectangle and crops, `contain` shows everything. */
export type Fit = 'cover' | 'contain';

/** One video track's way from encoded frames to pixels. Decoding runs beside the caller. */
export type PictureSource = {
  /** Frames in decoding order. Those before the first key frame are dropped. */
  push(frame: EncodedFrame): void;
  /**
   * Moves on to the newest picture captured at `untilMs` or before and lets go of older ones.
   *
   * @returns `fresh` when the picture is another than before, `same` when it is not, `none` before the first.
   */
  advance(untilMs: number): 'fresh' | 'same' | 'none';
  /** Size as decoded of the picture that {@link PictureSource.draw} draws; null before the first. */
  readonly size: Size | null;
  /**
   * Draws a part of the current picture, scaled, into a rectangle of the canvas; nothing outside it is touched.
   *
   * @param crop - In pixels of {@link PictureSource.size}, of the target's proportions.
   * @param fit - With `cover` a little more may be cropped where that is cheaper.
   */
  draw(canvas: Canvas, crop: Rectangle, target: Rectangle, fit: Fit): void;
  close(): void;
};

export type PictureSourceOptions = {
  codec: VideoCodec;
  /** Nothing can be decoded until a key frame comes. */
  onKeyFrameNeeded: () => void;
  /** The decoder is broken; it gives no more pictures. */
  onFailure: (error: Error) => void;
  /** Where the picture will stand first, when that is known: an engine may decode to that size. */
  expected?: Size;
};

/** Encodes what stands on one canvas. */
export type PictureEncoder = {
  /**
   * Encodes the canvas as it is. `onFrame` is called before the promise resolves, or later where the encoder is another
   * process; the canvas may be drawn anew when it resolves ({@link EncoderCanvas.beginAnew}). One call at a time.
   *
   * @param slot - Number of the picture: its time is `slot` / 30 s on the session clock. Grows from call to call.
   */
  encode(slot: number, forceKeyFrame: boolean): Promise<void>;
  close(): Promise<void>;
};

export type PictureEncoderOptions = Size & {
  codec: 'h264' | 'vp8';
  bitrateBps: number;
  /** Largest distance of key frames, in pictures. */
  keyFrameInterval: number;
  onFrame: (frame: EncodedFrame) => void;
  /** The encoder is broken; it gives no more frames. */
  onFailure: (error: Error) => void;
};

/** Decoded sound of both sides. */
export type StereoSamples = { left: Float32Array; right: Float32Array };

/** Decodes one stream of Opus packets to 48 kHz stereo; mono sounds on both sides. */
export type SoundDecoder = {
  /** Empty for a packet that is none. What it gives is valid until the next call. */
  decode(packet: Uint8Array): StereoSamples;
  /** As much sound as the packet before had, guessed from what came before: for one that was lost. */
  conceal(): StereoSamples;
  close(): void;
};

/** Encodes 48 kHz stereo sound. */
export type SoundEncoder = {
  /**
   * Takes samples, interleaved, from -1 to 1. Frames begin at the first multiple of their length.
   *
   * @param position - Of the first sample, counted from session time 0; it follows on the last one of the call before.
   */
  encode(samples: Float32Array, position: number): void;
  close(): Promise<void>;
};

export type SoundEncoderOptions = {
  codec: AudioCodec;
  bitrateBps: number;
  /**
   * Gets frames whose timestamps are multiples of their length ({@link samplesPerFrame}). Decoded sound stands where it
   * stood when it was encoded: the encoder's own delay is taken off.
   */
  onFrame: (frame: EncodedFrame) => void;
  onFailure: (error: Error) => void;
};

/**
 * Turns encoded frames into pixels on a canvas, and pixels and samples into encoded frames. What it opens is closed by
 * whoever opened it.
 */
export type CodecEngine = {
  readonly name: 'node-av' | 'ffmpeg';
  createCanvas(size: Size): EncoderCanvas;
  openPictureSource(options: PictureSourceOptions): PictureSource;
  /** @param canvas - One of this engine's own. It is scaled to the encoder's size where that is another. */
  openPictureEncoder(canvas: EncoderCanvas, options: PictureEncoderOptions): Promise<PictureEncoder>;
  openSoundDecoder(): Promise<SoundDecoder>;
  openSoundEncoder(options: SoundEncoderOptions): Promise<SoundEncoder>;
};

/** Pictures a second of everything that is composed. */
export const PICTURES_PER_SECOND = 30;

/** Larger pictures are not decoded: fifteen of them that wait would take more memory than all the rest. */
export const MOST_PIXELS = 4096 * 4096;

export const SAMPLES_PER_SECOND = 48_000;

/** Samples in one frame: AAC-LC's 1024, and Opus packets of 20 ms. */
export const samplesPerFrame = { aac: 1024, opus: 960 } as const satisfies Record<AudioCodec, number>;

/**
 * How FFmpeg's AAC encoder finds its quantizers: the way its documentation recommends above 64 kbps, for quality too. It
 * takes a half to a sixth of the time of the default.
 */
export const AAC_CODER = 'fast';

/** Session time of a picture, in milliseconds. */
export const slotTimeMs = (slot: number): number => (slot * 1000) / PICTURES_PER_SECOND;

/** Session time of a sample, in milliseconds. */
export const sampleTimeMs = (sample: number): number => (sample * 1000) / SAMPLES_PER_SECOND;
