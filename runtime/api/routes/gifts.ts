import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Gift, PageQuery, RoomId, SendGiftBody, pageOf } from '../../contract/index.ts';
import { actingPerson } from '../acting.ts';
import { permit } from '../authenticate.ts';
import type { Runtime } from '../runtime.ts';

const tags = ['audience'];
const RoomParams = Type.Object({ roomId: RoomId });

export function giftRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.post(
      '/v2/rooms/:roomId/gifts',
      {
        schema: {
          tags,
          summary: 'Send a virtual gift to the creator, or to a participant',
          params: RoomParams,
          body: SendGiftBody,
          response: { 200: Gift },
        },
      },
      (request) => {
        permit(runtime, request, 'write', request.params.roomId);
        const session = runtime.rooms.requireSession(request.params.roomId);
        const { participantId, toId, ...order } = request.body;
        return session.audience.give(actingPerson(request, session, participantId), toId, order);
      },
    );
    server.get(
      '/v2/rooms/:roomId/gifts',
      {
        schema: {
          tags,
          summary: 'List gifts of a room, newest first',
          params: RoomParams,
          querystring: Type.Object({
            ...PageQuery.properties,
            sessionId: Type.Optional(Type.String({ maxLength: 64 })),
          }),
          response: { 200: pageOf(Gift) },
        },
      },
      (request) => {
        permit(runtime, request, 'read', request.params.roomId);
        const { roomId } = runtime.directory.get(request.params.roomId);
        return runtime.audience.gifts({ ...request.query, roomId });
      },
    );
    await Promise.resolve();
  };
}
