import { createCanvas } from '@napi-rs/canvas';
import type { SKRSContext2D } from '@napi-rs/canvas';
import { drawSprite } from './drawing.ts';
import { fontOf } from './fonts.ts';
import type { Sprite } from './sprite.ts';
import { fitText } from './text.ts';

export type LabelMark = 'muted' | 'screen' | null;

/** Dark behind white whatever the theme: it stands on people's pictures, not on the theme's ground. */
const PLATE = 'rgba(9, 14, 12, 0.62)';
const INK = '#ffffff';
const MUTED_INK = '#ff9d8c';

/**
 * A name on a plate, with a mark in front of it. Null when there is nothing to say or not even one letter has room.
 *
 * @param roomPx - Most pixels the plate may be wide.
 */
export const drawLabel = (name: string, mark: LabelMark, sizePx: number, roomPx: number): Sprite | null => {
  const font = fontOf(sizePx, 500);
  const paddingX = Math.round(sizePx * 0.55);
  const height = Math.round(sizePx * 1.7);
  const iconPx = mark === null ? 0 : Math.round(sizePx * 1.05);
  const iconGap = mark === null || name === '' ? 0 : Math.round(sizePx * 0.35);
  const textRoom = roomPx - 2 * paddingX - iconPx - iconGap;
  if (textRoom < sizePx && (mark === null || textRoom < 0)) return null;
  const fitted = fitText(name, font, textRoom);
  const text = fitted.widthPx <= textRoom ? fitted : { text: '', widthPx: 0 };
  if (text.text === '' && mark === null) return null;
  const width = 2 * paddingX + iconPx + (text.text === '' ? 0 : iconGap + text.widthPx);
  return drawSprite(width, height, (context) => {
    context.fillStyle = PLATE;
    context.beginPath();
    context.roundRect(0, 0, Math.ceil(width), height, sizePx * 0.45);
    context.fill();
    if (mark !== null) drawMark(context, mark, paddingX, (height - iconPx) / 2, iconPx);
    context.font = font;
    context.fillStyle = INK;
    context.textBaseline = 'alphabetic';
    context.fillText(text.text, paddingX + iconPx + iconGap, height / 2 + sizePx * 0.36);
  });
};

const drawMark = (
  context: SKRSContext2D,
  mark: 'muted' | 'screen',
  x: number,
  y: number,
  sizePx: number,
): void => {
  // On a canvas of its own: what is cut out of the mark is not to be cut out of the plate.
  const field = createCanvas(sizePx, sizePx).getContext('2d');
  // Both marks are drawn on a field of 24 by 24, lines two wide.
  field.scale(sizePx / 24, sizePx / 24);
  field.lineWidth = 2.2;
  field.lineCap = 'round';
  field.lineJoin = 'round';
  if (mark === 'muted') drawMutedMicrophone(field);
  else drawScreen(field);
  context.drawImage(field.canvas, x, Math.round(y));
};

const drawMutedMicrophone = (context: SKRSContext2D): void => {
  context.strokeStyle = MUTED_INK;
  context.fillStyle = MUTED_INK;
  context.beginPath();
  context.roundRect(9, 2, 6, 12, 3);
  context.fill();
  context.beginPath();
  context.arc(12, 11, 7, 0, Math.PI);
  context.moveTo(12, 18);
  context.lineTo(12, 22);
  context.stroke();
  // The stroke across is set off from the microphone below it.
  context.globalCompositeOperation = 'destination-out';
  context.lineWidth = 6.5;
  line(context, 4, 3, 20, 21);
  context.globalCompositeOperation = 'source-over';
  context.lineWidth = 2.4;
  line(context, 4, 3, 20, 21);
};

const line = (context: SKRSContext2D, fromX: number, fromY: number, toX: number, toY: number): void => {
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
};

const drawScreen = (context: SKRSContext2D): void => {
  context.strokeStyle = INK;
  context.beginPath();
  context.roundRect(2, 4, 20, 13, 2);
  context.moveTo(8, 21);
  context.lineTo(16, 21);
  context.stroke();
};
