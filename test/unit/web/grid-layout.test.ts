import { describe, expect, it } from 'vitest';

import { gridLayout } from '../../../runtime/web/join/room/grid-layout.ts';

const desktop = { width: 1250, height: 660, gap: 10 };
const phone = { width: 344, height: 630, gap: 10 };
const people = Array.from({ length: 25 }, (_, index) => index + 1);

describe('the tile grid', () => {
  it.each([
    ['a desktop', desktop],
    ['a phone held upright', phone],
    ['a phone held sideways', { width: 720, height: 300, gap: 10 }],
  ])('fits up to 25 people into %s without scrolling past its edges', (_, space) => {
    for (const count of people) {
      const { columns, rows, tileWidth, tileHeight, scrolls } = gridLayout(count, space);
      expect(columns * rows).toBeGreaterThanOrEqual(count);
      expect(columns * tileWidth + (columns - 1) * space.gap).toBeLessThanOrEqual(space.width);
      if (!scrolls) {
        expect(rows * tileHeight + (rows - 1) * space.gap).toBeLessThanOrEqual(space.height);
      }
    }
  });

  it('shows 25 people on a desktop at once', () => {
    expect(gridLayout(25, desktop)).toMatchObject({ scrolls: false });
  });

  it('fills most of a desktop for every number of people', () => {
    for (const count of people) {
      const { tileWidth, tileHeight } = gridLayout(count, desktop);
      const filled = (count * tileWidth * tileHeight) / (desktop.width * desktop.height);
      expect(filled, `${count} people`).toBeGreaterThan(0.6);
    }
  });

  it('puts two people beside each other on a desktop and above each other on a phone', () => {
    expect(gridLayout(2, desktop)).toMatchObject({ columns: 2, rows: 1 });
    expect(gridLayout(2, phone)).toMatchObject({ columns: 1, rows: 2 });
  });

  it('cuts nobody to an upright strip on a desktop', () => {
    for (const count of people) {
      const { tileWidth, tileHeight } = gridLayout(count, desktop);
      expect(tileWidth).toBeGreaterThanOrEqual(tileHeight - 1);
    }
  });

  it('scrolls rather than shrink tiles beyond recognition', () => {
    const layout = gridLayout(25, phone);
    expect(layout.scrolls).toBe(true);
    expect(layout.tileWidth).toBeGreaterThanOrEqual(128);
  });

  it('stays sane before the page has been measured', () => {
    const layout = gridLayout(3, { width: 0, height: 0, gap: 10 });
    expect(layout.columns).toBeGreaterThan(0);
    expect(layout.tileWidth).toBeGreaterThanOrEqual(0);
    expect(layout.tileHeight).toBeGreaterThanOrEqual(0);
  });
});
