import { readFile } from 'node:fs/promises';
import { loadImage } from '@napi-rs/canvas';
import type { Image } from '@napi-rs/canvas';
import type { Look } from '../types.ts';

/** The images of looks, decoded; each file once. */
export class ImageShelf {
  readonly #images = new Map<string, Image>();

  /** The image of that file, once {@link ImageShelf.load} has brought it. */
  get(file: string): Image | undefined {
    return this.#images.get(file);
  }

  /**
   * Decodes what the look names and lets go of everything else.
   *
   * @returns an error for each file that is no image; the others are there.
   */
  async load(look: Look): Promise<Error[]> {
    const files = new Set(
      [look.backgroundFile, ...look.watermarks.map((watermark) => watermark.imageFile)].filter(
        (file) => file !== undefined && file !== null,
      ),
    );
    const errors: Error[] = [];
    await Promise.all(
      Array.from(files, async (file) => {
        try {
          if (!this.#images.has(file)) this.#images.set(file, await loadImage(await readFile(file)));
        } catch (cause) {
          errors.push(new Error(`The picture goes without the image ${file}`, { cause }));
        }
      }),
    );
    for (const file of this.#images.keys()) if (!files.has(file)) this.#images.delete(file);
    return errors;
  }
}
