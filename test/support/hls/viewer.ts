import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { clockPicture, type ClockPicture } from '../guests/clock-camera-page.ts';

/** What a viewer's page has seen so far. */
export type ViewerReport = {
  /** Time of the video element, in seconds. */
  currentTime: number;
  width: number;
  height: number;
  /** From a picture made by the clock camera to its display, in milliseconds; one entry a picture that could be read. */
  latenciesMs: number[];
  picturesShown: number;
  stalls: number;
  /** Errors of hls.js, fatal ones in front marked so. */
  errors: string[];
  /** Parts and segments loaded. */
  partsLoaded: number;
  segmentsLoaded: number;
  levels: number;
};

export type Viewer = AsyncDisposable & {
  page: Page;
  report(): Promise<ViewerReport>;
  /** Resolves when the picture moves. */
  playing(): Promise<void>;
};

const hlsScript = createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js');

/** A page of another origin with hls.js and nothing else on it. */
export async function serveViewerPage(): Promise<AsyncDisposable & { url: string }> {
  const script = await readFile(hlsScript);
  const server = createServer((request, response) => {
    if (request.url === '/hls.js') {
      response.setHeader('content-type', 'text/javascript');
      response.end(script);
    } else {
      response.setHeader('content-type', 'text/html');
      response.end(
        '<!doctype html><link rel="icon" href="data:,"><title>Viewer</title><script src="/hls.js"></script><video id="v" muted playsinline autoplay></video>',
      );
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error(`expected a TCP address, got ${JSON.stringify(address)}`);
  }
  return {
    url: `http://127.0.0.1:${address.port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Opens the viewer's page and plays a stream with hls.js in low-latency mode. */
export async function openViewer(browser: Browser, pageUrl: string, playlistUrl: string): Promise<Viewer> {
  const context = await browser.newContext({ viewport: { width: 700, height: 420 } });
  const page = await context.newPage();
  await page.goto(pageUrl);
  await page.evaluate(play, { playlistUrl, picture: clockPicture });
  const report = (): Promise<ViewerReport> =>
    page.evaluate(() => (Reflect.get(window, 'viewerReport') as () => ViewerReport)());
  return {
    page,
    report,
    playing: async () => {
      const giveUpAtMs = Date.now() + 20_000;
      for (;;) {
        const seen = await report();
        if (seen.picturesShown > 3 && seen.currentTime > 0) {
          return;
        }
        if (Date.now() > giveUpAtMs) {
          throw new Error(`The viewer does not play: ${JSON.stringify(seen)}`);
        }
        await page.waitForTimeout(100);
      }
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** What of hls.js the page uses; it is loaded there by a script tag. */
type HlsInPage = {
  new (config: Record<string, unknown>): {
    loadSource(url: string): void;
    attachMedia(video: HTMLVideoElement): void;
    on(event: string, listener: (name: string, data: Record<string, unknown>) => void): void;
    levels: unknown[];
  };
};

/** Self-contained: it is sent to the browser as text. */
function play({ playlistUrl, picture }: { playlistUrl: string; picture: ClockPicture }): void {
  const Hls = Reflect.get(window, 'Hls') as HlsInPage;
  const video = document.querySelector('video')!;
  const { columns, rows } = picture;
  const canvas = new OffscreenCanvas(columns * 8, rows * 8);
  const drawing = canvas.getContext('2d', { alpha: false, willReadFrequently: true })!;
  const counts = { picturesShown: 0, stalls: 0, partsLoaded: 0, segmentsLoaded: 0 };
  const latenciesMs: number[] = [];
  const errors: string[] = [];

  // As the watch page plays: a little faster when behind the distance that the server asks for.
  const hls = new Hls({
    lowLatencyMode: true,
    enableWorker: false,
    maxLiveSyncPlaybackRate: 1.1,
    backBufferLength: 10,
  });
  hls.on('hlsError', (_name, data) => {
    errors.push(`${data['fatal'] === true ? 'fatal ' : ''}${JSON.stringify(data['details'])}`);
  });
  hls.on('hlsFragLoaded', (_name, data) => {
    counts[data['part'] ? 'partsLoaded' : 'segmentsLoaded'] += 1;
  });
  video.addEventListener('waiting', () => {
    counts.stalls += 1;
  });

  const readClock = (): number | null => {
    drawing.drawImage(video, 0, 0, columns * 8, rows * 8);
    const { data } = drawing.getImageData(0, 0, columns * 8, rows * 8);
    let value = 0;
    let check = 0;
    for (let bit = 0; bit < columns * rows; bit++) {
      const x = (bit % columns) * 8 + 4;
      const y = Math.floor(bit / columns) * 8 + 4;
      const isSet = data[(y * columns * 8 + x) * 4 + 1]! > 127;
      if (isSet && bit < 24) {
        value |= 1 << bit;
      } else if (isSet) {
        check |= 1 << (bit - 24);
      }
    }
    return ((value ^ (value >> 8) ^ (value >> 16) ^ 0x5a) & 0xff) === check ? value : null;
  };
  const look = (): void => {
    counts.picturesShown += 1;
    const madeAt = readClock();
    if (madeAt !== null) {
      latenciesMs.push((Math.round(Date.now()) % 2 ** 24) - madeAt);
    }
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
  Reflect.set(window, 'viewerReport', () => ({
    ...counts,
    currentTime: video.currentTime,
    width: video.videoWidth,
    height: video.videoHeight,
    latenciesMs,
    errors,
    levels: hls.levels.length,
  }));
  hls.loadSource(playlistUrl);
  hls.attachMedia(video);
}
