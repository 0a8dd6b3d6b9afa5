import { describe, expect, it } from 'vitest';
import type { PlacedNode } from '../../../../runtime/diagram/index.ts';
import { neighbourOf } from '../../../../runtime/web/console/picture/neighbour.ts';
import { fitted, revealed, scaleLimits, zoomed } from '../../../../runtime/web/console/picture/viewport.ts';

const window = { width: 800, height: 600 };

describe('moving about in a picture', () => {
  it('shows a large picture whole and in the middle', () => {
    const { x, y, scale } = fitted({ width: 4000, height: 1000 }, window);
    expect(4000 * scale).toBeLessThanOrEqual(window.width);
    expect(x + (4000 * scale) / 2).toBeCloseTo(window.width / 2);
    expect(y + (1000 * scale) / 2).toBeCloseTo(window.height / 2);
  });

  it('does not blow a small picture up', () => {
    expect(fitted({ width: 100, height: 50 }, window).scale).toBe(1);
  });

  it('keeps what is under the pointer there when it zooms', () => {
    const before = { x: -120, y: 40, scale: 0.5 };
    const at = { x: 300, y: 200 };
    const after = zoomed(before, 1.7, at);
    expect((at.x - after.x) / after.scale).toBeCloseTo((at.x - before.x) / before.scale);
    expect((at.y - after.y) / after.scale).toBeCloseTo((at.y - before.y) / before.scale);
  });

  it('zooms no further than the limits', () => {
    const middle = { x: 400, y: 300 };
    expect(zoomed({ x: 0, y: 0, scale: 1 }, 1000, middle).scale).toBe(scaleLimits.most);
    expect(zoomed({ x: 0, y: 0, scale: 1 }, 0.0001, middle).scale).toBe(scaleLimits.least);
  });

  it('moves just so far that a node is in sight, and not at all when it is', () => {
    const viewport = { x: 0, y: 0, scale: 1 };
    expect(revealed(viewport, { x: 100, y: 100, width: 200, height: 50 }, window)).toEqual(viewport);
    const after = revealed(viewport, { x: 900, y: -80, width: 200, height: 50 }, window);
    expect(900 + after.x + 200).toBeLessThanOrEqual(window.width);
    expect(-80 + after.y).toBeGreaterThanOrEqual(0);
  });
});

describe('arrow keys', () => {
  const node = (id: string, x: number, y: number): PlacedNode => ({
    ...{ id, kind: 'step', label: id, detail: '', state: '' },
    ...{ x, y, width: 100, height: 40 },
  });
  const nodes = [node('ada', 0, 0), node('ben', 0, 60), node('camera', 200, 0), node('record', 400, 62)];

  it.each([
    ['ada', 'down', 'ben'],
    ['ada', 'right', 'camera'],
    ['ben', 'right', 'camera'],
    ['camera', 'left', 'ada'],
    ['camera', 'right', 'record'],
    ['record', 'left', 'camera'],
  ] as const)('lead from %s %s to %s', (from, direction, to) => {
    expect(neighbourOf(nodes, from, direction)?.id).toBe(to);
  });

  it('lead nowhere at the border, and to the first node when theirs is gone', () => {
    expect(neighbourOf(nodes, 'ada', 'left')).toBeNull();
    expect(neighbourOf(nodes, 'gone', 'left')?.id).toBe('ada');
  });
});
