import { mkdirSync } from 'node:fs';
import { createVp8BlackKeyFrame } from '../bitstream/index.ts';
import type { EncodedFrame, VideoCodec } from '../frame.ts';
import { CompositionRecorder } from './composition-recorder.ts';
import { chooseFileFormat, workingPathFor } from './file-format.ts';
import { freePath } from './free-path.ts';
import { Part } from './part.ts';
import type { FileFormat, RecordedFile } from './recorded-file.ts';
import { RecordingClock } from './recording-clock.ts';
import { readVideoConfiguration } from './track-configuration.ts';
import type { VideoConfiguration } from './track-configuration.ts';

/** Which media a recording holds. */
export type RecorderMode = 'audio' | 'video' | 'video-and-audio';

export type RecorderOptions = {
  /** Folder of the file, made when missing. */
  directory: string;
  /** File name without extension. Further parts get `-2`, `-3` and so on. */
  fileBaseName: string;
  mode: RecorderMode;
  /**
   * `composition`: the frames lie on the exact places of a compositor's output and every one is kept; the file begins
   * with the first key frame. `participant` when left out: silence, black and the last picture stand in for what a
   * participant does not send.
   */
  source?: 'participant' | 'composition';
  /** Container asked for; a part whose codec it cannot hold takes the customary one (see `chooseFileFormat`). */
  fileFormat?: FileFormat;
  /** Session time at which the file begins, in milliseconds; a composition's begins with its first key frame. */
  startMs: number;
  /** Asks the sender for a key frame. */
  requestKeyFrame: () => void;
  /** Called once, with the first error that ends writing. What is on disk stays playable. */
  onFailure: (error: Error) => void;
  /**
   * Called when a part is opened, with the path it is written under. Should the process die, `recoverRecording` with
   * this path completes the file. `startMs` is the session time of the file's start, in milliseconds.
   */
  onOpen?: (path: string, startMs: number) => void;
  /** Called for each finished part. */
  onFile: (file: RecordedFile) => void;
};

export type RecorderStats = {
  /** Bytes on disk. */
  bytes: number;
  /** Recorded time so far, up to the last tick, without pauses. */
  durationMs: number;
  framesWritten: number;
  /** Frames that came too late, or whose references were missing. */
  framesDropped: number;
  /** Frames made up to show the last picture once more. */
  framesRepeated: number;
  /** Silence made up, in milliseconds. */
  silenceMs: number;
  parts: number;
};

/** A recording that runs. All calls but `finish` are synchronous and cheap; the disk works behind them. */
export type Recorder = {
  /** Takes a frame of the recorded participant. */
  write(frame: EncodedFrame): void;
  /** Says whether media of a kind is to be expected; while it is not, silence or the last picture fills the track. */
  setMuted(kind: 'audio' | 'video', muted: boolean): void;
  /** Leaves out what is captured from `atMs` on, until `resume`. */
  pause(atMs: number): void;
  resume(atMs: number): void;
  /** To be called at least four times a second with the session time: fills tracks that have nothing to write. */
  tick(nowMs: number): void;
  /** Ends the recording at `atMs`. Resolves with all its files when they are durable; later calls give the same. */
  finish(atMs: number): Promise<RecordedFile[]>;
  stats(): RecorderStats;
};

/** How long a file waits for the camera before it begins black. */
const CAMERA_WAIT_MS = 1500;
/** Size of the picture shown while no camera has been seen. */
const BLACK_WIDTH = 640;
const BLACK_HEIGHT = 360;
/**
 * How far filling stays behind the present. Sound that comes later than its silence is lost, so the wait for it is as
 * long as a retransmission may take; pictures can still be placed after a repeated one. Both, with the repeat interval
 * and a tick of 250 ms, stay below a second: so old may the newest byte on disk be.
 */
const FILL_LAG_MS = {
  audio: { expected: 550, absent: 100 },
  video: { expected: 200, absent: 0 },
};

/**
 * Writes one participant's (or composition's) encoded frames to disk without transcoding.
 *
 * The file begins at `startMs` of the session clock and lasts as long as the recording does without its pauses. Both
 * tracks begin at 0 and have no holes: silence stands for missing sound, the last picture for missing video.
 *
 * @throws when the folder cannot be created; a file that cannot be created is told through `onFailure`.
 */
