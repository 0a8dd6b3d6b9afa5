import { describe, expect, it } from 'vitest';
import type { Cell } from '../../../../runtime/media/compose/cell.ts';
import { layOut } from '../../../../runtime/media/compose/layout.ts';
import type { Look, Scene } from '../../../../runtime/media/index.ts';
import { canvases, crowd, look, person, scene, sharing } from './scenes.ts';

const { med } = canvases;
const ids = (cells: readonly Cell[]): string[] => cells.map(({ participantId }) => participantId);
const places = (cells: readonly Cell[]) => cells.map(({ x, y, width, height }) => ({ x, y, width, height }));
const area = (cells: readonly Cell[]): number =>
  cells.reduce((sum, { width, height }) => sum + width * height, 0);

const overlap = (a: Cell, b: Cell): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const expectSound = (cells: readonly Cell[], canvas: { width: number; height: number }): void => {
  for (const [index, cell] of cells.entries()) {
    expect([cell.x, cell.y, cell.width, cell.height].every((value) => value % 2 === 0 && value >= 0)).toBe(
      true,
    );
    expect(cell.width).toBeGreaterThan(0);
    expect(cell.height).toBeGreaterThan(0);
    expect(cell.x + cell.width).toBeLessThanOrEqual(canvas.width);
    expect(cell.y + cell.height).toBeLessThanOrEqual(canvas.height);
    for (const other of cells.slice(index + 1)) expect(overlap(cell, other)).toBe(false);
  }
  expect(new Set(cells.map(({ participantId, kind }) => `${participantId}/${kind}`)).size).toBe(cells.length);
  expect(cells.filter(({ main }) => main).length).toBeLessThanOrEqual(1);
};

describe.each(Object.entries(canvases))('on a canvas of quality %s', (_name, canvas) => {
  const scenes: { what: string; scene: Scene }[] = [];
  for (let count = 0; count <= 30; count++) {
    const people = crowd(count);
    scenes.push({ what: `${count} people`, scene: scene(people) });
    scenes.push({
      what: `${count} people, the last speaks and two are pinned`,
      scene: scene(people, {
        activeSpeakerId: `p${count - 1}`,
        pinnedIds: [`p${count - 2}`, 'p0', 'somebody who left'],
      }),
    });
    scenes.push({
      what: `${count} people and two who share`,
      scene: scene([...people, sharing('a'), sharing('b')], { activeSpeakerId: 'p3', pinnedIds: ['b'] }),
    });
  }

  it.each(scenes)('$what: all cells are even, inside and apart, in every layout', ({ scene: now }) => {
    for (const type of ['GRID', 'SIDEBAR', 'SPOTLIGHT'] as const) {
      for (const priority of ['SPEAKER', 'PIN'] as const) {
        for (const gridSize of [1, 2, 4, 7, 25]) {
          const wanted = look({ type, priority, gridSize });
          const cells = layOut(now, wanted, canvas);
          expectSound(cells, canvas);
          expect(cells.length > 0).toBe(now.people.length > 0);
          expect(cells.filter(({ kind }) => kind === 'camera').length).toBeLessThanOrEqual(gridSize);
          // Nothing has changed: nobody moves.
          const again = layOut(now, wanted, canvas, cells);
          expect(again.length).toBe(cells.length);
          expect(new Set(ids(again))).toEqual(new Set(ids(cells)));
          expect(layOut(now, wanted, canvas, again)).toEqual(again);
        }
      }
    }
  });

  it('uses the room: tiles of a grid cover most of what tiles of their shape can', () => {
    for (let count = 2; count <= 25; count++) {
      const cells = layOut(scene(crowd(count)), look(), canvas);
      expect(cells).toHaveLength(count);
      expect(area(cells) / (canvas.width * canvas.height)).toBeGreaterThan(0.55);
      expect(new Set(cells.map(({ width, height }) => `${width}×${height}`)).size).toBe(1);
    }
  });
});

