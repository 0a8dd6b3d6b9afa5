import type { OutgoingHttpHeaders } from 'node:http';
import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import type { HlsAnswer } from '../../graph/index.ts';
import { byteRangeOf } from '../byte-range.ts';
import type { Runtime } from '../runtime.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Requests of this route are not counted against an address's limit. */
    isUnlimited?: boolean;
  }
}

const Name = Type.String({ maxLength: 100 });
const Params = Type.Object({
  hlsId: Type.String({ maxLength: 64 }),
  folder: Type.Optional(Name),
  file: Name,
});
const Query = Type.Object({
  token: Type.Optional(Type.String({ maxLength: 200 })),
  _HLS_msn: Type.Optional(Type.String({ maxLength: 40 })),
  _HLS_part: Type.Optional(Type.String({ maxLength: 40 })),
  _HLS_skip: Type.Optional(Type.String({ maxLength: 40 })),
});

/** Players run in pages of any origin. What is served here is public, or opened by the token in its address. */
const crossOrigin = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'age, content-length, content-range, date',
};

/**
 * Playlists and media for those who watch. Viewers by the hundred come from behind one address, so no limit counts
 * these requests; each is answered from bytes that are ready, around Fastify's own sending.
 */
export function hlsMediaRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  return async (server) => {
    const config = { isUnlimited: true };
    // Rungs of a ladder and captured pictures have folders of their own.
    for (const path of ['/hls/:hlsId/:file', '/hls/:hlsId/:folder/:file']) {
      server.get(
        path,
        {
          config,
          schema: {
            tags: ['hls'],
            summary: 'Playlists, segments, parts and captured pictures of a stream',
            description:
              'Low-latency HLS by RFC 8216bis, with its delivery directives. Protected streams need the token of the addresses that the stream’s own calls answer.',
            params: Params,
            querystring: Query,
          },
        },
        (request, reply) => {
          const { hlsId, folder, file } = request.params;
          const { token, _HLS_msn: msn, _HLS_part: part, _HLS_skip: skip } = request.query;
          // Also for what is refused below.
          reply.headers(crossOrigin);
          runtime.hls.serve(
            {
              hlsId,
              path: folder === undefined ? file : `${folder}/${file}`,
              token,
              directives: { msn, part, skip },
            },
            (answer) => {
              send(reply, answer, request.headers);
            },
          );
          return reply;
        },
      );
      server.options(path, { config, schema: { hide: true, params: Params } }, (_request, reply) =>
        reply
          .headers({
            ...crossOrigin,
            'access-control-allow-methods': 'GET, HEAD, OPTIONS',
            'access-control-allow-headers': 'range',
            'access-control-max-age': '86400',
          })
          .status(204)
          .send(),
      );
    }
    await Promise.resolve();
  };
}

function send(
  reply: FastifyReply,
  answer: HlsAnswer,
  asked: { range?: string | undefined; 'accept-encoding'?: string | string[] | undefined },
): void {
  const { raw } = reply;
  if (raw.destroyed || raw.headersSent) {
    return;
  }
  // Past Fastify: its hooks and serialization cost more than the rest of the answer together.
  reply.hijack();
  const headers: OutgoingHttpHeaders = {
    ...crossOrigin,
    'content-type': answer.contentType,
    'cache-control': answer.cacheControl,
    'x-content-type-options': 'nosniff',
  };
  if (answer.gzip) {
    headers['vary'] = 'accept-encoding';
    if (String(asked['accept-encoding']).includes('gzip')) {
      headers['content-encoding'] = 'gzip';
      finish(reply, answer.status, headers, answer.gzip);
      return;
    }
  }
  const range = answer.status === 200 ? byteRangeOf(asked.range, answer.body.length) : null;
  if (range === 'unsatisfiable') {
    headers['content-range'] = `bytes */${answer.body.length}`;
    finish(reply, 416, headers, Buffer.alloc(0));
  } else if (range) {
    headers['content-range'] = `bytes ${range.start}-${range.end}/${answer.body.length}`;
    finish(reply, 206, headers, answer.body.subarray(range.start, range.end + 1));
  } else {
    finish(reply, answer.status, headers, answer.body);
  }
}

function finish(reply: FastifyReply, status: number, headers: OutgoingHttpHeaders, body: Buffer): void {
  headers['content-length'] = body.length;
  reply.raw.writeHead(status, headers);
  reply.raw.end(body);
}
