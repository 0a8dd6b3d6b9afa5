import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { temporaryDirectory } from '../../../support/temporary/index.ts';

const sources = fileURLToPath(new URL('../../../../runtime/web/', import.meta.url));
const pages = ['join', 'watch'] as const;
const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.m4s': 'video/mp4',
  '.mp4': 'video/mp4',
};

/** The pages, built from source and served on 127.0.0.1. */
export type ServedPages = AsyncDisposable & {
  server: Server;
  origin: string;
  /** What stands in here is served under `/hls/`. */
  hlsFolder: string;
};

/** Builds the pages and serves them under `/join/…` and `/watch/…`, as the runtime does. */
export async function servePages(): Promise<ServedPages> {
  const folder = await temporaryDirectory('roomflow-pages-');
  await build({
    entryPoints: Object.fromEntries(pages.map((page) => [page, path.join(sources, page, 'main.tsx')])),
    outdir: folder.entry('assets'),
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'error',
  });
  const documents = new Map(
    await Promise.all(pages.map(async (page) => [page as string, await documentOf(page)] as const)),
  );
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    const [, place = ''] = pathname.split('/');
    const document = documents.get(place);
    if (document !== undefined) {
      response.setHeader('content-type', 'text/html').end(document);
      return;
    }
    readFile(folder.entry(path.posix.normalize(pathname))).then(
      (content) =>
        response
          .setHeader('content-type', types[path.extname(pathname)] ?? 'text/plain')
          .setHeader('cache-control', 'no-store')
          .end(content),
      () => response.writeHead(404).end(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error(`expected a TCP address, got ${JSON.stringify(address)}`);
  }
  return {
    server,
    origin: `http://127.0.0.1:${address.port}`,
    hlsFolder: folder.entry('hls'),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function documentOf(page: string): Promise<string> {
  const source = await readFile(path.join(sources, page, 'index.html'), 'utf8');
  return source
    .replace('./main.tsx', `/assets/${page}.js`)
    .replace('</head>', `<link rel="stylesheet" href="/assets/${page}.css" /></head>`);
}
