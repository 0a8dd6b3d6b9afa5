import { randomBytes } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RoomflowError } from '../../contract/index.ts';
import { capturePicture, type PictureFormat, type PlaylistSegment } from '../../media/index.ts';
import type { LiveRendition } from './live-rendition.ts';
import { PICTURES_FOLDER } from './names.ts';

/** The last picture of what was packed lies this far before its end at most: one of 30 a second, and rounding. */
const LAST_PICTURE_SECONDS = 0.05;

export type CaptureRequest = {
  /** Seconds since the stream's start; the newest picture when left out. */
  time?: number | undefined;
  width?: number | undefined;
  height?: number | undefined;
  format: PictureFormat;
};

export type CapturedPicture = { file: string; path: string; width: number; height: number; bytes: number };

/**
 * Makes a picture from the media of a running stream's best rendition, without touching the composition: at the live
 * edge from the parts of the segment that still grows.
 *
 * @throws RoomflowError `nothing-to-capture`
 */
export async function captureFrom(
  rendition: LiveRendition,
  directory: string,
  request: CaptureRequest,
): Promise<CapturedPicture> {
  const { size } = rendition;
  if (!size) {
    throw new RoomflowError(
      'nothing-to-capture',
      rendition.codecs === ''
        ? 'The stream has no picture yet; try again when it is playable.'
        : 'The stream is of sound alone (config.mode audio) and has no picture.',
    );
  }
  const { segment, offsetSeconds } = placeOf(rendition, request.time);
  const media = await mediaOf(rendition, segment);
  const { width, height } = pictureSize(size, request);
  const folder = join(directory, PICTURES_FOLDER);
  await mkdir(folder, { recursive: true });
  const id = randomBytes(9).toString('hex');
  const input = join(folder, `${id}.mp4`);
  const file = `picture-${id}.${request.format}`;
  const path = join(folder, file);
  try {
    await writeFile(input, media);
    await capturePicture({ input, offsetSeconds, width, height, format: request.format, output: path });
    return { file, path, width, height, bytes: (await stat(path)).size };
  } catch (cause) {
    throw new RoomflowError('hls-failed', 'The picture could not be made; the log says why.', { cause });
  } finally {
    await rm(input, { force: true });
  }
}

/** The segment that holds a time, and where in it. */
function placeOf(
  { state }: LiveRendition,
  time: number | undefined,
): { segment: PlaylistSegment; offsetSeconds: number } {
  const segments = [...state.segments, ...(state.open ? [state.open] : [])];
  const newest = segments.at(-1);
  const [oldest] = segments;
  if (!newest || !oldest) {
    throw new RoomflowError(
      'nothing-to-capture',
      'The stream has no picture yet; try again when it is playable.',
    );
  }
  if (time === undefined) {
    return {
      segment: newest,
      offsetSeconds: Math.max(0, newest.durationMs / 1000 - LAST_PICTURE_SECONDS),
    };
  }
  const wantedMs = state.beganMs + time * 1000;
  const segment = segments.findLast(({ startMs }) => startMs <= wantedMs) ?? null;
  const offsetMs = segment ? wantedMs - segment.startMs : 0;
  const endMs = newest.startMs + newest.durationMs;
  if (segment === null || wantedMs > endMs) {
    throw new RoomflowError(
      'nothing-to-capture',
      `The stream has pictures from ${secondsOf(oldest.startMs - state.beganMs)} to ${secondsOf(endMs - state.beganMs)} s of its time now, not at ${time} s.`,
    );
  }
  return {
    segment,
    // In a hole between two segments the last picture before it stands.
    offsetSeconds: Math.max(0, Math.min(offsetMs / 1000, segment.durationMs / 1000 - LAST_PICTURE_SECONDS)),
  };
}

async function mediaOf(rendition: LiveRendition, segment: PlaylistSegment): Promise<Buffer> {
  const names = segment.uri === null ? segment.parts.map(({ uri }) => uri) : [segment.uri];
  return Buffer.concat(
    await Promise.all([segment.mapUri, ...names].map((name) => rendition.files.load(name))),
  );
}

/** The size asked for; what is left out follows from the picture's shape. Even, as most encoders need. */
function pictureSize(
  size: { width: number; height: number },
  { width, height }: CaptureRequest,
): { width: number; height: number } {
  if (width !== undefined && height !== undefined) {
    return { width, height };
  }
  if (width !== undefined) {
    return { width, height: even((width * size.height) / size.width) };
  }
  return height === undefined ? size : { width: even((height * size.width) / size.height), height };
}

const even = (value: number): number => Math.max(2, Math.round(value / 2) * 2);
const secondsOf = (ms: number): string => (ms / 1000).toFixed(1);
