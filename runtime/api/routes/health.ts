import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Runtime } from '../runtime.ts';

const tags = ['operations'];

export function healthRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.get(
      '/health',
      {
        schema: {
          tags,
          summary: 'The process is alive',
          response: { 200: Type.Object({ status: Type.Literal('ok'), version: Type.String() }) },
        },
      },
      () => ({ status: 'ok' as const, version: runtime.version }),
    );
    const Ready = Type.Object({ status: Type.String(), workers: Type.Integer(), rooms: Type.Integer() });
    server.get(
      '/ready',
      {
        schema: {
          tags,
          summary: 'Store and media workers answer',
          response: { 200: Ready, 503: Ready },
        },
      },
      async (_request, reply) => {
        const workers = (await runtime.pool.statistics()).length;
        const ready = workers > 0;
        return reply
          .status(ready ? 200 : 503)
          .send({ status: ready ? 'ready' : 'not-ready', workers, rooms: runtime.rooms.sessions().length });
      },
    );
    server.get('/metrics', { schema: { tags, summary: 'Prometheus metrics' } }, async (_request, reply) => {
      return reply.type(runtime.metrics.contentType).send(await runtime.metrics.text());
    });
    server.get(
      '/v2/public/rsa-public-key',
      { schema: { tags, summary: 'Verifies the videosdk-signature of webhooks; PEM' } },
      (_request, reply) => reply.type('application/x-pem-file').send(runtime.keys.webhookPublicKey),
    );
    await Promise.resolve();
  };
}
