import { mkdirSync } from 'node:fs';
import type { EncodedFrame, VideoCodec } from '../frame.ts';
import { chooseFileFormat, workingPathFor } from './file-format.ts';
import { freePath } from './free-path.ts';
import { Part } from './part.ts';
import type { RecordedFile } from './recorded-file.ts';
import type { Recorder, RecorderOptions, RecorderStats } from './recorder.ts';
import { RecordingClock } from './recording-clock.ts';
import { readVideoConfiguration } from './track-configuration.ts';
import type { VideoConfiguration } from './track-configuration.ts';
import { COMPOSED_PICTURE_MS } from './video-timeline.ts';

/** Sound that may wait for the first picture: far more than an encoder takes to make a key frame. */
const MAX_EARLY_FRAMES = 250;
/** A composition that has been silent for this long at the end of a recording is down: its gap is filled. */
const DOWN_MS = 1000;
/** Pictures taken as they are from a camera may come this unevenly without being a gap. */
const GAP_MS = 100;

/**
 * Records a composition. Its pictures lie on places of 1/30 s and its sound on multiples of a frame, so the file keeps
 * every one where it is. The file begins with the first key frame and ends with the last frame; a gap in between (the
 * compositor was started anew) shows the last picture and is silent.
 */
export class CompositionRecorder implements Recorder {
  readonly #options: RecorderOptions;
  readonly #clock = new RecordingClock(0);
  #pausedAtMs = 0;
  /** Session time at which the file begins, less what was paused before. */
  #originMs = 0;
  #part: Part | undefined;
  #early: EncodedFrame[] = [];
  #resumePending = false;
  #failed = false;
  #framesWritten = 0;
  #elapsedMs = 0;
  #result: Promise<RecordedFile[]> | undefined;

  constructor(options: RecorderOptions) {
    this.#options = options;
    mkdirSync(options.directory, { recursive: true });
  }

