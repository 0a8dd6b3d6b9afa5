import type { Image, SKRSContext2D } from '@napi-rs/canvas';
import type { Size } from '../../engine/index.ts';
import { evenFloor } from '../cell.ts';
import type { LookWatermark } from '../types.ts';
import type { SpriteCache } from './drawing.ts';
import { drawSprite } from './drawing.ts';
import { fontOf } from './fonts.ts';
import type { Placed } from './frame.ts';
import type { ImageShelf } from './images.ts';
import type { Sprite } from './sprite.ts';
import { fitText, oneLine } from './text.ts';

/** Share of the canvas that stays free between a watermark and the edge. */
const MARGIN_SHARE = 0.04;

/** A watermark that stays as it is: null for clocks, for images that are not there and for empty texts. */
export const watermarkOverlay = (
  watermark: LookWatermark,
  canvas: Size,
  images: ImageShelf,
  sprites: SpriteCache,
): Placed | null => {
  const { type, imageFile, text, opacity, widthPercent, position } = watermark;
  if (opacity === 0) return null;
  if (type === 'text' && text !== undefined) {
    const sprite = sprites.get(`text ${opacity} ${text}`, () => drawTextWatermark(text, opacity, canvas));
    return { sprite, ...watermarkPlace(sprite, position, canvas) };
  }
  const image = type === 'image' && imageFile !== undefined ? images.get(imageFile) : undefined;
  if (image === undefined) return null;
  const sprite = sprites.get(`image ${opacity} ${widthPercent} ${imageFile}`, () =>
    drawImageWatermark(image, watermark, canvas),
  );
  return { sprite, ...watermarkPlace(sprite, position, canvas) };
};

/** An image in its own proportions, as wide as the watermark says and never higher than the canvas allows. */
const drawImageWatermark = (image: Image, watermark: LookWatermark, canvas: Size): Sprite => {
  const margin = marginOf(canvas);
  const scale = Math.min(
    (canvas.width * watermark.widthPercent) / 100 / image.width,
    (canvas.width - 2 * margin) / image.width,
    (canvas.height - 2 * margin) / image.height,
  );
  const width = Math.max(1, Math.floor(image.width * scale));
  const height = Math.max(1, Math.floor(image.height * scale));
  return drawSprite(
    width,
    height,
    (context) => {
      context.imageSmoothingQuality = 'high';
      context.drawImage(image, 0, 0, width, height);
    },
    watermark.opacity,
  );
};

/** White letters with a soft dark edge: they read on any picture. */
export const drawTextWatermark = (text: string, opacity: number, canvas: Size): Sprite => {
  const sizePx = Math.max(12, Math.round(Math.min(canvas.width, canvas.height) / 30));
  const font = fontOf(sizePx, 600);
  const edge = Math.ceil(sizePx * 0.3);
  const fitted = fitText(oneLine(text), font, canvas.width - 2 * marginOf(canvas) - 2 * edge);
  return drawSprite(
    Math.ceil(fitted.widthPx) + 2 * edge,
    Math.round(sizePx * 1.2) + 2 * edge,
    (context) => {
      drawShadowed(context, fitted.text, font, edge, edge + sizePx * 0.95, sizePx);
    },
    opacity,
  );
};

const drawShadowed = (
  context: SKRSContext2D,
  text: string,
  font: string,
  x: number,
  y: number,
  sizePx: number,
): void => {
  context.font = font;
  context.textBaseline = 'alphabetic';
  context.shadowColor = 'rgba(0, 0, 0, 0.65)';
  context.shadowBlur = sizePx * 0.22;
  context.shadowOffsetY = sizePx * 0.05;
  context.fillStyle = '#ffffff';
  context.fillText(text, x, y);
};

/** Where a watermark stands; even coordinates, inside the canvas. */
export const watermarkPlace = (
  sprite: Sprite,
  position: LookWatermark['position'],
  canvas: Size,
): { x: number; y: number } => {
  const margin = marginOf(canvas);
  const roomX = evenFloor(Math.max(0, canvas.width - sprite.width));
  const roomY = evenFloor(Math.max(0, canvas.height - sprite.height));
  if (position === 'center') return { x: evenFloor(roomX / 2), y: evenFloor(roomY / 2) };
  const [vertical, horizontal] = position.split('-');
  return {
    x: horizontal === 'left' ? Math.min(margin, roomX) : Math.max(0, roomX - margin),
    y: vertical === 'top' ? Math.min(margin, roomY) : Math.max(0, roomY - margin),
  };
};

const marginOf = (canvas: Size): number => evenFloor(Math.min(canvas.width, canvas.height) * MARGIN_SHARE);
