import { startCodecProcess } from '../../ffmpeg/index.ts';
import type { CodecProcess } from '../../ffmpeg/index.ts';
import { PICTURES_PER_SECOND, slotTimeMs } from '../engine.ts';
import type { PictureEncoder, PictureEncoderOptions, Size } from '../engine.ts';
import type { FfmpegCanvas } from './ffmpeg-canvas.ts';
import { TICKS_PER_SECOND, matroskaFrameHeader, matroskaHeader } from './matroska.ts';
import { NutReader } from './nut-reader.ts';
import type { NutFrame } from './nut-reader.ts';

const TICKS_PER_SLOT = TICKS_PER_SECOND / PICTURES_PER_SECOND;
/** Ticks by which a picture that is to be a key frame stands after its place; ffmpeg's expression below reads them. */
const KEY_FRAME_MARK = 2;
const KEY_FRAME_EXPRESSION = `expr:gt(t*${TICKS_PER_SECOND}-round(round(t*${PICTURES_PER_SECOND})*${TICKS_PER_SLOT}),${KEY_FRAME_MARK / 2})`;
/** Pictures that wait for the encoder before its caller has to wait for it. */
const MOST_QUEUED_PICTURES = 3;

/** Encodes in an ffmpeg of its own. */
export class FfmpegPictureEncoder implements PictureEncoder {
  readonly #canvas: FfmpegCanvas;
  readonly #process: CodecProcess;
  #taken: (() => void) | undefined;

  constructor(canvas: FfmpegCanvas, options: PictureEncoderOptions) {
    this.#canvas = canvas;
    const reader = new NutReader((frame) => {
      handOn(frame, options);
    });
    this.#process = startCodecProcess({
      inputOptions: ['-probesize', '32', '-analyzeduration', '0', '-f', 'matroska'],
      outputOptions: encoderArguments(canvas, options),
      output: (chunk) => {
        reader.push(chunk);
      },
      onEnd: (complaints) => {
        this.#taken?.();
        options.onFailure(new Error(`The ${options.codec} encoder ended: ${complaints}`));
      },
    });
    const { width, height } = canvas;
    const track = { codecId: 'V_UNCOMPRESSED', colourSpace: 'I420', framesPerSecond: PICTURES_PER_SECOND };
    this.#process.write([matroskaHeader({ ...track, width, height })]);
  }

  async encode(slot: number, forceKeyFrame: boolean): Promise<void> {
    const { snapshot } = this.#canvas;
    const { memory } = snapshot;
    const ticks = Math.round(slot * TICKS_PER_SLOT) + (forceKeyFrame ? KEY_FRAME_MARK : 0);
    snapshot.retain();
    this.#process.write([matroskaFrameHeader(ticks, true, memory.length), memory], () => {
      snapshot.release();
      this.#taken?.();
    });
    if (this.#process.queuedBytes > MOST_QUEUED_PICTURES * memory.length) {
      await new Promise<void>((resolve) => {
        this.#taken = resolve;
      });
    }
  }

  close(): Promise<void> {
    return this.#process.close();
  }
}

const handOn = (
  { timestampMs: writtenMs, key, data }: NutFrame,
  { codec, width, height, onFrame }: PictureEncoderOptions,
): void => {
  const timestampMs = slotTimeMs(Math.round((writtenMs * PICTURES_PER_SECOND) / 1000));
  const frame = { kind: 'video' as const, codec, timestampMs, key, data };
  onFrame(key ? { ...frame, width, height } : frame);
};

const encoderArguments = (canvas: Size, options: PictureEncoderOptions): string[] => {
  const { codec, width, height, bitrateBps, keyFrameInterval } = options;
  const scale =
    width === canvas.width && height === canvas.height
      ? []
      : ['-vf', `scale=${width}:${height}:flags=bilinear`];
  return [
    ...[
      '-filter_threads',
      '1',
      ...scale,
      '-fps_mode',
      'passthrough',
      '-copyts',
      '-enc_time_base',
      `1:${TICKS_PER_SECOND}`,
    ],
    ...(codec === 'h264' ? x264Arguments : libvpxArguments),
    ...[
      '-threads',
      '1',
      '-bf',
      '0',
      '-g',
      String(keyFrameInterval),
      '-force_key_frames',
      KEY_FRAME_EXPRESSION,
    ],
    ...['-b:v', String(bitrateBps), '-maxrate', String(bitrateBps), '-bufsize', String(bitrateBps)],
    ...['-color_range', 'tv', '-colorspace', 'smpte170m', '-color_primaries', 'bt709', '-color_trc', 'bt709'],
    ...['-f', 'nut', '-flush_packets', '1'],
  ];
};

// Parameter sets stand in the stream, in front of key frames, not beside it as NUT would have it.
const x264Arguments = [
  ...['-flags', '-global_header'],
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-forced-idr', '1'],
  ...['-x264-params', 'scenecut=0:repeat-headers=1:force-cfr=1'],
];
const libvpxArguments = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-lag-in-frames', '0'];
