import { writeFile } from 'node:fs/promises';
import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import type { Cell } from '../../../../runtime/media/compose/cell.ts';
import { createPainter } from '../../../../runtime/media/compose/painter/index.ts';
import { initialsOf, fitText } from '../../../../runtime/media/compose/painter/text.ts';
import { fontOf } from '../../../../runtime/media/compose/painter/fonts.ts';
import { copyPicture, createPicture } from '../../../../runtime/media/compose/picture.ts';
import type { Look, LookWatermark, Scene } from '../../../../runtime/media/index.ts';
import { temporaryDirectory } from '../../../support/temporary/index.ts';
import { canvases, crowd, look, person, scene, sharing } from './scenes.ts';

const SIZE = canvases.med;
type Picture = ReturnType<typeof createPicture>;
type Rgb = { red: number; green: number; blue: number };

/** A pixel as a player shows it: BT.601, limited range. */
const pixelAt = ({ y, u, v, yStride, uStride, vStride }: Picture, x: number, top: number): Rgb => {
  const [column, line] = [Math.round(x), Math.round(top)];
  const luma = 1.164 * ((y[line * yStride + column] ?? 0) - 16);
  const [half, halfLine] = [column >> 1, line >> 1];
  const cb = (u[halfLine * uStride + half] ?? 0) - 128;
  const cr = (v[halfLine * vStride + half] ?? 0) - 128;
  return { red: luma + 1.596 * cr, green: luma - 0.392 * cb - 0.813 * cr, blue: luma + 2.017 * cb };
};

const isNear = (pixel: Rgb, hex: string, by = 6): boolean => {
  const value = Number.parseInt(hex.slice(1), 16);
  return (
    Math.abs(pixel.red - (value >> 16)) <= by &&
    Math.abs(pixel.green - ((value >> 8) & 255)) <= by &&
    Math.abs(pixel.blue - (value & 255)) <= by
  );
};

/** Share of a rectangle's pixels that differ between two pictures. */
const changedShare = (
  one: Picture,
  other: Picture,
  area: { x: number; y: number; width: number; height: number },
) => {
  let changed = 0;
  for (let line = area.y; line < area.y + area.height; line++) {
    for (let column = area.x; column < area.x + area.width; column++) {
      const at = line * one.yStride + column;
      if (Math.abs((one.y[at] ?? 0) - (other.y[at] ?? 0)) > 3) changed++;
    }
  }
  return changed / (area.width * area.height);
};

/** What a painter makes of a scene: the picture below what stands over people, and the whole. */
const paint = async (now: Scene, wanted: Look, wallMs = 0) => {
  const painter = createPainter(SIZE);
  await painter.prepare(wanted);
  const cells = painter.arrange(now, wanted);
  const ground = createPicture(SIZE.width, SIZE.height);
  painter.paintGround(ground);
  const whole = createPicture(SIZE.width, SIZE.height);
  copyPicture(ground, whole);
  painter.paintOver(whole, wallMs);
  return { painter, cells, ground, whole };
};

const middleOf = ({ x, y, width, height }: Cell): [number, number] => [x + width / 2, y + height / 2];
const cellOf = (cells: readonly Cell[], index = 0): Cell => {
  const cell = cells[index];
  if (cell === undefined) throw new Error(`there is no cell ${index}`);
  return cell;
};

const grounds = { DARK: '#0e1513', LIGHT: '#f3f1ea', DEFAULT: '#123029' } as const;

