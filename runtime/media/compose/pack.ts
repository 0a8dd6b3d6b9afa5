import type { Rectangle } from '../engine/index.ts';
import { evenFloor } from './cell.ts';

/** The shapes a tile may take, as width by height. */
export type TileShape = { narrowest: number; widest: number };

type Packing = { columns: number; rows: number; width: number; height: number };

const packingOf = (
  columns: number,
  count: number,
  box: Rectangle,
  gap: number,
  shape: TileShape,
): Packing => {
  const rows = Math.ceil(count / columns);
  const roomX = (box.width - gap * (columns - 1)) / columns;
  const roomY = (box.height - gap * (rows - 1)) / rows;
  return {
    columns,
    rows,
    width: evenFloor(Math.max(2, Math.min(roomX, roomY * shape.widest))),
    height: evenFloor(Math.max(2, Math.min(roomY, roomX / shape.narrowest))),
  };
};

/**
 * Lays `count` equal tiles into `box`, as large as they can be within the shapes allowed, row by row; the block
 * stands in the middle of the box, and an incomplete last row in the middle of the block.
 */
export const packTiles = (count: number, box: Rectangle, gap: number, shape: TileShape): Rectangle[] => {
  if (count === 0) return [];
  let best = packingOf(1, count, box, gap, shape);
  for (let columns = 2; columns <= count; columns++) {
    const packing = packingOf(columns, count, box, gap, shape);
    const gained = packing.width * packing.height - best.width * best.height;
    // Of two equal ones the squarer block: fewer places of its last row are empty.
    if (gained > 0 || (gained === 0 && packing.columns * packing.rows < best.columns * best.rows))
      best = packing;
  }
  const { columns, rows, width, height } = best;
  const top = box.y + evenFloor((box.height - rows * height - (rows - 1) * gap) / 2);
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = box.x + evenFloor((box.width - inRow * width - (inRow - 1) * gap) / 2);
    return {
      x: left + (index - row * columns) * (width + gap),
      y: top + row * (height + gap),
      width,
      height,
    };
  });
};
