import type { Rectangle, Size } from '../../engine/index.ts';
import { drawSprite } from './drawing.ts';
import type { Sprite } from './sprite.ts';

/** A sprite and where it stands. */
export type Placed = { sprite: Sprite; x: number; y: number };

/** What lies outside a rounded corner, top left first, then clockwise; its colour is to be put in later. */
export const cornerNames = ['top-left', 'top-right', 'bottom-right', 'bottom-left'] as const;
type Corner = (typeof cornerNames)[number];

export const drawCorner = (corner: Corner, radius: number): Sprite =>
  drawSprite(radius, radius, (context) => {
    context.fillStyle = '#000000';
    context.fillRect(0, 0, radius, radius);
    context.globalCompositeOperation = 'destination-out';
    context.beginPath();
    context.arc(
      corner.endsWith('left') ? radius : 0,
      corner.startsWith('top') ? radius : 0,
      radius,
      0,
      2 * Math.PI,
    );
    context.fill();
  });

/** Where a corner of a tile stands. */
export const cornerPlace = (
  corner: Corner,
  { x, y, width, height }: Rectangle,
  radius: number,
): { x: number; y: number } => ({
  x: corner.endsWith('left') ? x : x + width - radius,
  y: corner.startsWith('top') ? y : y + height - radius,
});

/** The four strips of a line along the inside of a tile: what they surround costs nothing. */
export const ringStrips = (width: number, height: number, radius: number, thickness: number): Rectangle[] => {
  const band = Math.max(radius, thickness);
  const sides = { y: band, width: thickness, height: height - 2 * band };
  return [
    { x: 0, y: 0, width, height: band },
    { x: 0, y: height - band, width, height: band },
    { x: 0, ...sides },
    { x: width - thickness, ...sides },
  ];
};

/** One strip of the line along the inside of a tile of that size. */
export const drawRingStrip = (
  strip: Rectangle,
  tile: Size,
  radius: number,
  thickness: number,
  colour: string,
): Sprite =>
  drawSprite(strip.width, strip.height, (context) => {
    context.translate(-strip.x, -strip.y);
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    context.beginPath();
    const rounding = Math.max(0, radius - thickness / 2);
    context.roundRect(
      thickness / 2,
      thickness / 2,
      tile.width - thickness,
      tile.height - thickness,
      rounding,
    );
    context.stroke();
  });
