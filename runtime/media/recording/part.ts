import type { AudioCodec } from '../frame.ts';
import { AudioTimeline } from './audio-timeline.ts';
import type { PacketSink } from './audio-timeline.ts';
import { ComposedAudioTimeline } from './composed-audio-timeline.ts';
import { finishFile } from './finish.ts';
import { hasRoomForCopy } from './room-for-copy.ts';
import { probe } from './probe.ts';
import type { FileFormat, RecordedFile } from './recorded-file.ts';
import type { VideoConfiguration } from './track-configuration.ts';
import { COMPOSED_PICTURE_MS, VideoTimeline } from './video-timeline.ts';
import { workingPathFor } from './file-format.ts';
import { WorkingFile } from './working-file.ts';

/** One continuous file of a recording: its timelines, its working file and its end. */
export class Part {
  readonly audio: AudioTimeline | ComposedAudioTimeline | undefined;
  readonly video: VideoTimeline | undefined;
  readonly #file: WorkingFile;
  readonly #finalPath: string;
  readonly #format: FileFormat;
  readonly #startMs: number;
  #failed = false;

  /** Creates the working file; throws when that is not possible. */
  constructor(options: {
    finalPath: string;
    format: FileFormat;
    startMs: number;
    audio: AudioCodec | undefined;
    /** Whether the frames are a composition's, which lie on exact places and come without gaps. */
    composed: boolean;
    video: VideoConfiguration | undefined;
    requestKeyFrame: () => void;
    onError: (error: Error) => void;
  }) {
    this.#finalPath = options.finalPath;
    this.#format = options.format;
    this.#startMs = options.startMs;
    const file = new WorkingFile({
      path: workingPathFor(options.finalPath, options.format),
      format: options.format,
      audio: options.audio,
      video: options.video,
      startMs: options.startMs,
      onError: (error) => {
        this.#failed = true;
        options.onError(error);
      },
    });
    this.#file = file;
    if (options.audio) {
      const sink: PacketSink = (data, timestampMs, durationMs) =>
        file.writeAudio(data, timestampMs, durationMs);
      this.audio = options.composed
        ? new ComposedAudioTimeline(options.audio, sink)
        : new AudioTimeline(sink, options.format !== 'ogg');
    }
    if (options.video) {
      this.video = new VideoTimeline(
        options.video.codec,
        (data, timestampMs, key) => file.writeVideo(data, timestampMs, key),
        options.requestKeyFrame,
        options.composed ? COMPOSED_PICTURE_MS : undefined,
      );
    }
  }

  get startMs(): number {
    return this.#startMs;
  }

  get bytesWritten(): number {
    return this.#file.bytesWritten;
  }

  flush(): void {
    this.#file.flush();
  }

  /**
   * Ends the part at `endFileMs` of its own timeline. When there is no room for the finished file beside the working
   * one, or making it fails, the working file is the result: it plays, but has no index. Undefined when nothing readable reached the disk.
   */
  async finish(
    endFileMs: number,
    endMs: number,
    onError: (error: Error) => void,
  ): Promise<RecordedFile | undefined> {
    let path = this.#file.path;
    let format: FileFormat = this.#format === 'webm' ? 'webm' : 'mkv';
    try {
      await this.#file.close();
      if (!this.#failed && (await hasRoomForCopy(this.#file.path))) {
        await finishFile({
          workingPath: this.#file.path,
          finalPath: this.#finalPath,
          format: this.#format,
          endSeconds: endFileMs / 1000,
          expectedPackets: this.#file.packets,
          largestPicture: this.#file.largestPicture,
        });
        path = this.#finalPath;
        format = this.#format;
      }
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)));
    }
    try {
      return { path, format, startMs: this.#startMs, endMs, ...(await probe(path)) };
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)));
      return undefined;
    }
  }
}
