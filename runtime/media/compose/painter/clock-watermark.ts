import type { Canvas, Size } from '../../engine/index.ts';
import type { LookWatermark } from '../types.ts';
import type { Placed } from './frame.ts';
import { blendSprite } from './sprite.ts';
import { drawTextWatermark, watermarkPlace } from './watermark.ts';

/** A watermark that shows the time of day, drawn anew when the second changes. */
export class ClockWatermark {
  readonly #watermark: LookWatermark;
  readonly #canvas: Size;
  readonly #format: Intl.DateTimeFormat;
  #second = Number.NaN;
  #placed: Placed | null = null;

  constructor(watermark: LookWatermark, canvas: Size) {
    this.#watermark = watermark;
    this.#canvas = canvas;
    // Swedish writes dates and times as ISO 8601 does: 2026-03-01 14:05:09.
    this.#format = new Intl.DateTimeFormat('sv-SE', {
      dateStyle: 'short',
      timeStyle: 'medium',
      timeZone: watermark.timeZone ?? 'UTC',
    });
  }

  /** @param wallMs - Milliseconds since the epoch. */
  paint(picture: Canvas, wallMs: number): void {
    const second = Math.floor(wallMs / 1000);
    if (second !== this.#second || this.#placed === null) {
      this.#second = second;
      const sprite = drawTextWatermark(
        this.#format.format(second * 1000),
        this.#watermark.opacity,
        this.#canvas,
      );
      this.#placed = { sprite, ...watermarkPlace(sprite, this.#watermark.position, this.#canvas) };
    }
    blendSprite(this.#placed.sprite, picture, this.#placed.x, this.#placed.y);
  }
}