describe('the ground of a picture', () => {
  it.each(['DARK', 'LIGHT', 'DEFAULT'] as const)('has the colours of theme %s', async (theme) => {
    const { ground } = await paint(scene(crowd(2)), look({}, { theme }));
    expect(isNear(pixelAt(ground, 640, 20), grounds[theme])).toBe(true);
  });

  it('takes a colour of the caller’s own', async () => {
    const { ground } = await paint(scene(crowd(2)), look({}, { backgroundColor: '#aa3377' }));
    expect(isNear(pixelAt(ground, 640, 20), '#aa3377')).toBe(true);
  });

  it('fills the canvas with an image, cropped in the middle', async () => {
    await using folder = await temporaryDirectory();
    // Upright: red, then a wide green band, then red. On a wide canvas only green is left.
    const context = createCanvas(300, 600).getContext('2d');
    context.fillStyle = '#ff0000';
    context.fillRect(0, 0, 300, 600);
    context.fillStyle = '#00c000';
    context.fillRect(0, 210, 300, 180);
    const backgroundFile = folder.entry('wall.png');
    await writeFile(backgroundFile, await context.canvas.encode('png'));
    const { ground } = await paint(scene([]), look({}, { backgroundFile }));
    for (const [x, y] of [
      [10, 10],
      [1270, 10],
      [10, 710],
      [1270, 710],
    ] as const) {
      expect(isNear(pixelAt(ground, x, y), '#00c000', 10)).toBe(true);
    }
  });

  it('goes without an image that cannot be read, and says so', async () => {
    const painter = createPainter(SIZE);
    const wanted = look({}, { backgroundFile: '/nowhere/wall.png' });
    expect(await painter.prepare(wanted)).toMatchObject([
      { message: 'The picture goes without the image /nowhere/wall.png' },
    ]);
    painter.arrange(scene([]), wanted);
    const ground = createPicture(SIZE.width, SIZE.height);
    painter.paintGround(ground);
    expect(isNear(pixelAt(ground, 10, 10), grounds.DARK)).toBe(true);
  });

  it('says quietly that nobody is there', async () => {
    const { ground, cells } = await paint(scene([]), look());
    expect(cells).toEqual([]);
    const bare = createPicture(SIZE.width, SIZE.height);
    bare.y.fill(ground.y[0] ?? 0);
    const notice = changedShare(ground, bare, { x: 440, y: 330, width: 400, height: 60 });
    expect(notice).toBeGreaterThan(0.02);
    expect(changedShare(ground, bare, { x: 0, y: 0, width: 1280, height: 320 })).toBe(0);
  });
});