describe('GRID', () => {
  it('gives one person the whole canvas', () => {
    expect(places(layOut(scene(crowd(1)), look(), med))).toEqual([{ x: 0, y: 0, width: 1280, height: 720 }]);
  });

  it('keeps 16:9 tiles where they fit and crops cameras to 4:3 at most', () => {
    for (let count = 2; count <= 25; count++) {
      for (const { width, height } of layOut(scene(crowd(count)), look(), med)) {
        expect(width / height).toBeLessThan(16 / 9 + 0.03);
        expect(width / height).toBeGreaterThan(4 / 3 - 0.03);
      }
    }
    const [four] = layOut(scene(crowd(4)), look(), med);
    expect((four?.width ?? 0) / (four?.height ?? 1)).toBeCloseTo(16 / 9, 1);
  });

  it('puts people in the order they came, row by row, and centres an incomplete row', () => {
    const cells = layOut(scene(crowd(5)), look(), med);
    expect(ids(cells)).toEqual(['p0', 'p1', 'p2', 'p3', 'p4']);
    const rows = Map.groupBy(cells, ({ y }) => y);
    expect([...rows.values()].map((row) => row.length)).toEqual([3, 2]);
    for (const row of rows.values()) {
      const [first, last] = [row[0], row.at(-1)];
      const before = first?.x ?? 0;
      const behind = med.width - ((last?.x ?? 0) + (last?.width ?? 0));
      expect(Math.abs(before - behind)).toBeLessThanOrEqual(2);
    }
  });

  it('stacks two people in portrait', () => {
    const [first, second] = layOut(scene(crowd(2)), look(), canvases['med portrait']);
    expect(first?.x).toBe(second?.x);
    expect(second?.y).toBeGreaterThan(first?.y ?? 0);
  });

  it('puts pinned people first, in the order they were pinned, with priority PIN only', () => {
    const now = scene(crowd(4), { pinnedIds: ['p3', 'p1'] });
    expect(ids(layOut(now, look({ priority: 'PIN' }), med))).toEqual(['p3', 'p1', 'p0', 'p2']);
    expect(ids(layOut(now, look({ priority: 'SPEAKER' }), med))).toEqual(['p0', 'p1', 'p2', 'p3']);
  });

  it('lets a speaker who is not shown take the last place, and moves nobody else', () => {
    const four = look({ gridSize: 4 });
    const quiet = layOut(scene(crowd(8)), four, med);
    expect(ids(quiet)).toEqual(['p0', 'p1', 'p2', 'p3']);
    const speaking = layOut(scene(crowd(8), { activeSpeakerId: 'p6' }), four, med, quiet);
    expect(ids(speaking)).toEqual(['p0', 'p1', 'p2', 'p6']);
    // Somebody who is shown already speaks: nobody moves. The next who is not takes the last place again.
    const next = layOut(scene(crowd(8), { activeSpeakerId: 'p1' }), four, med, speaking);
    expect(ids(next)).toEqual(['p0', 'p1', 'p2', 'p6']);
    expect(ids(layOut(scene(crowd(8), { activeSpeakerId: 'p7' }), four, med, next))).toEqual([
      'p0',
      'p1',
      'p2',
      'p7',
    ]);
  });

  it('never lets a speaker take the place of who is pinned', () => {
    const now = scene(crowd(6), { activeSpeakerId: 'p5', pinnedIds: ['p2', 'p3'] });
    expect(ids(layOut(now, look({ priority: 'PIN', gridSize: 3 }), med))).toEqual(['p2', 'p3', 'p5']);
    expect(ids(layOut(now, look({ priority: 'PIN', gridSize: 2 }), med))).toEqual(['p2', 'p3']);
  });

  it('shows people with a camera before those without when not all have room', () => {
    const people = [person('dark', { camera: null }), person('off', { cameraMuted: true }), ...crowd(2)];
    expect(ids(layOut(scene(people), look({ gridSize: 3 }), med))).toEqual(['p0', 'p1', 'dark']);
    expect(ids(layOut(scene(people), look(), med))).toEqual(['dark', 'off', 'p0', 'p1']);
  });

  it('gives a place, but no picture, to who has no camera or has it muted', () => {
    const people = [person('dark', { camera: null }), person('off', { cameraMuted: true })];
    const cells = layOut(scene(people), look(), med);
    expect(cells.map(({ source }) => source)).toEqual([null, null]);
  });

  it('puts a shared screen into the main place and everybody, in order, beside it', () => {
    const people = [person('a'), sharing('b'), person('c')];
    const cells = layOut(scene(people, { activeSpeakerId: 'c' }), look(), med);
    expect(cells.map(({ participantId, kind }) => `${participantId} ${kind}`)).toEqual([
      'b screen',
      'a camera',
      'b camera',
      'c camera',
    ]);
    const [screen, ...beside] = cells;
    expect(screen).toMatchObject({ source: 'b/screen_video', fit: 'contain', main: true });
    for (const cell of beside) {
      expect(cell).toMatchObject({ fit: 'cover', main: false });
      expect(cell.width).toBeLessThan((screen?.width ?? 0) / 2);
      expect(cell.x).toBeGreaterThan((screen?.x ?? 0) + (screen?.width ?? 0));
    }
  });

  it('keeps the screen that is shown when a second one comes, unless the other is pinned', () => {
    const one = layOut(scene([person('a'), sharing('b')]), look(), med);
    const both = scene([sharing('a'), sharing('b')]);
    expect(ids(layOut(both, look(), med, one)).slice(0, 2)).toEqual(['b', 'a']);
    const pinned = { ...both, pinnedIds: ['a'] };
    expect(ids(layOut(pinned, look({ priority: 'PIN' }), med, one)).slice(0, 2)).toEqual(['a', 'b']);
  });
});

