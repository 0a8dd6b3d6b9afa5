import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Keeps files that were asked for last in memory: at the live edge every viewer asks for the same few. A file is read
 * once, however many ask for it meanwhile.
 */
export class FileCache {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #files = new Map<string, Buffer>();
  readonly #reading = new Map<string, Promise<Buffer>>();
  #bytes = 0;

  constructor(directory: string, maxBytes: number) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
  }

  /** The file when it is in memory. */
  get(name: string): Buffer | undefined {
    return this.#files.get(name);
  }

  /** The file from memory or disk. @throws what reading throws, such as ENOENT */
  load(name: string): Promise<Buffer> {
    const known = this.#files.get(name);
    if (known) {
      return Promise.resolve(known);
    }
    const reading = this.#reading.get(name) ?? this.#read(name);
    this.#reading.set(name, reading);
    return reading;
  }

  async #read(name: string): Promise<Buffer> {
    try {
      const contents = await readFile(join(this.#directory, name));
      this.#keep(name, contents);
      return contents;
    } finally {
      this.#reading.delete(name);
    }
  }

  #keep(name: string, contents: Buffer): void {
    this.#files.set(name, contents);
    this.#bytes += contents.length;
    for (const [oldest, file] of this.#files) {
      if (this.#bytes <= this.#maxBytes) {
        return;
      }
      this.#files.delete(oldest);
      this.#bytes -= file.length;
    }
  }
}
