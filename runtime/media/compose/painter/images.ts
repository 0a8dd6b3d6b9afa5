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
   * @throws AggregateError with one error a file that is no image; the others are there nevertheless.
   */
  async load(look: Look): Promise<void> {
    const files = new Set(
      [look.backgroundFile, ...look.watermarks.map((watermark) => watermark.imageFile)].filter(
        (file) => file !== undefined && file !== null,
      ),
    );
    const loaded = await Promise.allSettled(
      Array.from(files, async (file) => {
        if (!this.#images.has(file)) this.#images.set(file, await loadImage(await readFile(file)));
      }),
    );
    for (const file of this.#images.keys()) if (!files.has(file)) this.#images.delete(file);
    const reasons: unknown[] = loaded
      .filter((result) => result.status === 'rejected')
      .map(({ reason }) => reason as unknown);
    if (reasons.length > 0) throw new AggregateError(reasons, 'An image of the picture cannot be shown');
  }
}