  write(frame: EncodedFrame): void {
    if (this.#result || this.#failed) return;
    const { mode } = this.#options;
    if (frame.kind === 'audio' ? mode === 'video' : mode === 'audio') return;
    if (!this.#part && !this.#openWith(frame)) return;
    if (this.#part) this.#place(this.#part, frame);
  }

  /** A composition is never muted: who is silent in it is its own affair. */
  setMuted(): void {
    return;
  }

  pause(atMs: number): void {
    if (this.#clock.paused) return;
    this.#pausedAtMs = atMs;
    this.#clock.pause(atMs);
  }

  resume(atMs: number): void {
    if (!this.#clock.paused) return;
    // A pause of whole pictures: those after it then lie on exact places too.
    const pictures = Math.ceil((atMs - this.#pausedAtMs) / COMPOSED_PICTURE_MS);
    this.#clock.resume(this.#pausedAtMs + pictures * COMPOSED_PICTURE_MS);
    this.#resumePending = true;
    if (this.#options.mode !== 'audio') this.#options.requestKeyFrame();
  }

  tick(nowMs: number): void {
    if (this.#result || this.#failed || !this.#part) return;
    this.#elapsedMs = this.#clock.elapsedMs(nowMs) - this.#originMs;
    this.#part.flush();
  }

  finish(atMs: number): Promise<RecordedFile[]> {
    this.#result ??= this.#finish(atMs);
    return this.#result;
  }

  stats(): RecorderStats {
    const part = this.#part;
    return {
      bytes: part?.bytesWritten ?? 0,
      durationMs: this.#elapsedMs,
      framesWritten: this.#framesWritten,
      framesDropped: (part?.video?.droppedFrames ?? 0) + (part?.audio?.lateFrames ?? 0),
      framesRepeated: part?.video?.repeatedFrames ?? 0,
      silenceMs: part?.audio?.silenceMs ?? 0,
      parts: part ? 1 : 0,
    };
  }

  /** Opens the file when this frame can be its first. */
  #openWith(frame: EncodedFrame): boolean {
    const recordingMs = this.#clock.toRecordingMs(frame.timestampMs);
    if (recordingMs === undefined) return false;
    if (this.#options.mode === 'audio') {
      this.#open(frame, recordingMs, undefined);
      return true;
    }
    if (frame.kind === 'audio') {
      if (this.#early.length < MAX_EARLY_FRAMES) this.#early.push(frame);
      return false;
    }
    const configuration = frame.key
      ? readVideoConfiguration(frame.codec as VideoCodec, frame.data)
      : undefined;
    if (!configuration) {
      this.#options.requestKeyFrame();
      return false;
    }
    this.#open(frame, recordingMs, configuration);
    return true;
  }

  #open(first: EncodedFrame, recordingMs: number, video: VideoConfiguration | undefined): void {
    const { directory, fileBaseName, fileFormat, mode, requestKeyFrame } = this.#options;
    const early = this.#early;
    this.#early = [];
    const sound = first.kind === 'audio' ? first.codec : early.find(({ kind }) => kind === 'audio')?.codec;
    const audio = mode === 'video' ? undefined : (sound ?? customarySound(video?.codec));
    if (audio !== undefined && audio !== 'aac' && audio !== 'opus') return;
    const format = chooseFileFormat(video?.codec, fileFormat, audio);
    const finalPath = freePath(directory, fileBaseName, format);
    this.#originMs = recordingMs;
    try {
      this.#part = new Part({
        finalPath,
        format,
        startMs: first.timestampMs,
        audio,
        composed: true,
        video,
        requestKeyFrame,
        onError: (error) => this.#fail(error),
      });
      this.#options.onOpen?.(workingPathFor(finalPath, format), first.timestampMs);
      for (const frame of early) this.#place(this.#part, frame);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #place(part: Part, frame: EncodedFrame): void {
    const recordingMs = this.#clock.toRecordingMs(frame.timestampMs);
    if (recordingMs === undefined) {
      if (frame.kind === 'video') this.#resumePending = true;
      return;
    }
    const fileMs = recordingMs - this.#originMs;
    // Sound of before the first picture; half a millisecond is what the arithmetic of the clock may be off.
    if (fileMs < -0.5) return;
    if (frame.kind === 'audio') {
      part.audio?.write(frame.data, fileMs);
    } else if (part.video?.codec === frame.codec) {
      const { video } = part;
      if (this.#resumePending) {
        this.#resumePending = false;
        if (!frame.key) video.expectKeyFrame();
      }
      if (fileMs - video.lastMs > GAP_MS) video.fillTo(fileMs - COMPOSED_PICTURE_MS / 2);
      video.write(frame.data, Math.max(0, fileMs), frame.key);
    } else {
      return;
    }
    this.#framesWritten++;
  }

  async #finish(atMs: number): Promise<RecordedFile[]> {
    const part = this.#part;
    if (!part) return [];
    this.#elapsedMs = this.#clock.elapsedMs(atMs) - this.#originMs;
    let endFileMs = Math.max(
      part.audio?.endMs ?? 0,
      part.video ? part.video.lastMs + COMPOSED_PICTURE_MS : 0,
    );
    const missingMs = this.#elapsedMs - endFileMs;
    if (missingMs > DOWN_MS) {
      part.video?.fillTo(this.#elapsedMs);
      part.audio?.fillTo(this.#elapsedMs);
      endFileMs = this.#elapsedMs;
    }
    const endMs = atMs - Math.max(0, this.#elapsedMs - endFileMs);
    const file = await part.finish(endFileMs, endMs, (error) => this.#fail(error));
    if (!file) return [];
    this.#options.onFile(file);
    return [file];
  }

  #fail(error: Error): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#options.onFailure(error);
  }
}

/** Compositions have AAC beside H.264 and Opus beside VP8. */
const customarySound = (video: VideoCodec | undefined): 'aac' | 'opus' => (video === 'vp8' ? 'opus' : 'aac');
