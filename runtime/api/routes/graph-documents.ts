import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { GraphValidation, ValidateGraphBody } from '../../contract/index.ts';
import { graphDocumentSchema, validateDocument } from '../../graph/index.ts';
import { permit, principalOf } from '../authenticate.ts';
import type { Runtime } from '../runtime.ts';

const tags = ['graphs'];

/** The JSON schema of graph documents, for editors: it is public, as the documentation is. */
export function graphSchemaRoutes(): FastifyPluginAsyncTypebox {
  const schema = JSON.stringify(graphDocumentSchema());
  return async (server) => {
    server.get(
      '/v2/graphs/schema',
      {
        schema: {
          tags,
          summary: 'JSON schema of graph documents',
          description: 'For the `$schema` of a document: editors complete and explain by it.',
          response: { 200: Type.Unknown({ description: 'JSON schema, draft 7' }) },
        },
      },
      async (_request, reply) =>
        reply.type('application/schema+json').header('cache-control', 'public, max-age=3600').send(schema),
    );
    await Promise.resolve();
  };
}

/** What is wrong with a document, before it is stored. */
export function graphDocumentRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.post(
      '/v2/graphs/validate',
      {
        schema: {
          tags,
          summary: 'Tell everything that is wrong with a graph document',
          body: ValidateGraphBody,
          response: { 200: GraphValidation },
        },
      },
      (request) => {
        // It is about no room, so whoever may change any may ask.
        const principal = principalOf(request);
        permit(runtime, request, 'write', (principal.kind === 'token' && principal.claims.roomId) || null);
        const problems = validateDocument(request.body.document);
        return { valid: problems.length === 0, problems };
      },
    );
    await Promise.resolve();
  };
}
