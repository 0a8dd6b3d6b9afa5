import { readdir, readFile, utimes } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { createOutboundGuard } from '../../../runtime/config/index.ts';
import { RoomflowError } from '../../../runtime/contract/index.ts';
import { createImageResolver } from '../../../runtime/graph/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

const red = (width = 40, height = 20, format: 'png' | 'jpeg' | 'webp' = 'png'): Promise<Buffer> => {
  const context = createCanvas(width, height).getContext('2d');
  context.fillStyle = '#ff0000';
  context.fillRect(0, 0, width, height);
  return format === 'png' ? context.canvas.encode('png') : context.canvas.encode(format, 90);
};

const serveOnce = async (answer: RequestListener) => {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
};

const resolver = (
  directory: string,
  allowList = ['loopback'],
  limits = { bytes: 100_000, milliseconds: 2000 },
) => createImageResolver({ directory, guard: createOutboundGuard(allowList), limits });

const background = (imageUrl: string) => ({ background: { imageUrl } });
const dataUrl = (type: string, bytes: Buffer): string =>
  `data:image/${type};base64,${bytes.toString('base64')}`;

const pixelOf = async (fileUrl: string | undefined) => {
  const image = await loadImage(await readFile(fileURLToPath(fileUrl ?? 'file:///nothing')));
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const [red, green, blue] = context.getImageData(image.width >> 1, image.height >> 1, 1, 1).data;
  return { width: image.width, height: image.height, red, green, blue };
};

