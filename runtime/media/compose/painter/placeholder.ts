import { drawSprite } from './drawing.ts';
import { fontOf } from './fonts.ts';
import type { Sprite } from './sprite.ts';
import type { SKRSContext2D } from '@napi-rs/canvas';

/** Initials in a coloured disc, or a figure for someone whose name has no letter. */
export const drawDisc = (initials: string, colour: string, diameterPx: number): Sprite =>
  drawSprite(diameterPx, diameterPx, (context) => {
    const radius = diameterPx / 2;
    context.fillStyle = colour;
    context.beginPath();
    context.arc(radius, radius, radius, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = '#ffffff';
    if (initials === '') drawFigure(context, radius);
    else drawInitials(context, initials, radius);
  });

const drawInitials = (context: SKRSContext2D, initials: string, radius: number): void => {
  context.font = fontOf(Math.round(radius * 0.78), 600);
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  // Centred by the ink, as capitals have no descender to balance.
  const { actualBoundingBoxAscent, actualBoundingBoxDescent } = context.measureText(initials);
  context.fillText(initials, radius, radius + (actualBoundingBoxAscent - actualBoundingBoxDescent) / 2);
};

const drawFigure = (context: SKRSContext2D, radius: number): void => {
  context.beginPath();
  context.arc(radius, radius * 0.75, radius * 0.32, 0, 2 * Math.PI);
  context.fill();
  context.beginPath();
  context.arc(radius, radius * 1.72, radius * 0.58, Math.PI, 2 * Math.PI);
  context.fill();
};

/** The quiet line of a picture without people. */
export const drawNotice = (text: string, ink: string, sizePx: number, roomPx: number): Sprite =>
  drawSprite(roomPx, Math.round(sizePx * 1.6), (context) => {
    context.font = fontOf(sizePx, 500);
    context.fillStyle = ink;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(text, roomPx / 2, sizePx * 0.8, roomPx);
  });
