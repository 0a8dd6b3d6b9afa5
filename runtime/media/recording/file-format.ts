import type { VideoCodec } from '../frame.ts';
import type { FileFormat } from './recorded-file.ts';

/**
 * The container for a part: what was asked for if it can hold the codecs, else the customary one. VP8, VP9 and AV1
 * with Opus go into WebM, H.264 with Opus into MP4, audio alone into Ogg.
 */
export const chooseFileFormat = (
  video: VideoCodec | undefined,
  asked: FileFormat | undefined,
): FileFormat => {
  if (asked && holds(asked, video)) return asked;
  if (!video) return 'ogg';
  return video === 'h264' ? 'mp4' : 'webm';
};

const holds = (format: FileFormat, video: VideoCodec | undefined): boolean => {
  if (format === 'ogg') return video === undefined;
  if (format === 'webm') return video !== 'h264';
  return true;
};

/**
 * Name of the file while it is being written. It is always Matroska, the one container that can be appended to
 * packet by packet and stays playable at every byte: WebM and Matroska recordings are written under their final
 * name, others beside it, as `name.mp4.mkv`.
 */
export const workingPathFor = (finalPath: string, format: FileFormat): string =>
  format === 'webm' || format === 'mkv' ? finalPath : `${finalPath}.mkv`;

/** The other direction of {@link workingPathFor}. */
export const finalPathFor = (workingPath: string): { path: string; format: FileFormat } | undefined => {
  const match = /\.(webm|mkv|mp4|ogg)(\.mkv)?$/.exec(workingPath);
  if (!match) return undefined;
  const path = match[2] === undefined ? workingPath : workingPath.slice(0, -match[2].length);
  const format = match[1];
  if (format === 'webm' || format === 'mkv' || format === 'mp4' || format === 'ogg') return { path, format };
  return undefined;
};

/** The path a recording's file has, or will have, once it is finished; for a finished file its own path. */
export const finalPathOf = (path: string): string => {
  const withoutSuffix = path.replace(/\.finishing$/, '');
  return finalPathFor(withoutSuffix)?.path ?? withoutSuffix;
};