export const createRecorder = (options: RecorderOptions): Recorder =>
  options.source === 'composition' ? new CompositionRecorder(options) : new FrameRecorder(options);

class FrameRecorder implements Recorder {
  readonly #options: RecorderOptions;
  readonly #hasAudio: boolean;
  readonly #hasVideo: boolean;
  #clock: RecordingClock;
  #part: Part | undefined;
  #partCount = 0;
  /** Frames that came before it was known what file to open. */
  #early: EncodedFrame[] = [];
  #resumePending = false;
  readonly #muted = { audio: false, video: false };
  readonly #finishing: Promise<RecordedFile | undefined>[] = [];
  #result: Promise<RecordedFile[]> | undefined;
  #failed = false;
  #framesWritten = 0;
  readonly #closed = { bytes: 0, framesDropped: 0, framesRepeated: 0, silenceMs: 0 };
  #elapsedMs = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#hasAudio = options.mode !== 'video';
    this.#hasVideo = options.mode !== 'audio';
    this.#clock = new RecordingClock(options.startMs);
    mkdirSync(options.directory, { recursive: true });
    if (!this.#hasVideo) this.#openPart(options.startMs, undefined);
  }

  write(frame: EncodedFrame): void {
    if (this.#result || this.#failed) return;
    if (frame.kind === 'audio' ? !this.#hasAudio : !this.#hasVideo) return;
    if (this.#hasVideo && frame.kind === 'video' && frame.key) this.#prepareFor(frame);
    if (!this.#part) {
      if (this.#clock.elapsedMs(frame.timestampMs) < CAMERA_WAIT_MS) {
        this.#early.push(frame);
        return;
      }
      this.#openBlack();
    }
    if (this.#part) this.#place(this.#part, frame);
  }

  setMuted(kind: 'audio' | 'video', muted: boolean): void {
    if (this.#muted[kind] && !muted && kind === 'video') this.#options.requestKeyFrame();
    this.#muted[kind] = muted;
  }

  pause(atMs: number): void {
    this.#clock.pause(atMs);
  }

  resume(atMs: number): void {
    if (!this.#clock.paused) return;
    this.#clock.resume(atMs);
    // References were left out with the pause, so the picture goes on with a key frame.
    this.#resumePending = true;
    if (this.#hasVideo) this.#options.requestKeyFrame();
  }

  tick(nowMs: number): void {
    if (this.#result || this.#failed) return;
    const elapsedMs = this.#clock.elapsedMs(nowMs);
    this.#elapsedMs = elapsedMs;
    if (!this.#part && elapsedMs >= CAMERA_WAIT_MS) this.#openBlack();
    const part = this.#part;
    if (!part) return;
    const fileMs = elapsedMs - this.#partStartRecordingMs;
    part.audio?.fillTo(fileMs - this.#fillLagMs('audio'));
    part.video?.fillTo(fileMs - this.#fillLagMs('video'));
    part.flush();
  }

  finish(atMs: number): Promise<RecordedFile[]> {
    this.#result ??= this.#finishAll(atMs);
    return this.#result;
  }

  stats(): RecorderStats {
    const part = this.#part;
    return {
      bytes: this.#closed.bytes + (part?.bytesWritten ?? 0),
      durationMs: this.#elapsedMs,
      framesWritten: this.#framesWritten,
      framesDropped: this.#closed.framesDropped + (part ? droppedFrames(part) : 0),
      framesRepeated: this.#closed.framesRepeated + (part?.video?.repeatedFrames ?? 0),
      silenceMs: this.#closed.silenceMs + (part?.audio?.silenceMs ?? 0),
      parts: this.#partCount,
    };
  }

  /** Recording time at which the open part begins. */
  #partStartRecordingMs = 0;

  /** Opens the file a key frame asks for: the first, or another when the codec is a new one. */
  #prepareFor(frame: EncodedFrame): void {
    const codec = frame.codec as VideoCodec;
    const recordingMs = this.#clock.toRecordingMs(frame.timestampMs);
    if (recordingMs === undefined) return;
    if (this.#part?.video?.codec === codec) return;
    const configuration = readVideoConfiguration(codec, frame.data);
    if (!configuration) return;
    if (!this.#part) {
      this.#openPart(this.#options.startMs, configuration);
      this.#fillStart(configuration, frame, recordingMs);
      this.#placeEarly();
      return;
    }
    this.#closePart(recordingMs, frame.timestampMs);
    this.#partStartRecordingMs = recordingMs;
    this.#openPart(frame.timestampMs, configuration);
  }

  /** Shows something from 0 to the first real picture: black where it can be made, else that picture. */
  #fillStart(configuration: VideoConfiguration, frame: EncodedFrame, recordingMs: number): void {
    if (recordingMs < 2) return;
    const first =
      configuration.codec === 'vp8'
        ? createVp8BlackKeyFrame(configuration.width, configuration.height)
        : frame.data;
    this.#part?.video?.write(first, 0, true);
  }

  #openBlack(): void {
    const black: VideoConfiguration = {
      codec: 'vp8',
      codecString: 'vp8',
      width: BLACK_WIDTH,
      height: BLACK_HEIGHT,
    };
    this.#openPart(this.#options.startMs, black);
    this.#part?.video?.write(createVp8BlackKeyFrame(BLACK_WIDTH, BLACK_HEIGHT), 0, true);
    this.#part?.video?.expectKeyFrame();
    this.#placeEarly();
  }

  #placeEarly(): void {
    const early = this.#early;
    this.#early = [];
    for (const frame of early) this.write(frame);
  }

  #place(part: Part, frame: EncodedFrame): void {
    const recordingMs = this.#clock.toRecordingMs(frame.timestampMs);
    if (recordingMs === undefined) {
      if (frame.kind === 'video') this.#resumePending = true;
      return;
    }
    const fileMs = recordingMs - this.#partStartRecordingMs;
    if (frame.kind === 'audio') {
      if (fileMs < -20) return;
      part.audio?.write(frame.data, fileMs);
    } else {
      if (part.video?.codec !== frame.codec) return;
      if (this.#resumePending) {
        this.#resumePending = false;
        if (!frame.key) part.video.expectKeyFrame();
      }
      part.video.fillTo(fileMs - 1);
      part.video.write(frame.data, Math.max(0, fileMs), frame.key);
    }
    this.#framesWritten++;
  }

  #openPart(startMs: number, video: VideoConfiguration | undefined): void {
    const { directory, fileBaseName, fileFormat, requestKeyFrame } = this.#options;
    const format = chooseFileFormat(video?.codec, fileFormat);
    this.#partCount++;
    const finalPath = freePath(directory, fileBaseName, format, this.#partCount);
    try {
      this.#part = new Part({
        finalPath,
        format,
        startMs,
        audio: this.#hasAudio ? 'opus' : undefined,
        composed: false,
        video,
        requestKeyFrame,
        onError: (error) => this.#fail(error),
      });
      this.#options.onOpen?.(workingPathFor(finalPath, format), startMs);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #closePart(endRecordingMs: number, endMs: number): void {
    const part = this.#part;
    if (!part) return;
    this.#part = undefined;
    part.audio?.fillTo(endRecordingMs - this.#partStartRecordingMs + 10);
    part.video?.fillTo(endRecordingMs - this.#partStartRecordingMs);
    const finished = part.finish(endRecordingMs - this.#partStartRecordingMs, endMs, (error) =>
      this.#fail(error),
    );
    this.#closed.framesDropped += droppedFrames(part);
    this.#closed.framesRepeated += part.video?.repeatedFrames ?? 0;
    this.#closed.silenceMs += part.audio?.silenceMs ?? 0;
    this.#finishing.push(
      finished.then((file) => {
        if (file) {
          this.#closed.bytes += file.bytes;
          this.#options.onFile(file);
        }
        return file;
      }),
    );
  }

  #fillLagMs(kind: 'audio' | 'video'): number {
    const { absent, expected } = FILL_LAG_MS[kind];
    return this.#muted[kind] || this.#clock.paused ? absent : expected;
  }

  async #finishAll(atMs: number): Promise<RecordedFile[]> {
    if (!this.#part && !this.#failed) this.#openBlack();
    this.#elapsedMs = this.#clock.elapsedMs(atMs);
    this.#closePart(this.#elapsedMs, atMs);
    const files = await Promise.all(this.#finishing);
    return files.filter((file) => file !== undefined);
  }

  #fail(error: Error): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#options.onFailure(error);
  }
}

const droppedFrames = (part: Part): number =>
  (part.video?.droppedFrames ?? 0) + (part.audio?.lateFrames ?? 0);
