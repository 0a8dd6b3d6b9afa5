import createCommand, { type FfprobeData } from 'fluent-ffmpeg';
import { untrustedFile } from './playable-formats.ts';

/** What a media file holds, as far as playing it goes. */
export type PlayableMedia = {
  hasSound: boolean;
  /** Moving pictures; a cover does not count. */
  hasPictures: boolean;
  /** Null where the file does not say. */
  durationMs: number | null;
};

/**
 * Looks into a media file.
 *
 * @throws Error with ffprobe's own words when it is none, or of a kind that is not taken
 */
export async function probeMedia(path: string): Promise<PlayableMedia> {
  const { streams, format } = await probe(path);
  const seconds = format.duration ?? Number.NaN;
  return {
    hasSound: streams.some(({ codec_type, sample_rate }) => codec_type === 'audio' && (sample_rate ?? 0) > 0),
    hasPictures: streams.some(
      ({ codec_type, disposition }) => codec_type === 'video' && (disposition?.['attached_pic'] ?? 0) === 0,
    ),
    durationMs: Number.isFinite(seconds) ? Math.round(seconds * 1000) : null,
  };
}

const probe = (path: string): Promise<FfprobeData> =>
  new Promise((resolve, reject) => {
    createCommand.ffprobe(`file:${path}`, ['-v', 'error', ...untrustedFile], (error: unknown, data) => {
      if (error) {
        reject(new Error(lastLineOf(error)));
      } else {
        resolve(data);
      }
    });
  });

/** Of what ffprobe says the last line is the cause; the file's own path in front of it is of no use to anybody. */
function lastLineOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.trim().split('\n').at(-1) ?? '';
  return line.replace(/^file:\S*?: /, '');
}
