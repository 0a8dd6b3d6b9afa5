import type { AudioCodec, VideoCodec } from '../frame.ts';

/** Containers a recording can be finished into. */
export type FileFormat = 'webm' | 'mp4' | 'mkv' | 'ogg' | 'm4a' | 'mp3';

/** A finished recording on disk. */
export type RecordedFile = {
  path: string;
  bytes: number;
  durationSeconds: number;
  videoCodec?: VideoCodec;
  audioCodec?: AudioCodec | 'mp3';
  /** Picture size of the first picture, in pixels. */
  width?: number;
  height?: number;
  format: FileFormat;
  /** Session time of the file's start and end, in milliseconds. */
  startMs: number;
  endMs: number;
};
