import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const page = fileURLToPath(new URL('../../../../runtime/web/join/', import.meta.url));
const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };

/** The join page, built from source and served on 127.0.0.1. */
export type ServedPage = AsyncDisposable & { server: Server; origin: string };

/** Builds the join page and serves it under `/join/…`, as the runtime does. */
export async function servePage(): Promise<ServedPage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'roomflow-join-'));
  await build({
    entryPoints: { join: path.join(page, 'main.tsx') },
    outdir: folder,
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'error',
  });
  const source = await readFile(path.join(page, 'index.html'), 'utf8');
  const html = source
    .replace('./main.tsx', '/assets/join.js')
    .replace('</head>', '<link rel="stylesheet" href="/assets/join.css" /></head>');
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    if (pathname.startsWith('/join/')) {
      response.setHeader('content-type', 'text/html').end(html);
      return;
    }
    const file = path.basename(pathname);
    readFile(path.join(folder, file)).then(
      (content) => response.setHeader('content-type', types[path.extname(file)] ?? 'text/plain').end(content),
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
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
