import type { Quality } from '../../contract/index.ts';
import { AUDIO_RENDITION } from '../../steps/index.ts';

/** `index`: all there is, or the DVR window; `live`: the live edge alone. */
export type PlaylistName = 'index' | 'live';

/** What the path of a request below a stream's address means; the rendition '' is the stream's own folder. */
export type HlsResource =
  | { type: 'subtitles-playlist'; name: PlaylistName }
  | { type: 'subtitles'; sequence: number }
  | { type: 'playlist'; rendition: string; name: PlaylistName }
  | { type: 'media'; rendition: string; file: string }
  | { type: 'picture'; file: string };

const qualities = ['high', 'med', 'low'] as const satisfies Quality[];
/** Folders of renditions. */
export const renditionNames: readonly string[] = [...qualities, AUDIO_RENDITION];
const PLAYLIST = /^(index|live)\.m3u8$/;
const MEDIA = /^(init-\d+-\d+\.mp4|(part|segment)-\d+-\d+\.m4s)$/;
const SUBTITLE = /^segment-(\d{1,9})\.vtt$/;
const PICTURE = /^picture-[0-9A-Za-z-]+\.(jpg|png|webp)$/;

/** The folder of captured pictures, below a stream's. */
export const PICTURES_FOLDER = 'captures';
/** The folder of subtitles, below a stream's. */
export const SUBTITLES_FOLDER = 'subtitles';

/**
 * Reads a path below a stream's address. Only names that the runtime itself gives are understood, so no path leads
 * out of the stream's folder. Undefined for all others.
 */
export function parseHlsPath(path: string): HlsResource | undefined {
  const slash = path.indexOf('/');
  const folder = slash === -1 ? '' : path.slice(0, slash);
  const file = path.slice(slash + 1);
  if (folder === PICTURES_FOLDER) {
    return PICTURE.test(file) ? { type: 'picture', file } : undefined;
  }
  if (folder === SUBTITLES_FOLDER) {
    return parseSubtitlesFile(file);
  }
  if (folder !== '' && !renditionNames.includes(folder)) {
    return undefined;
  }
  const playlist = PLAYLIST.exec(file)?.[1];
  if (playlist === 'index' || playlist === 'live') {
    return { type: 'playlist', rendition: folder, name: playlist };
  }
  return MEDIA.test(file) ? { type: 'media', rendition: folder, file } : undefined;
}

function parseSubtitlesFile(file: string): HlsResource | undefined {
  const playlist = PLAYLIST.exec(file)?.[1];
  if (playlist === 'index' || playlist === 'live') {
    return { type: 'subtitles-playlist', name: playlist };
  }
  const sequence = SUBTITLE.exec(file)?.[1];
  return sequence === undefined ? undefined : { type: 'subtitles', sequence: Number(sequence) };
}

/** Segments that control completed itself have generation 0, which no worker has. */
export const rescuedSegment = (sequence: number): string => `segment-0-${sequence}.m4s`;
