import { gzipSync } from 'node:zlib';

/** What a request for media is answered with; buffers are shared by all who are answered alike. */
export type HlsAnswer = {
  status: number;
  contentType: string;
  cacheControl: string;
  body: Buffer;
  /** The same, compressed, for those who take it. */
  gzip: Buffer | null;
};

export const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl';
export const MEDIA_TYPE = 'video/mp4';
export const SUBTITLES_TYPE = 'text/vtt; charset=utf-8';

/** Compressing takes longer than it saves below, and holds up everybody else above. */
const LEAST_GZIP_BYTES = 600;
const MOST_GZIP_BYTES = 512 * 1024;

/** A playlist's text, ready to be sent any number of times. */
export function playlistBody(text: string): { body: Buffer; gzip: Buffer | null } {
  const body = Buffer.from(text);
  const isWorthIt = body.length >= LEAST_GZIP_BYTES && body.length <= MOST_GZIP_BYTES;
  // The fastest level: names differ by digits only, and more effort saves next to nothing.
  return { body, gzip: isWorthIt ? gzipSync(body, { level: 1 }) : null };
}

export const refusal = (status: number, message: string): HlsAnswer => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  cacheControl: 'no-store',
  body: Buffer.from(`${message}\n`),
  gzip: null,
});
