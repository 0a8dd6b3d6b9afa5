import type { Canvas, Size } from '../../engine/index.ts';
import type { Cell } from '../cell.ts';
import { evenFloor } from '../cell.ts';
import type { ScenePerson } from '../types.ts';
import type { SpriteCache } from './drawing.ts';
import { cornerNames, cornerPlace, drawCorner, drawRingStrip, ringStrips } from './frame.ts';
import type { Placed } from './frame.ts';
import { drawLabel } from './label.ts';
import type { LabelMark } from './label.ts';
import { cornerRadiusPx, labelMarginPx, labelSizePx, ringThicknessPx } from './measures.ts';
import { recolourSprite } from './sprite.ts';
import { oneLine } from './text.ts';
import type { Theme } from './theme.ts';

export type TileOverlayOptions = {
  cell: Cell;
  person: ScenePerson;
  speaking: boolean;
  labels: boolean;
  theme: Theme;
  canvas: Size;
  /** Shows through where the tile's corners are cut off. */
  ground: Canvas;
  sprites: SpriteCache;
};

/** Everything that stands over one person's video. */
export const tileOverlay = (options: TileOverlayOptions): Placed[] => {
  const radius = cornerRadiusPx(options.cell, options.canvas);
  const label = options.labels ? labelOf(options) : null;
  return [
    ...(radius === 0 ? [] : cornersOf(options, radius)),
    ...(options.speaking && options.cell.kind === 'camera' ? ringOf(options, radius) : []),
    ...(label === null ? [] : [label]),
  ];
};

const cornersOf = ({ cell, ground, sprites }: TileOverlayOptions, radius: number): Placed[] =>
  cornerNames.map((corner) => {
    const shape = sprites.get(`${corner} ${radius}`, () => drawCorner(corner, radius));
    const { x, y } = cornerPlace(corner, cell, radius);
    return { sprite: recolourSprite(shape, ground, x, y), x, y };
  });

const ringOf = ({ cell, canvas, theme, sprites }: TileOverlayOptions, radius: number): Placed[] => {
  const thickness = ringThicknessPx(canvas);
  return ringStrips(cell.width, cell.height, radius, thickness).map((strip, index) => ({
    x: cell.x + strip.x,
    y: cell.y + strip.y,
    sprite: sprites.get(
      `ring ${theme.voice} ${cell.width} ${cell.height} ${radius} ${thickness} ${index}`,
      () => drawRingStrip(strip, cell, radius, thickness, theme.voice),
    ),
  }));
};

const labelOf = ({ cell, person, canvas, sprites }: TileOverlayOptions): Placed | null => {
  const name = oneLine(person.name);
  const mark = markOf(cell, person);
  const sizePx = labelSizePx(cell, canvas);
  const margin = labelMarginPx(cell, canvas);
  const roomPx = evenFloor(cell.width - 2 * margin);
  const key = `label ${sizePx} ${roomPx} ${mark} ${name}`;
  const sprite = sprites.get(key, () => drawLabel(name, mark, sizePx, roomPx));
  if (sprite === null || sprite.width > roomPx + 2 || sprite.height + margin > cell.height) return null;
  return { sprite, x: cell.x + margin, y: cell.y + cell.height - margin - sprite.height };
};

const markOf = (cell: Cell, person: ScenePerson): LabelMark => {
  if (cell.kind === 'screen') return 'screen';
  return person.microphone === null || person.microphoneMuted ? 'muted' : null;
};
