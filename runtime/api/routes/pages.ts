import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { RoomId } from '../../contract/index.ts';
import type { Runtime } from '../runtime.ts';

/**
 * Pages talk to this host only, and play what they put together themselves (`blob:` of Media Source Extensions); a
 * stolen link must not be framed or leak through a referrer.
 */
const contentSecurityPolicy = [
  "default-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob: mediastream:",
  "style-src 'self' 'unsafe-inline'",
  "worker-src 'self' blob:",
  "frame-ancestors 'self'",
  "base-uri 'none'",
].join('; ');

export function pageRoutes(_runtime: Runtime): FastifyPluginAsyncTypebox {
  const folder = pagesFolder();
  return async (server) => {
    if (existsSync(join(folder, 'assets'))) {
      await server.register(fastifyStatic, {
        root: join(folder, 'assets'),
        prefix: '/assets/',
        maxAge: 0,
      });
    }
    const send = async (reply: FastifyReply, page: string): Promise<FastifyReply> =>
      reply
        .type('text/html; charset=utf-8')
        .header('cache-control', 'no-cache')
        .header('content-security-policy', contentSecurityPolicy)
        .header('referrer-policy', 'no-referrer')
        .send(await readFile(join(folder, `${page}.html`)));
    for (const page of ['join', 'watch']) {
      server.get(
        `/${page}/:roomId`,
        { schema: { hide: true, params: Type.Object({ roomId: RoomId }) } },
        (_request, reply) => send(reply, page),
      );
    }
    server.get('/console', { schema: { hide: true } }, (_request, reply) => send(reply, 'console'));
    server.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs'));
  };
}

/** The built pages stand beside the bundle, and under `dist/` when the runtime runs from source. */
function pagesFolder(): string {
  const candidates = ['../../web', '../../dist/web'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return candidates.find((candidate) => existsSync(join(candidate, 'join.html'))) ?? candidates[0] ?? '';
}
