import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { DocumentDiagram } from '../../contract/index.ts';
import { documentDiagram } from '../../graph/index.ts';
import { permit } from '../authenticate.ts';
import { graphFor } from '../confidential.ts';
import type { Runtime } from '../runtime.ts';

/** Stored graphs as pictures, to be laid out by whoever draws them. */
export function graphDiagramRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  const { graphs } = runtime;
  return async (server) => {
    server.get(
      '/v2/graphs/:graphId/diagram',
      {
        schema: {
          tags: ['graphs'],
          summary: 'A graph as a picture: nodes and edges without places',
          params: Type.Object({ graphId: Type.String({ maxLength: 64 }) }),
          response: { 200: DocumentDiagram },
        },
      },
      (request) => {
        const graph = graphs.get(request.params.graphId);
        permit(runtime, request, 'moderate', graph.roomId);
        const { nodes, edges } = documentDiagram(graphFor(request, graph).document);
        return {
          nodes: nodes.map(({ type, ...node }) => (type === undefined ? node : { ...node, type })),
          edges: edges.map(({ isEnd, ...edge }) => (isEnd === undefined ? edge : { ...edge, isEnd })),
        };
      },
    );
    await Promise.resolve();
  };
}