describe('SIDEBAR', () => {
  const sidebar = (differs: Partial<Look['layout']> = {}): Look => look({ type: 'SIDEBAR', ...differs });

  it('makes the speaker large and lists the others beside', () => {
    const cells = layOut(scene(crowd(4), { activeSpeakerId: 'p2' }), sidebar(), med);
    expect(ids(cells)).toEqual(['p2', 'p1', 'p0', 'p3']);
    expect(cells.map(({ main }) => main)).toEqual([true, false, false, false]);
    expect(area(cells.slice(0, 1))).toBeGreaterThan(area(cells.slice(1)));
  });

  it('lets a new speaker and the old one change places, and keeps who spoke last while nobody does', () => {
    const first = layOut(scene(crowd(4), { activeSpeakerId: 'p0' }), sidebar(), med);
    const second = layOut(scene(crowd(4), { activeSpeakerId: 'p2' }), sidebar(), med, first);
    expect(ids(second)).toEqual(['p2', 'p1', 'p0', 'p3']);
    expect(ids(layOut(scene(crowd(4)), sidebar(), med, second))).toEqual(['p2', 'p1', 'p0', 'p3']);
  });

  it('shows only who is pinned with priority PIN, the first one large', () => {
    const now = scene(crowd(5), { activeSpeakerId: 'p1', pinnedIds: ['p4', 'p2'] });
    expect(ids(layOut(now, sidebar({ priority: 'PIN' }), med))).toEqual(['p4', 'p2']);
  });

  it('follows the speaker where PIN finds nobody pinned, or only somebody who has left', () => {
    for (const pinnedIds of [[], ['gone']]) {
      const now = scene(crowd(3), { activeSpeakerId: 'p1', pinnedIds });
      expect(ids(layOut(now, sidebar({ priority: 'PIN' }), med))).toEqual(['p1', 'p0', 'p2']);
      expect(ids(layOut({ ...now, activeSpeakerId: null }, sidebar({ priority: 'PIN' }), med))).toEqual([
        'p0',
        'p1',
        'p2',
      ]);
    }
  });

  it('gives a shared screen the main place', () => {
    const now = scene([...crowd(2), sharing('s')], { activeSpeakerId: 'p1', pinnedIds: ['p1'] });
    expect(layOut(now, sidebar(), med)[0]).toMatchObject({ participantId: 's', kind: 'screen', main: true });
    const pinned = layOut(now, sidebar({ priority: 'PIN' }), med);
    expect(pinned.map(({ participantId, kind }) => `${participantId} ${kind}`)).toEqual([
      's screen',
      'p1 camera',
    ]);
  });

  it('stands over a row in portrait', () => {
    const [main, ...others] = layOut(scene(crowd(3)), sidebar(), canvases['med portrait']);
    for (const other of others) expect(other.y).toBeGreaterThan((main?.y ?? 0) + (main?.height ?? 0));
  });
});

describe('SPOTLIGHT', () => {
  const spotlight = (priority: 'SPEAKER' | 'PIN'): Look => look({ type: 'SPOTLIGHT', priority });

  it('shows the speaker alone, over the whole canvas', () => {
    const cells = layOut(scene(crowd(3), { activeSpeakerId: 'p2' }), spotlight('SPEAKER'), med);
    expect(ids(cells)).toEqual(['p2']);
    expect(places(cells)).toEqual([{ x: 0, y: 0, width: 1280, height: 720 }]);
  });

  it('stays with who spoke last', () => {
    const before = layOut(scene(crowd(3), { activeSpeakerId: 'p2' }), spotlight('SPEAKER'), med);
    expect(ids(layOut(scene(crowd(3)), spotlight('SPEAKER'), med, before))).toEqual(['p2']);
  });

  it('shows who was pinned first, whoever speaks', () => {
    const now = scene(crowd(3), { activeSpeakerId: 'p2', pinnedIds: ['p1', 'p0'] });
    expect(ids(layOut(now, spotlight('PIN'), med))).toEqual(['p1']);
  });

  it('shows a shared screen and hides the people', () => {
    const cells = layOut(scene([...crowd(2), sharing('s')]), spotlight('SPEAKER'), med);
    expect(cells).toMatchObject([{ participantId: 's', kind: 'screen', fit: 'contain' }]);
  });
});
