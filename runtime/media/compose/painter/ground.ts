import type { Canvas, Size } from '../../engine/index.ts';
import { createPicture } from '../picture.ts';
import type { Look } from '../types.ts';
import { drawBackground } from './background.ts';
import { hexToYuv } from './colour.ts';
import { fillRectangle } from './fill.ts';
import type { ImageShelf } from './images.ts';
import type { Theme } from './theme.ts';

/** What stands behind everybody, painted once and kept until it is to look different. */
export class Ground {
  readonly #images: ImageShelf;
  readonly #plain: Canvas;
  #picture: Canvas;
  #shown = '';

  constructor(canvas: Size, images: ImageShelf) {
    this.#images = images;
    this.#plain = createPicture(canvas.width, canvas.height);
    this.#picture = this.#plain;
  }

  /** The look's image where there is one, else its colour, else the theme's. */
  show(look: Look, theme: Theme): Canvas {
    const colour = look.backgroundColor ?? theme.ground;
    const image = look.backgroundFile === null ? undefined : this.#images.get(look.backgroundFile);
    const wanted = image === undefined ? colour : `${colour} ${look.backgroundFile}`;
    if (wanted === this.#shown) return this.#picture;
    this.#shown = wanted;
    const { width, height } = this.#plain;
    if (image === undefined) {
      fillRectangle(this.#plain, { x: 0, y: 0, width, height }, hexToYuv(colour));
      this.#picture = this.#plain;
    } else {
      this.#picture = drawBackground(image, width, height, colour);
    }
    return this.#picture;
  }

  get picture(): Canvas {
    return this.#picture;
  }
}
