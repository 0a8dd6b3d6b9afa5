import { createCanvas } from '@napi-rs/canvas';
import type { SKRSContext2D } from '@napi-rs/canvas';
import { spriteFromRgba } from './sprite.ts';
import type { Sprite } from './sprite.ts';

const evenCeil = (value: number): number => Math.max(2, 2 * Math.ceil(value / 2));

/** Draws a sprite of at least that size; both sides are made even. */
export const drawSprite = (
  width: number,
  height: number,
  draw: (context: SKRSContext2D) => void,
  opacity = 1,
): Sprite => {
  const evenWidth = evenCeil(width);
  const evenHeight = evenCeil(height);
  const context = createCanvas(evenWidth, evenHeight).getContext('2d');
  draw(context);
  const { data } = context.getImageData(0, 0, evenWidth, evenHeight);
  return spriteFromRgba(data, evenWidth, evenHeight, opacity);
};

/** Draws each sprite once and keeps those used last; a drawing may also find that there is nothing to draw. */
export class SpriteCache {
  readonly #sprites = new Map<string, Sprite | null>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @param key - Names everything the drawing depends on. */
  get<Drawn extends Sprite | null>(key: string, draw: () => Drawn): Drawn;
  get(key: string, draw: () => Sprite | null): Sprite | null {
    const kept = this.#sprites.get(key);
    const sprite = kept === undefined ? draw() : kept;
    this.#sprites.delete(key);
    this.#sprites.set(key, sprite);
    if (this.#sprites.size > this.#limit) {
      const oldest = this.#sprites.keys().next();
      if (oldest.done !== true) this.#sprites.delete(oldest.value);
    }
    return sprite;
  }
}
