import { Type } from 'typebox';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  CreateGraphBody,
  Graph,
  GraphInstance,
  InstanceState,
  PageQuery,
  RoomId,
  RoomflowError,
  UpdateGraphBody,
  pageOf,
} from '../../contract/index.ts';
import { mapPage } from '../../store/index.ts';
import { permit, permitList } from '../authenticate.ts';
import { graphFor, isOperator, permitAddresses, permitDocumentAddresses } from '../confidential.ts';
import type { Runtime } from '../runtime.ts';

const tags = ['graphs'];
const GraphParams = Type.Object({ graphId: Type.String({ maxLength: 64 }) });
const InstanceParams = Type.Object({ instanceId: Type.String({ maxLength: 64 }) });
const InstancesQuery = Type.Object({ ...PageQuery.properties, state: Type.Optional(InstanceState) });

/** Graph documents, and what runs of them: of one room for its hosts, of all rooms for the operator's own programs. */
export function graphRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  const { graphs } = runtime;

  /** Whether a graph of this room, or of all rooms, may be made or changed by the caller: it acts in sessions to come. */
  function permitChange(request: FastifyRequest, roomId: string | null): void {
    if (roomId === null && !isOperator(request)) {
      throw new RoomflowError(
        'unauthorized-request',
        'A graph for all rooms takes the server key or a token of role crawler; name one room with roomId.',
      );
    }
    permit(runtime, request, 'moderate', roomId);
  }

  return async (server) => {
    server.post(
      '/v2/graphs',
      {
        schema: {
          tags,
          summary: 'Store a graph and run it from now on',
          description:
            'Everything that is wrong with the document is told at once, in `details`. Each event that an event node waits for begins an *instance*: the steps below the node, for one room, session, participant or track. While it runs, further events do not begin another for the same.',
          body: CreateGraphBody,
          response: { 200: Graph },
        },
      },
      (request) => {
        const { body } = request;
        permitChange(request, body.roomId ?? null);
        permitAddresses(request, { callbackUrl: body.callbackUrl });
        permitDocumentAddresses(request, body.document);
        return graphFor(request, graphs.create(body));
      },
    );
    server.get(
      '/v2/graphs',
      {
        schema: {
          tags,
          summary: 'List graphs, newest first',
          querystring: Type.Object({
            ...PageQuery.properties,
            roomId: Type.Optional(RoomId),
            name: Type.Optional(Type.String({ maxLength: 200 })),
            enabled: Type.Optional(Type.Boolean()),
          }),
          response: { 200: pageOf(Graph) },
        },
      },
      (request) => {
        // What words a graph listens for, and where it sends to, is not for every guest of a room.
        permit(runtime, request, 'moderate', request.query.roomId ?? null);
        return mapPage(graphs.list(permitList(runtime, request, request.query)), (graph) =>
          graphFor(request, graph),
        );
      },
    );
    server.get(
      '/v2/graphs/:graphId',
      { schema: { tags, summary: 'Get a graph', params: GraphParams, response: { 200: Graph } } },
      (request) => {
        const graph = graphs.get(request.params.graphId);
        permit(runtime, request, 'moderate', graph.roomId);
        return graphFor(request, graph);
      },
    );
    server.patch(
      '/v2/graphs/:graphId',
      {
        schema: {
          tags,
          summary: 'Give a graph another document or another room',
          description: 'For events to come. What runs of it finishes on the document it has.',
          params: GraphParams,
          body: UpdateGraphBody,
          response: { 200: Graph },
        },
      },
      (request) => {
        const { body, params } = request;
        permitChange(request, graphs.get(params.graphId).roomId);
        if (body.roomId !== undefined) {
          permitChange(request, body.roomId);
        }
        permitDocumentAddresses(request, body.document);
        return graphFor(request, graphs.update(params.graphId, body));
      },
    );
    server.delete(
      '/v2/graphs/:graphId',
      {
        schema: {
          tags,
          summary: 'Stop a graph, and forget it',
          description:
            'What runs of it is stopped first; what it has recorded, streamed and transcribed stays. Answers when all has ended, or after ten seconds; the rest ends meanwhile.',
          params: GraphParams,
          response: {
            200: Type.Object({ message: Type.String(), id: Type.String(), deleted: Type.Boolean() }),
          },
        },
      },
      async (request) => {
        const { graphId } = request.params;
        permitChange(request, graphs.get(graphId).roomId);
        await graphs.delete(graphId);
        return { message: 'Graph deleted successfully', id: graphId, deleted: true };
      },
    );
    for (const verb of ['enable', 'disable'] as const) {
      server.post(
        `/v2/graphs/:graphId/${verb}`,
        {
          schema: {
            tags,
            summary: { enable: 'Run a graph from now on', disable: 'Have a graph begin nothing more' }[verb],
            description: {
              enable: 'Sessions, participants and tracks that are there count as having come just now.',
              disable:
                'What runs of it goes on to its own end; POST /v2/graph-instances/:instanceId/stop ends it.',
            }[verb],
            params: GraphParams,
            response: { 200: Graph },
          },
        },
        (request) => {
          const { graphId } = request.params;
          permitChange(request, graphs.get(graphId).roomId);
          return graphFor(request, graphs.setEnabled(graphId, verb === 'enable'));
        },
      );
    }
    server.get(
      '/v2/graphs/:graphId/instances',
      {
        schema: {
          tags,
          summary: 'What runs and has run of a graph, newest first',
          params: GraphParams,
          querystring: InstancesQuery,
          response: { 200: pageOf(GraphInstance) },
        },
      },
      (request) => {
        const { id, roomId } = graphs.get(request.params.graphId);
        permit(runtime, request, 'read', roomId);
        // One that has been moved has run elsewhere, and who reads this room may not read there.
        return graphs.instances({ ...request.query, graphId: id, roomId: roomId ?? undefined });
      },
    );
    server.get(
      '/v2/sessions/:sessionId/instances',
      {
        schema: {
          tags,
          summary: 'What graphs run and have run in a session, newest first',
          params: Type.Object({ sessionId: Type.String({ maxLength: 64 }) }),
          querystring: InstancesQuery,
          response: { 200: pageOf(GraphInstance) },
        },
      },
      (request) => {
        const session = runtime.history.session(request.params.sessionId);
        permit(runtime, request, 'read', session.roomId);
        return graphs.instances({ ...request.query, sessionId: session.id });
      },
    );
    server.get(
      '/v2/graph-instances/:instanceId',
      {
        schema: {
          tags,
          summary: 'An instance of a graph, with its steps',
          params: InstanceParams,
          response: { 200: GraphInstance },
        },
      },
      (request) => {
        const instance = graphs.instance(request.params.instanceId);
        permit(runtime, request, 'read', instance.roomId);
        return instance;
      },
    );
    server.post(
      '/v2/graph-instances/:instanceId/stop',
      {
        schema: {
          tags,
          summary: 'Stop an instance of a graph',
          description:
            'Its steps are stopped, what is fed before what feeds it. Answers when all have ended, or after ten seconds as it is then.',
          params: InstanceParams,
          response: { 200: GraphInstance },
        },
      },
      async (request) => {
        const { instanceId } = request.params;
        permit(runtime, request, 'moderate', graphs.instance(instanceId).roomId);
        return graphs.stopInstance(instanceId);
      },
    );
    await Promise.resolve();
  };
}
