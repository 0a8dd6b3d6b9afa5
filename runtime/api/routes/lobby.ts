import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { ParticipantId, RoomId, RoomflowError } from '../../contract/index.ts';
import { permit } from '../authenticate.ts';
import type { Runtime } from '../runtime.ts';

const tags = ['lobby'];
const RoomParams = Type.Object({ roomId: RoomId });
const Entries = Type.Object({
  data: Type.Array(Type.Object({ participantId: Type.String(), name: Type.String() })),
});

export function lobbyRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.get(
      '/v2/rooms/:roomId/entries',
      {
        schema: {
          tags,
          summary: 'Who is waiting at the door',
          params: RoomParams,
          response: { 200: Entries },
        },
      },
      (request) => {
        permit(runtime, request, 'read', request.params.roomId);
        const room = runtime.directory.get(request.params.roomId);
        const knocking = runtime.rooms.entrantsOf(room.roomId)?.knocking() ?? [];
        return { data: knocking.map(({ participantId, name }) => ({ participantId, name })) };
      },
    );
    server.post(
      '/v2/rooms/:roomId/entries/respond',
      {
        schema: {
          tags,
          summary: 'Let somebody in, or not',
          params: RoomParams,
          body: Type.Object(
            {
              participantId: ParticipantId,
              decision: Type.Union([Type.Literal('allowed'), Type.Literal('denied')]),
            },
            { additionalProperties: false },
          ),
          response: { 200: Type.Object({ participantId: Type.String(), decision: Type.String() }) },
        },
      },
      (request) => {
        permit(runtime, request, 'write', request.params.roomId);
        const room = runtime.directory.get(request.params.roomId);
        const entrants = runtime.rooms.entrantsOf(room.roomId);
        if (!entrants) {
          throw new RoomflowError(
            'participant-not-found',
            `Nobody is waiting at the door of room "${room.roomId}".`,
          );
        }
        entrants.respondEntry(request.body.participantId, request.body.decision);
        return request.body;
      },
    );
    await Promise.resolve();
  };
}
