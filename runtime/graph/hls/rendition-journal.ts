import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isHlsUpdate, type HlsUpdate } from '../../media/index.ts';
import { isMissing } from './missing-file.ts';

const NAME = 'journal.jsonl';

/**
 * What a running rendition was told, a line of JSON each, beside its media: a runtime that was killed reads from it how
 * the playlists stood, down to the last part that a viewer can have seen. 5 lines of 150 bytes a second.
 */
export class RenditionJournal {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Resolves when the line is with the operating system; from then on it outlives this process. */
  async note(update: HlsUpdate): Promise<void> {
    await appendFile(join(this.#directory, NAME), `${JSON.stringify(update)}\n`);
  }

  /** Everything noted, oldest first; a line that was cut off is left out. */
  async read(): Promise<HlsUpdate[]> {
    await mkdir(this.#directory, { recursive: true });
    try {
      const text = await readFile(join(this.#directory, NAME), 'utf8');
      return text
        .slice(0, text.lastIndexOf('\n') + 1)
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as { kind: string })
        .filter(isHlsUpdate);
    } catch (error) {
      if (isMissing(error)) {
        return [];
      }
      throw error;
    }
  }

  /** The stream is over: its playlists say all there is. */
  async remove(): Promise<void> {
    await rm(join(this.#directory, NAME), { force: true });
  }
}