describe('a tile', () => {
  it('shows a disc with initials for who has no camera', async () => {
    const { ground, cells } = await paint(scene([person('ada', { camera: null }), person('bob')]), look());
    const cell = cellOf(cells);
    const [x, y] = middleOf(cell);
    // Beside the letters the disc's own colour, outside of it the tile's.
    const disc = pixelAt(ground, x, y - cell.height * 0.19);
    const tile = pixelAt(ground, cell.x + 20, y);
    expect(isNear(tile, '#1c2724')).toBe(true);
    expect(
      Math.abs(disc.red - tile.red) + Math.abs(disc.green - tile.green) + Math.abs(disc.blue - tile.blue),
    ).toBeGreaterThan(40);
  });

  it('gives a person the same colour in every composition', async () => {
    const colourOf = async (people: Scene['people']): Promise<Rgb> => {
      const { ground, cells } = await paint(scene(people), look());
      const cell = cellOf(cells);
      return pixelAt(
        ground,
        cell.x + cell.width / 2,
        cell.y + cell.height / 2 - Math.min(cell.width, cell.height) * 0.19,
      );
    };
    expect(await colourOf([person('ada'), person('bob')])).toEqual(
      await colourOf(crowd(0).concat(person('ada'), ...crowd(3))),
    );
  });

  it('has rounded corners through which the background shows, unless it fills the canvas', async () => {
    const { whole, cells } = await paint(scene(crowd(4)), look({}, { backgroundColor: '#ff0000' }));
    for (const { x, y, width, height } of cells) {
      expect(isNear(pixelAt(whole, x, y), '#ff0000', 12)).toBe(true);
      expect(isNear(pixelAt(whole, x + width - 1, y + height - 1), '#ff0000', 12)).toBe(true);
      expect(isNear(pixelAt(whole, x + 20, y + 20), '#1c2724')).toBe(true);
    }
    const alone = await paint(scene(crowd(1)), look({}, { backgroundColor: '#ff0000' }));
    expect(isNear(pixelAt(alone.whole, 0, 0), '#1c2724')).toBe(true);
  });

  it('carries the name at its foot, and nothing with labels off', async () => {
    const named = await paint(scene(crowd(4)), look());
    const bare = await paint(scene(crowd(4)), look({}, { labels: false }));
    for (const { x, y, width, height } of named.cells) {
      const foot = { x: x + 10, y: y + height - 44, width: 60, height: 34 };
      const rest = { x, y, width, height: height - 60 };
      expect(changedShare(named.whole, bare.whole, foot)).toBeGreaterThan(0.3);
      expect(changedShare(named.whole, bare.whole, rest)).toBe(0);
    }
  });

  it('keeps a long name inside the tile', async () => {
    const name =
      'Maximiliane Wilhelmine Friederike von und zu Hohenlohe-Langenburg-Waldenburg-Schillingsfürst';
    const people = crowd(25).map((one) => ({ ...one, name }));
    const named = await paint(scene(people), look());
    const bare = await paint(scene(people), look({}, { labels: false }));
    for (const [index, { x, y, width, height }] of named.cells.entries()) {
      const gap = { x: x + width, y, width: index % 5 === 4 ? 2 : 8, height };
      expect(changedShare(named.whole, bare.whole, gap)).toBe(0);
    }
  });

  it('marks a muted microphone and says whose the screen is', async () => {
    const marked = await paint(scene([person('ada', { microphoneMuted: true }), sharing('bob')]), look());
    const plain = await paint(scene([person('ada'), sharing('bob')]), look());
    const ada = marked.cells.find(({ participantId, kind }) => participantId === 'ada' && kind === 'camera');
    expect(ada).toBeDefined();
    if (ada === undefined) return;
    const foot = { x: ada.x, y: ada.y + ada.height - 40, width: 100, height: 40 };
    expect(changedShare(marked.whole, plain.whole, foot)).toBeGreaterThan(0.01);
  });

  it('draws a line around whoever speaks, and around nobody who is alone', async () => {
    const speaks = await paint(scene(crowd(4), { activeSpeakerId: 'p2' }), look());
    for (const cell of speaks.cells) {
      const edge = pixelAt(speaks.whole, cell.x + cell.width / 2, cell.y + 1);
      expect(isNear(edge, '#f6b93b', 12)).toBe(cell.participantId === 'p2');
    }
    const alone = await paint(scene(crowd(1), { activeSpeakerId: 'p0' }), look());
    expect(isNear(pixelAt(alone.whole, 640, 1), '#1c2724')).toBe(true);
  });

  it('can be cleared for a picture that does not fill it', async () => {
    const { painter, cells, ground } = await paint(scene(crowd(4)), look());
    const cell = cellOf(cells, 3);
    painter.clearCell(ground, cell);
    const [x, y] = middleOf(cell);
    expect(isNear(pixelAt(ground, x, y), '#1c2724')).toBe(true);
    painter.paintPlaceholder(ground, cell);
    expect(isNear(pixelAt(ground, x, y), '#1c2724')).toBe(false);
  });
});

