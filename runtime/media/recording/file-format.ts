import type { AudioCodec, VideoCodec } from '../frame.ts';
import type { FileFormat } from './recorded-file.ts';

/**
 * The container for a part: what was asked for if it can hold the codecs, else the customary one. VP8, VP9 and AV1
 * with Opus go into WebM, H.264 into MP4, audio alone into Ogg (Opus) or M4A (AAC). MP3 is made when the file is
 * finished, and so is the AAC of an M4A whose sound came as Opus.
 */
export const chooseFileFormat = (
  video: VideoCodec | undefined,
  asked: FileFormat | undefined,
  audio: AudioCodec = 'opus',
): FileFormat => {
  if (asked && holds(asked, video, audio)) return asked;
  if (!video) return audio === 'aac' ? 'm4a' : 'ogg';
  return video === 'h264' ? 'mp4' : 'webm';
};

const holds = (format: FileFormat, video: VideoCodec | undefined, audio: AudioCodec): boolean => {
  switch (format) {
    case 'ogg':
      return video === undefined && audio === 'opus';
    case 'm4a':
    case 'mp3':
      return video === undefined;
    case 'webm':
      return video !== 'h264' && audio === 'opus';
    case 'mp4':
    case 'mkv':
      return true;
  }
};

const FILE_FORMATS: readonly FileFormat[] = ['webm', 'mkv', 'mp4', 'ogg', 'm4a', 'mp3'];

/**
 * Name of the file while it is being written. It is always Matroska, the one container that can be appended to
 * packet by packet and stays playable at every byte: WebM and Matroska recordings are written under their final
 * name, others beside it, as `name.mp4.mkv`.
 */
export const workingPathFor = (finalPath: string, format: FileFormat): string =>
  format === 'webm' || format === 'mkv' ? finalPath : `${finalPath}.mkv`;

/** The other direction of {@link workingPathFor}. */
export const finalPathFor = (workingPath: string): { path: string; format: FileFormat } | undefined => {
  const match = /\.([a-z0-9]+?)(\.mkv)?$/.exec(workingPath);
  const format = FILE_FORMATS.find((candidate) => candidate === match?.[1]);
  if (!match || !format) return undefined;
  return { path: match[2] === undefined ? workingPath : workingPath.slice(0, -match[2].length), format };
};

/** The path a recording's file has, or will have, once it is finished; for a finished file its own path. */
export const finalPathOf = (path: string): string => {
  const withoutSuffix = path.replace(/\.finishing$/, '');
  return finalPathFor(withoutSuffix)?.path ?? withoutSuffix;
};
