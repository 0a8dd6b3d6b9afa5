import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { SessionPicture, closeCodes } from '../../contract/index.ts';
import { keepAlive } from '../../steps/index.ts';
import { authenticateSockets, permit } from '../authenticate.ts';
import type { Runtime } from '../runtime.ts';

const tags = ['console'];
const SessionParams = Type.Object({ sessionId: Type.String({ maxLength: 64 }) });
const TokenQuery = Type.Object({
  token: Type.Optional(Type.String({ description: 'For browsers, which cannot set a header on a socket' })),
});

/** RFC 6455 section 7.4.1. */
const NORMAL_CLOSURE = 1000;

/** Sessions as graphs: once, and again whenever they change. */
export function pictureRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  const { pictures, history } = runtime;
  return async (server) => {
    authenticateSockets(server, runtime);

    server.get(
      '/v2/sessions/:sessionId/picture',
      {
        schema: {
          tags,
          security: [{ token: [] }],
          summary: 'A session as a graph: people, tracks, steps, assets, and what flows',
          description:
            'Also of a session that is over. Rates are known while somebody watches the session; all else always.',
          params: SessionParams,
          querystring: TokenQuery,
          response: { 200: SessionPicture },
        },
      },
      (request) => {
        const { sessionId } = request.params;
        permit(runtime, request, 'read', history.session(sessionId).roomId);
        return pictures.of(sessionId);
      },
    );
    server.get(
      '/v2/sessions/:sessionId/picture/live',
      {
        websocket: true,
        schema: {
          tags,
          security: [{ token: [] }],
          summary: 'WebSocket: the picture of a session, and again whenever it has changed',
          description:
            'Each message is a whole picture, as GET /v2/sessions/:sessionId/picture answers it, at most two a second. A client that reads slowly misses some. The socket closes after the last picture, when the session is over.',
          params: SessionParams,
          querystring: TokenQuery,
        },
        preHandler: async (request) => {
          permit(runtime, request, 'read', history.session(request.params.sessionId).roomId);
          await Promise.resolve();
        },
      },
      (socket, request) => {
        keepAlive(socket);
        const unwatch = pictures.watch(request.params.sessionId, {
          isReady: () => socket.bufferedAmount === 0,
          picture(json) {
            socket.send(json);
          },
          ended() {
            socket.close(NORMAL_CLOSURE, 'the session is over');
          },
        });
        socket.on('close', unwatch);
        socket.on('error', (error) => {
          request.log.debug({ err: error }, 'picture socket');
        });
        socket.on('message', () => {
          socket.close(closeCodes.forbidden, 'this socket only sends');
        });
      },
    );
    await Promise.resolve();
  };
}