describe('a watermark', () => {
  const clock: LookWatermark = { type: 'clock', position: 'bottom-right', opacity: 1, widthPercent: 15 };
  const spots: Record<LookWatermark['position'], [number, number]> = {
    'top-left': [60, 50],
    'top-right': [1220, 50],
    'bottom-left': [60, 670],
    'bottom-right': [1220, 670],
    center: [640, 360],
  };
  const white = async (path: string): Promise<string> => {
    const context = createCanvas(200, 100).getContext('2d');
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, 200, 100);
    await writeFile(path, await context.canvas.encode('png'));
    return path;
  };

  it.each(Object.keys(spots) as LookWatermark['position'][])(
    'stands %s, as wide as it is told',
    async (position) => {
      await using folder = await temporaryDirectory();
      const imageFile = await white(folder.entry('logo.png'));
      const watermarks: LookWatermark[] = [
        { type: 'image', imageFile, position, opacity: 1, widthPercent: 10 },
      ];
      const { whole } = await paint(scene([]), look({}, { watermarks }));
      for (const [spot, [x, y]] of Object.entries(spots)) {
        if (spot !== 'center') expect(isNear(pixelAt(whole, x, y), '#ffffff')).toBe(spot === position);
      }
      const whitePixels = whole.y.reduce((sum, luma) => sum + (luma > 230 ? 1 : 0), 0);
      if (position !== 'center') expect(whitePixels).toBeCloseTo(128 * 64, -2);
    },
  );

  it('lets what is below it through by its opacity', async () => {
    await using folder = await temporaryDirectory();
    const imageFile = await white(folder.entry('logo.png'));
    const watermarks: LookWatermark[] = [
      { type: 'image', imageFile, position: 'top-left', opacity: 0.5, widthPercent: 10 },
    ];
    const { whole } = await paint(scene([]), look({}, { watermarks, backgroundColor: '#000000' }));
    expect(isNear(pixelAt(whole, 60, 50), '#808080')).toBe(true);
  });

  it('never stands out of the picture, however large', async () => {
    await using folder = await temporaryDirectory();
    const context = createCanvas(10, 900).getContext('2d');
    context.fillRect(0, 0, 10, 900);
    const imageFile = folder.entry('tall.png');
    await writeFile(imageFile, await context.canvas.encode('png'));
    const watermarks: LookWatermark[] = [
      { type: 'image', imageFile, position: 'bottom-right', opacity: 1, widthPercent: 100 },
      { type: 'text', text: 'very long '.repeat(20), position: 'center', opacity: 1, widthPercent: 15 },
    ];
    const { whole } = await paint(scene(crowd(3)), look({}, { watermarks }));
    expect(whole.y).toHaveLength(1280 * 720);
  });

  it('tells the time, and draws it anew each second', async () => {
    const at = Date.UTC(2026, 2, 1, 12, 0, 0);
    const area = { x: 900, y: 640, width: 360, height: 60 };
    const one = await paint(scene([]), look({}, { watermarks: [clock] }), at);
    const same = await paint(scene([]), look({}, { watermarks: [clock] }), at + 900);
    const later = await paint(scene([]), look({}, { watermarks: [clock] }), at + 1000);
    const tokyo = await paint(
      scene([]),
      look({}, { watermarks: [{ ...clock, timeZone: 'Asia/Tokyo' }] }),
      at,
    );
    expect(changedShare(one.whole, same.whole, area)).toBe(0);
    expect(changedShare(one.whole, later.whole, area)).toBeGreaterThan(0.001);
    expect(changedShare(one.whole, tokyo.whole, area)).toBeGreaterThan(0.005);
  });
});

describe('text', () => {
  it.each([
    ['Ada Lovelace', 'AL'],
    ['Anna Maria Müller', 'AM'],
    ['zoë', 'Z'],
    ['Дмитрий Соколов', 'ДС'],
    ['李小龙', '李'],
    ['🙂 smile', '🙂S'],
    ['(host) Bob', 'HB'],
    ['  \t ', ''],
    ['...', ''],
  ])('makes initials of %j', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });

  it('shortens by whole characters and says so', () => {
    const font = fontOf(20, 500);
    expect(fitText('Ada', font, 500).text).toBe('Ada');
    const { text, widthPx } = fitText('👩‍👩‍👧‍👦'.repeat(40), font, 200);
    expect(text).toMatch(/^(👩‍👩‍👧‍👦)+…$/u);
    expect(widthPx).toBeLessThanOrEqual(200);
  });
});
