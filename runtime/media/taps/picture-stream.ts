import {
  MOST_PIXELS,
  NutReader,
  TICKS_PER_SECOND,
  keyFrameSize,
  matroskaFrameHeader,
  matroskaHeader,
  type NutFrame,
  type Size,
} from '../engine/index.ts';
import { startCodecProcess, type CodecProcess } from '../ffmpeg/index.ts';
import type { EncodedFrame, VideoCodec } from '../frame.ts';
import {
  isSceneChange,
  pictureFilters,
  scaledSize,
  sceneScores,
  takesKeyFramesOnly,
  type PictureChoice,
} from './picture-filters.ts';

const codecIds: Record<VideoCodec, string> = {
  vp8: 'V_VP8',
  vp9: 'V_VP9',
  h264: 'V_MPEG4/ISO/AVC',
  av1: 'V_AV1',
};
const TICKS_PER_MS = TICKS_PER_SECOND / 1000;
/** Beyond it the decoder does not keep up and goes on at the next key frame. */
const MOST_QUEUED_BYTES = 2 * 1024 * 1024;
/** A sender that changes its size at every key frame, or a decoder that ends at each, costs no more than this. */
const RESTART_INTERVAL_MS = 500;
const JPEG_QUALITY = '4';

export type JpegPicture = {
  data: Uint8Array;
  /** Capture time on the session clock. */
  timeMs: number;
  width: number;
  height: number;
  sceneChange: boolean;
};

export type PictureStreamOptions = PictureChoice & {
  maxWidth: number | null;
  /** Not called before the first frame has been pushed: whoever opens a track asks for a key frame by itself. */
  requestKeyFrame: () => void;
  onPicture: (picture: JpegPicture) => void;
};

/** Frames of one track in, some of them as JPEG out: decoded in a process of its own, which is replaced when it ends. */
export type PictureStream = {
  push(frame: EncodedFrame): void;
  /** What comes next is of another track, or begins anew after a pause. */
  restart(): void;
  /** For operators and tests: the process that decodes now. */
  readonly pid: number | undefined;
  close(): Promise<void>;
};

export function createPictureStream(options: PictureStreamOptions): PictureStream {
  return new FfmpegPictureStream(options);
}

class FfmpegPictureStream implements PictureStream {
  readonly #options: PictureStreamOptions;
  readonly #keyFramesOnly: boolean;
  readonly #timer: NodeJS.Timeout | undefined;
  #process: CodecProcess | undefined;
  #codec: EncodedFrame['codec'] | undefined;
  #natural: Size | undefined;
  /** A key frame has gone in: what refers to it may follow. */
  #begun = false;
  /** Of {@link takesKeyFramesOnly}: the next key frame is wanted. */
  #due = true;
  #nextProcessAtMs = -Infinity;
  #closed = false;

  constructor(options: PictureStreamOptions) {
    this.#options = options;
    this.#keyFramesOnly = takesKeyFramesOnly(options);
    if (this.#keyFramesOnly && options.everyMs !== null) {
      this.#timer = setInterval(() => {
        this.#due = true;
        options.requestKeyFrame();
      }, options.everyMs);
    }
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  push(frame: EncodedFrame): void {
    if (this.#closed || (this.#keyFramesOnly && !(this.#due && frame.key))) {
      return;
    }
    if (frame.key) {
      this.#takeUp(frame);
    } else if (this.#process !== undefined && this.#process.queuedBytes > MOST_QUEUED_BYTES) {
      this.#begun = false;
    }
    if (!this.#begun || this.#process === undefined) {
      this.#options.requestKeyFrame();
      return;
    }
    this.#due = false;
    const header = matroskaFrameHeader(
      Math.round(frame.timestampMs * TICKS_PER_MS),
      frame.key,
      frame.data.byteLength,
    );
    this.#process.write([header, frame.data]);
  }

  restart(): void {
    this.#begun = false;
    this.#due = true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#process?.close();
    this.#process = undefined;
  }

  /** Goes on with a key frame: in the process that runs when it is for such pictures, else in another. */
  #takeUp(frame: EncodedFrame): void {
    const natural = keyFrameSize(frame);
    if (natural === undefined) {
      this.#begun = false;
      return;
    }
    const isSame =
      frame.codec === this.#codec &&
      natural.width === this.#natural?.width &&
      natural.height === this.#natural.height;
    if (this.#process === undefined || !isSame) {
      if (performance.now() < this.#nextProcessAtMs) {
        this.#begun = false;
        return;
      }
      void this.#process?.close();
      this.#codec = frame.codec;
      this.#natural = natural;
      this.#process =
        frame.codec === 'opus' || frame.codec === 'aac' ? undefined : this.#start(frame.codec, natural);
    }
    this.#begun = true;
  }

  #start(codec: VideoCodec, natural: Size): CodecProcess {
    const { onPicture, onSceneChange } = this.#options;
    const size = scaledSize(natural, this.#options.maxWidth);
    // Scores and pictures come over two pipes, in the same order, and either may be first.
    const pictures: NutFrame[] = [];
    const scores: number[] = [];
    let unread = '';
    const deliver = (): void => {
      while (pictures.length > 0 && (!onSceneChange || scores.length > 0)) {
        const picture = pictures.shift();
        const score = scores.shift() ?? 0;
        if (picture) {
          const { data, timestampMs: timeMs } = picture;
          onPicture({ data, timeMs, ...size, sceneChange: isSceneChange(score) });
        }
      }
    };
    // Killed, or given what no decoder takes: another one begins with the next key frame.
    const begunAnew = (): void => {
      if (this.#process === started) {
        this.#process = undefined;
        this.restart();
        this.#options.requestKeyFrame();
      }
    };
    const reader = new NutReader((frame) => {
      pictures.push(frame);
      deliver();
    });
    this.#nextProcessAtMs = performance.now() + RESTART_INTERVAL_MS;
    const started: CodecProcess = startCodecProcess({
      // As for composing (media/engine): whatever would hold a frame back is off.
      inputOptions: [
        ...['-flags', 'low_delay', '-probesize', '32', '-analyzeduration', '0', '-threads', '1'],
        ...['-max_pixels', String(MOST_PIXELS), '-f', 'matroska'],
      ],
      outputOptions: [
        ...['-filter_threads', '1', '-vf', pictureFilters(this.#options, size)],
        ...['-fps_mode', 'passthrough', '-copyts', '-enc_time_base', '1:1000'],
        ...['-c:v', 'mjpeg', '-threads', '1', '-q:v', JPEG_QUALITY, '-pix_fmt', 'yuvj420p'],
        ...['-f', 'nut', '-flush_packets', '1'],
      ],
      output: (chunk) => {
        try {
          reader.push(chunk);
        } catch {
          // What comes is no NUT stream any more: as good as ended.
          void started.close();
          begunAnew();
        }
      },
      ...(onSceneChange
        ? {
            onNotes: (text: string) => {
              const end = (unread + text).lastIndexOf('\n') + 1;
              scores.push(...sceneScores((unread + text).slice(0, end)));
              unread = (unread + text).slice(end);
              deliver();
            },
          }
        : {}),
      onEnd: () => {
        begunAnew();
      },
    });
    started.write([matroskaHeader({ codecId: codecIds[codec], ...natural })]);
    return started;
  }
}
