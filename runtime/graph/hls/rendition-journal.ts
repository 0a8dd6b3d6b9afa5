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

  /** Everything noted, oldest first. Lines that a kill or a full disk cut off are left out. */
  async read(): Promise<HlsUpdate[]> {
    await mkdir(this.#directory, { recursive: true });
    const path = join(this.#directory, NAME);
    try {
      const text = await readFile(path, 'utf8');
      if (text !== '' && !text.endsWith('\n')) {
        // What is noted next begins on a line of its own.
        await appendFile(path, '\n');
      }
      return text.split('\n').flatMap(updateOf);
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

function updateOf(line: string): HlsUpdate[] {
  try {
    const update = JSON.parse(line) as { kind: string };
    return isHlsUpdate(update) ? [update] : [];
  } catch (error) {
    if (error instanceof SyntaxError) {
      return [];
    }
    throw error;
  }
}
