import { Type } from 'typebox';
import type { WebSocket } from 'ws';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { EventCursor, EventEnvelope, RoomId, closeCodes } from '../../contract/index.ts';
import { authenticateSockets, permit } from '../authenticate.ts';
import type { Runtime } from '../runtime.ts';
import { keepAlive } from '../../steps/index.ts';

const tags = ['events'];
const Query = Type.Object({
  cursor: Type.Optional(EventCursor),
  types: Type.Optional(
    Type.String({ maxLength: 2000, description: 'Comma-separated; a trailing * matches a beginning' }),
  ),
  roomId: Type.Optional(RoomId),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 200 })),
  token: Type.Optional(Type.String({ description: 'For browsers, which cannot set a header on a socket' })),
});

/** A slow reader is cut off here instead of filling memory; it comes back with its cursor. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;

/** Resolves when what was sent has mostly left, so that a long replay is paced by its reader. */
async function drained(socket: WebSocket): Promise<void> {
  do {
    await new Promise((resolve) => setTimeout(resolve, 5));
  } while (socket.readyState === socket.OPEN && socket.bufferedAmount > MAX_BUFFERED_BYTES / 8);
}

const patternsOf = (types: string | undefined): string[] =>
  (types ?? '')
    .split(',')
    .map((type) => type.trim())
    .filter((type) => type !== '');

export function eventRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  const { events, directory } = runtime;
  return async (server) => {
    authenticateSockets(server, runtime);

    server.route({
      method: 'GET',
      url: '/v2/events',
      schema: {
        tags,
        security: [{ token: [] }],
        summary: 'The event log: over HTTP a page of it, over WebSocket replay from the cursor, then live',
        description:
          'Without a cursor, HTTP answers from the earliest event kept, and the socket begins with what comes next. ' +
          'reset says why the given cursor could not be followed and the answer begins with the earliest event ' +
          '(other-log, beyond-end, pruned); null when it was.',
        querystring: Query,
        response: {
          200: Type.Object({
            events: Type.Array(EventEnvelope),
            cursor: Type.String(),
            reset: Type.Union([Type.String(), Type.Null()]),
          }),
        },
      },
      preHandler: async (request) => {
        permit(runtime, request, 'read', request.query.roomId ?? null);
        await Promise.resolve();
      },
      handler(request) {
        const { cursor, types, roomId, limit } = request.query;
        return events.read({
          cursor: cursor ?? 'earliest',
          types: patternsOf(types),
          ...(roomId === undefined ? {} : { roomId: directory.get(roomId).roomId }),
          limit: limit ?? 200,
        });
      },
      wsHandler(socket, request) {
        const { cursor, types, roomId } = request.query;
        keepAlive(socket);
        const send = (message: unknown): void => {
          if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
            socket.terminate();
            return;
          }
          socket.send(JSON.stringify(message));
        };
        const subscription = events.subscribe(
          {
            cursor: cursor ?? 'latest',
            types: patternsOf(types),
            ...(roomId === undefined ? {} : { roomId: directory.get(roomId).roomId }),
          },
          {
            onEvent(event) {
              send({ type: 'event', event });
            },
            onReset(reset) {
              send({ type: 'reset', ...reset });
            },
            onReady(readyCursor) {
              send({ type: 'ready', cursor: readyCursor });
            },
            drained: () => drained(socket),
          },
        );
        socket.on('close', () => {
          subscription.unsubscribe();
        });
        socket.on('error', (error) => {
          request.log.debug({ err: error }, 'event socket');
        });
        socket.on('message', () => {
          // Nothing is expected; a client that talks is told once and closed.
          socket.close(closeCodes.forbidden, 'this socket only sends');
        });
      },
    });

    server.post(
      '/v2/rooms/:roomId/test-event',
      {
        schema: {
          tags,
          security: [{ token: [] }],
          summary: 'Append a test-event, to try a workflow',
          params: Type.Object({ roomId: RoomId }),
          body: Type.Union([
            Type.Object(
              { note: Type.Optional(Type.String({ maxLength: 500 })) },
              { additionalProperties: false },
            ),
            Type.Null(),
          ]),
          response: { 200: EventEnvelope },
        },
      },
      (request) => {
        permit(runtime, request, 'moderate', request.params.roomId);
        const room = directory.get(request.params.roomId);
        return events.append('test-event', {
          roomId: room.roomId,
          sessionId: runtime.rooms.sessionOf(room.roomId)?.sessionId ?? null,
          data: { note: request.body?.note ?? 'Test event' },
        });
      },
    );
    await Promise.resolve();
  };
}
