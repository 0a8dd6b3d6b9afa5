export type GridSpace = { width: number; height: number; gap: number };
export type GridLayout = {
  columns: number;
  rows: number;
  tileWidth: number;
  tileHeight: number;
  /** The tiles do not fit at a size worth looking at; the grid is taller than its space. */
  scrolls: boolean;
};

/** Tiles may be cut between these shapes; upright only where the space is, as on a phone. */
const NARROWEST_RATIO = { upright: 4 / 5, wide: 1 };
const WIDEST_RATIO = 16 / 9;
const SMALLEST_TILE_WIDTH = 128;

/**
 * The grid whose tiles show the most picture in the space given, all lengths in CSS pixels. Every number of
 * columns is tried; tiles stretch within the allowed shapes, so that little of the space stays empty.
 */
export function gridLayout(count: number, space: GridSpace): GridLayout {
  const { width, height, gap } = space;
  let best: GridLayout | null = null;
  for (let columns = 1; columns <= Math.max(1, count); columns += 1) {
    const layout = layoutWith(columns, count, space);
    if (layout !== null && (best === null || area(layout) > area(best) + 1)) {
      best = layout;
    }
  }
  if (best !== null) {
    return best;
  }
  const columns = Math.max(1, Math.floor((width + gap) / (SMALLEST_TILE_WIDTH + gap)));
  const tileWidth = Math.max(0, Math.floor((width - gap * (columns - 1)) / columns));
  const tileHeight = Math.min(Math.max(0, height), Math.floor((tileWidth * 3) / 4));
  return { columns, rows: Math.ceil(count / columns), tileWidth, tileHeight, scrolls: true };
}

function layoutWith(columns: number, count: number, { width, height, gap }: GridSpace): GridLayout | null {
  const rows = Math.max(1, Math.ceil(count / columns));
  const cellWidth = (width - gap * (columns - 1)) / columns;
  const cellHeight = (height - gap * (rows - 1)) / rows;
  const tileWidth = Math.floor(Math.min(cellWidth, cellHeight * WIDEST_RATIO));
  const narrowest = NARROWEST_RATIO[height > width ? 'upright' : 'wide'];
  const tileHeight = Math.floor(Math.min(cellHeight, cellWidth / narrowest));
  if (tileHeight <= 0 || (tileWidth < SMALLEST_TILE_WIDTH && count > 1)) {
    return null;
  }
  return { columns, rows, tileWidth, tileHeight, scrolls: false };
}

const area = ({ tileWidth, tileHeight }: GridLayout): number => tileWidth * tileHeight;