describe('createImageResolver', () => {
  it('turns http addresses into files beside all else that the look says', async () => {
    await using folder = await temporaryDirectory();
    const image = await red();
    await using server = await serveOnce((_request, response) => response.end(image));
    const resolve = await resolver(folder.path);
    const look = await resolve(
      {
        theme: 'LIGHT',
        background: { color: '#112233', imageUrl: `${server.url}/wall.png?key=1` },
        watermarks: [
          { type: 'image', imageUrl: `${server.url}/logo.png`, widthPercent: 20 },
          { type: 'text', text: 'Live' },
        ],
      },
      [],
    );
    expect(look).toMatchObject({
      theme: 'LIGHT',
      background: { color: '#112233' },
      watermarks: [
        { type: 'image', widthPercent: 20 },
        { type: 'text', text: 'Live' },
      ],
    });
    expect(look.background.imageUrl).toMatch(/^file:\/\//);
    // Equal content is kept once.
    expect(look.watermarks[0]?.imageUrl).toBe(look.background.imageUrl);
    expect(await readdir(folder.path)).toHaveLength(1);
    const pixel = await pixelOf(look.background.imageUrl);
    expect(pixel).toMatchObject({ width: 40, height: 20, red: 255, green: 0 });
  });

  it.each(['png', 'jpeg', 'webp'] as const)('takes a %s in a data: address', async (format) => {
    await using folder = await temporaryDirectory();
    const resolve = await resolver(folder.path);
    const look = await resolve(background(dataUrl(format, await red(60, 30, format))), []);
    const pixel = await pixelOf(look.background.imageUrl);
    expect(pixel).toMatchObject({ width: 60, height: 30 });
    expect(pixel.red).toBeGreaterThan(240);
  });

  it('draws an SVG large enough for the picture', async () => {
    await using folder = await temporaryDirectory();
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="8"><rect width="16" height="8" fill="#f00"/></svg>';
    const resolve = await resolver(folder.path);
    const look = await resolve(background(dataUrl('svg+xml', Buffer.from(svg))), []);
    expect(await pixelOf(look.background.imageUrl)).toMatchObject({ width: 1280, height: 640, red: 255 });
  });

  it('keeps nothing larger than any picture is', async () => {
    await using folder = await temporaryDirectory();
    const resolve = await resolver(folder.path);
    const look = await resolve(background(dataUrl('png', await red(4000, 1000))), []);
    expect(await pixelOf(look.background.imageUrl)).toMatchObject({ width: 1920, height: 480 });
  });

  it('removes what nobody uses any more, and keeps what runs or was fetched just now', async () => {
    await using folder = await temporaryDirectory();
    const resolve = await resolver(folder.path);
    const fetched = async (side: number) => resolve(background(dataUrl('png', await red(side, side))), []);
    const [running, over, recent] = [await fetched(1), await fetched(2), await fetched(3)];
    const fileOf = (look: typeof running): string => fileURLToPath(look.background.imageUrl);
    const anHourAgo = new Date(Date.now() - 3_600_000);
    await utimes(fileOf(running), anHourAgo, anHourAgo);
    await utimes(fileOf(over), anHourAgo, anHourAgo);
    await resolve({}, [running]);
    expect((await readdir(folder.path)).sort()).toEqual(
      [running, recent].map((look) => basename(fileOf(look))).sort(),
    );
  });

  it('keeps what is old and fetched again', async () => {
    await using folder = await temporaryDirectory();
    const resolve = await resolver(folder.path);
    const look = background(dataUrl('png', await red()));
    const { background: kept } = await resolve(look, []);
    const anHourAgo = new Date(Date.now() - 3_600_000);
    await utimes(fileURLToPath(kept.imageUrl), anHourAgo, anHourAgo);
    await resolve(look, [{ background: kept }]);
    await resolve({}, []);
    expect(await readdir(folder.path)).toHaveLength(1);
  });

  it('leaves looks without images alone, and what is in its folder when it begins: a session may go on with it', async () => {
    await using folder = await temporaryDirectory();
    const first = await resolver(folder.path);
    await first(background(dataUrl('png', await red())), []);
    const second = await resolver(folder.path);
    expect(await readdir(folder.path)).toHaveLength(1);
    expect(await second({ layout: { type: 'GRID' } }, [])).toEqual({ layout: { type: 'GRID' } });
  });
});

describe('an image that cannot be used', () => {
  const refusalOf = async (imageUrl: string, allowList?: string[]): Promise<RoomflowError> => {
    await using folder = await temporaryDirectory();
    const resolve = await resolver(folder.path, allowList);
    try {
      await resolve(background(imageUrl), []);
    } catch (error) {
      if (error instanceof RoomflowError) return error;
      throw error;
    }
    throw new Error('expected a refusal');
  };

  it('is named without its query when its server refuses it', async () => {
    await using server = await serveOnce((_request, response) => response.writeHead(404).end());
    const refusal = await refusalOf(`${server.url}/logo.png?signature=topsecret`);
    expect(refusal.code).toBe('image-unusable');
    expect(refusal.message).toContain(`${server.url}/logo.png`);
    expect(refusal.message).toContain('404');
    expect(refusal.message).not.toContain('topsecret');
  });

  it('may be one that claims to be small and is not', async () => {
    await using server = await serveOnce((_request, response) => {
      response.write(Buffer.alloc(90_000));
      response.end(Buffer.alloc(90_000));
    });
    expect((await refusalOf(server.url)).message).toContain('larger than 100000 bytes');
  });

  it('may be one that never arrives', async () => {
    await using server = await serveOnce(() => undefined);
    expect((await refusalOf(server.url)).message).toContain('within 2 s');
  });

  it('may be something else', async () => {
    expect((await refusalOf(dataUrl('png', Buffer.from('hello')))).message).toContain('no PNG');
    await using server = await serveOnce((_request, response) => response.end('<html>'));
    expect((await refusalOf(server.url)).message).toContain('no PNG');
  });

  it('may be damaged', async () => {
    const image = await red();
    expect((await refusalOf(dataUrl('png', image.subarray(0, 40)))).code).toBe('image-unusable');
  });

  it('may claim more pixels than anybody has, in each format', async () => {
    const png = await red();
    png.writeUInt32BE(60_000, 16);
    expect((await refusalOf(dataUrl('png', png))).message).toContain('60000×20');
    expect((await refusalOf(dataUrl('jpeg', await red(5000, 10, 'jpeg')))).message).toContain('5000×10');
    expect((await refusalOf(dataUrl('webp', await red(5000, 10, 'webp')))).message).toContain('5000×10');
  });

  it('may be a drawing that reads other files', async () => {
    for (const inside of [
      '<image href="file:///etc/hostname" width="5" height="5"/>',
      '<use xlink:href="http://127.0.0.1/a.svg#b"/>',
      '<rect style="fill:url(http://127.0.0.1/)" width="5" height="5"/>',
    ]) {
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">${inside}</svg>`;
      expect((await refusalOf(dataUrl('svg+xml', Buffer.from(svg)))).message).toContain('other files');
    }
  });

  it('may be a drawing that takes for ever to draw, and nothing else waits for it', async () => {
    let turns = 0;
    const turning = setInterval(() => turns++, 50);
    const levels = Array.from({ length: 9 }, (_, level) => {
      const uses = `<use href="#l${level}"/>`.repeat(10);
      return `<g id="l${level + 1}">${uses}</g>`;
    });
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><defs><rect id="l0" width="9" height="9"/>${levels.join('')}</defs><use href="#l9"/></svg>`;
    const refusal = await refusalOf(dataUrl('svg+xml', Buffer.from(svg)));
    clearInterval(turning);
    expect(refusal.code).toBe('image-unusable');
    expect(refusal.message).toContain('too much time or memory');
    expect(turns).toBeGreaterThan(10);
  });

  it('may hide behind many comments', async () => {
    const bytes = Buffer.from(`${'<!---->'.repeat(140)}<html>`);
    expect((await refusalOf(dataUrl('svg+xml', bytes))).message).toContain('no PNG');
  });

  it('may lie, or redirect to, where the allow-list forbids', async () => {
    await using server = await serveOnce((_request, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end(),
    );
    expect((await refusalOf(server.url, ['public'])).code).toBe('address-not-allowed');
    expect((await refusalOf(server.url)).code).toBe('address-not-allowed');
    expect((await refusalOf('http://localhost:1/', ['public'])).code).toBe('address-not-allowed');
  });

  it('may redirect for ever', async () => {
    await using server = await serveOnce((request, response) =>
      response.writeHead(302, { location: `${request.url ?? ''}x` }).end(),
    );
    expect((await refusalOf(server.url)).message).toContain('redirects more than');
  });
});
