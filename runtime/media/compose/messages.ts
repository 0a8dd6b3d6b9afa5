import type { AudioCodec, EncodedFrame, VideoCodec } from '../frame.ts';
import type { CompositorOptions, Look, OutputProfile, Scene, SourceId } from './types.ts';
import { FRAME, LENGTH_BYTES, writeControlMessage } from '../pipe-message.ts';

/** Sources of a scene and the numbers they have on the pipe. */
export type SourceNumbers = [SourceId, number][];

/** What the compositor tells its child. Encoders are numbered by the compositor. */
export type ToChild =
  | {
      type: 'start';
      engine: NonNullable<CompositorOptions['engine']>;
      canvas: CompositorOptions['canvas'];
      delayMs: number;
      /** When session time is 0, on the monotonic clock that all processes of a machine share, in milliseconds. */
      sessionStartMs: number;
      scene: Scene;
      look: Look;
      sources: SourceNumbers;
    }
  | { type: 'scene'; scene: Scene; sources: SourceNumbers }
  | { type: 'look'; look: Look }
  | { type: 'open-pictures'; encoder: number; profile: NonNullable<OutputProfile['video']> }
  | { type: 'open-sound'; encoder: number; profile: OutputProfile['audio'] }
  | { type: 'close-encoder'; encoder: number }
  | { type: 'key-frame'; encoder: number }
  | { type: 'end' };

export type ChildStats = {
  picturesOut: number;
  picturesLate: number;
  picturesRepeated: number;
  picturesLeftOut: number;
  sources: number;
  sourcesLost: number;
};

/** What the child tells its compositor. */
export type FromChild =
  | { type: 'started'; engine: string }
  | { type: 'key-frame-needed'; source: number }
  | { type: 'stats'; stats: ChildStats }
  | { type: 'failed'; message: string };

/** Type, codec, key, stream, timestamp, width, height. */
const FRAME_HEADER_BYTES = 1 + 1 + 1 + 2 + 8 + 2 + 2;

const codecs: readonly (AudioCodec | VideoCodec)[] = ['opus', 'aac', 'vp8', 'vp9', 'h264', 'av1'];
const codecNumbers = new Map(codecs.map((codec, index) => [codec, index]));

/** A control message as it goes over the pipe. */
export const writeControl = (message: ToChild | FromChild): Buffer => writeControlMessage(message);

/** What goes over the pipe in front of a frame's data. */
export const writeFrameHeader = (stream: number, frame: EncodedFrame): Buffer => {
  const buffer = Buffer.allocUnsafe(LENGTH_BYTES + FRAME_HEADER_BYTES);
  let at = buffer.writeUInt32LE(FRAME_HEADER_BYTES + frame.data.byteLength, 0);
  at = buffer.writeUInt8(FRAME, at);
  at = buffer.writeUInt8(codecNumbers.get(frame.codec) ?? 0, at);
  at = buffer.writeUInt8(frame.key ? 1 : 0, at);
  at = buffer.writeUInt16LE(stream, at);
  at = buffer.writeDoubleLE(frame.timestampMs, at);
  at = buffer.writeUInt16LE(side(frame.width), at);
  buffer.writeUInt16LE(side(frame.height), at);
  return buffer;
};

/** A key frame may say of itself whatever it likes; what is too much here is refused where it is decoded. */
const side = (pixels = 0): number => Math.max(0, Math.min(0xffff, pixels));

/** Cuts what comes over the pipe into messages. Each frame's data is memory of its own, so it may be kept. */
export class MessageReader<Control extends ToChild | FromChild> {
  readonly #onControl: (message: Control) => void;
  readonly #onFrame: (stream: number, frame: EncodedFrame) => void;
  readonly #length = Buffer.alloc(LENGTH_BYTES);
  #lengthBytes = 0;
  #message: Buffer | undefined;
  #messageBytes = 0;

  constructor(onControl: (message: Control) => void, onFrame: (stream: number, frame: EncodedFrame) => void) {
    this.#onControl = onControl;
    this.#onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#message === undefined) {
        const taken = chunk.copy(this.#length, this.#lengthBytes, at);
        this.#lengthBytes += taken;
        at += taken;
        if (this.#lengthBytes < LENGTH_BYTES) return;
        this.#message = Buffer.allocUnsafeSlow(this.#length.readUInt32LE(0));
        this.#messageBytes = 0;
      }
      const taken = chunk.copy(this.#message, this.#messageBytes, at);
      this.#messageBytes += taken;
      at += taken;
      if (this.#messageBytes < this.#message.length) return;
      const message = this.#message;
      this.#message = undefined;
      this.#lengthBytes = 0;
      this.#read(message);
    }
  }

  #read(message: Buffer): void {
    if (message[0] === FRAME) {
      this.#onFrame(message.readUInt16LE(3), readFrame(message));
    } else {
      // Both ends are of one build and write what the type says.
      this.#onControl(JSON.parse(message.toString('utf8', 1)) as Control);
    }
  }
}

const readFrame = (message: Buffer): EncodedFrame => {
  const codec = codecs[message[1] ?? 0] ?? 'opus';
  const frame: EncodedFrame = {
    kind: codec === 'opus' || codec === 'aac' ? 'audio' : 'video',
    codec,
    key: message[2] === 1,
    timestampMs: message.readDoubleLE(5),
    data: message.subarray(FRAME_HEADER_BYTES),
  };
  const width = message.readUInt16LE(13);
  const height = message.readUInt16LE(15);
  return width > 0 && height > 0 ? { ...frame, width, height } : frame;
};
