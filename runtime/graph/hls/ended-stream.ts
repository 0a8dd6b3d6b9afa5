import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RenditionJournal } from './rendition-journal.ts';

const END = '#EXT-X-ENDLIST';

/** Appends a query to every URI of a playlist's text, in attributes and on lines of their own. */
export function withQuery(playlist: string, query: string): string {
  return query === ''
    ? playlist
    : playlist.replace(/URI="([^"]+)"/g, `URI="$1${query}"`).replace(/^(?!#)(\S+)$/gm, `$1${query}`);
}

/** Seconds of media that a media playlist lists. */
function durationOf(playlist: string): number {
  return [...playlist.matchAll(/^#EXTINF:([\d.]+)/gm)].reduce((sum, [, seconds]) => sum + Number(seconds), 0);
}

/**
 * Completes the playlists of a stream whose runtime was killed: they stand on disk as of the last whole segment and
 * lack their end.
 *
 * @param renditions folders of its renditions, where they are there
 * @returns seconds of media that can be played; 0 when there is none
 */
export async function completePlaylists(directory: string, renditions: readonly string[]): Promise<number> {
  let durationSeconds = 0;
  for (const rendition of renditions) {
    await new RenditionJournal(join(directory, rendition)).remove();
    for (const name of ['live.m3u8', 'index.m3u8']) {
      const path = join(directory, rendition, name);
      const text = await readIfThere(path);
      if (text === null) {
        continue;
      }
      if (!text.includes(END)) {
        await writeFile(`${path}.part`, `${text}${END}\n`);
        await rename(`${path}.part`, path);
      }
      durationSeconds = Math.max(durationSeconds, durationOf(text));
    }
  }
  return durationSeconds;
}

/** A file's text, or null when there is no such file. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return null;
    }
    throw error;
  }
}
