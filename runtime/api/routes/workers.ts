import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { ProcessHealth } from '../../contract/index.ts';
import { permit } from '../authenticate.ts';
import type { Runtime } from '../runtime.ts';

export function workerRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.get(
      '/v2/workers',
      {
        schema: {
          tags: ['operations'],
          summary: 'How control and the media workers fare',
          response: { 200: Type.Object({ data: Type.Array(ProcessHealth) }) },
        },
      },
      async (request) => {
        permit(runtime, request, 'moderate', null);
        return { data: await runtime.processes.read() };
      },
    );
    await Promise.resolve();
  };
}
