import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Audience, ParticipantMode, PinBody, RoomId, StageBody } from '../../contract/index.ts';
import type { LiveSession } from '../../rooms/index.ts';
import { isModerating } from '../acting.ts';
import { permit } from '../authenticate.ts';
import type { Runtime } from '../runtime.ts';

const tags = ['audience'];
const RoomParams = Type.Object({ roomId: RoomId });
const PinnedIds = Type.Object({ roomId: Type.String(), pinnedIds: Type.Array(Type.String()) });

const pinnedIn = ({ roomId, pins }: LiveSession) => ({ roomId, pinnedIds: pins.pinnedIds });

export function stageRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  const { rooms } = runtime;
  return async (server) => {
    server.get(
      '/v2/rooms/:roomId/audience',
      {
        schema: {
          tags,
          summary: 'What viewers of the live session see: polls, questions, hands, pins, how many they are',
          params: RoomParams,
          response: { 200: Audience },
        },
      },
      (request) => {
        permit(runtime, request, 'read', request.params.roomId);
        return rooms.requireSession(request.params.roomId).audienceFor(isModerating(request));
      },
    );
    server.get(
      '/v2/rooms/:roomId/pins',
      {
        schema: {
          tags,
          summary: 'Who is pinned in the composed picture, first first',
          params: RoomParams,
          response: { 200: PinnedIds },
        },
      },
      (request) => {
        permit(runtime, request, 'read', request.params.roomId);
        return pinnedIn(rooms.requireSession(request.params.roomId));
      },
    );
    server.put(
      '/v2/rooms/:roomId/pins',
      {
        schema: {
          tags,
          summary: 'Pin people in the composed picture, first first; an empty list unpins all',
          params: RoomParams,
          body: PinBody,
          response: { 200: PinnedIds },
        },
      },
      (request) => {
        permit(runtime, request, 'moderate', request.params.roomId);
        const session = rooms.requireSession(request.params.roomId);
        session.pin(request.body.pinnedIds);
        return pinnedIn(session);
      },
    );
    server.post(
      '/v2/rooms/:roomId/stage',
      {
        schema: {
          tags,
          summary: 'Invite a viewer to the stage, or bring somebody back into the audience',
          description: 'An invited viewer answers for itself; its mode changes when it accepts.',
          params: RoomParams,
          body: StageBody,
          response: {
            200: Type.Object({
              roomId: Type.String(),
              participantId: Type.String(),
              mode: ParticipantMode,
              /** Not answered yet. */
              invited: Type.Boolean(),
            }),
          },
        },
      },
      (request) => {
        permit(runtime, request, 'moderate', request.params.roomId);
        const session = rooms.requireSession(request.params.roomId);
        const { participantId, onStage } = request.body;
        const { mode } = onStage
          ? session.stage.invite(participantId, 'The host')
          : session.stage.dismiss(participantId);
        return {
          roomId: session.roomId,
          participantId,
          mode,
          invited: session.stage.invitationOf(participantId) !== null,
        };
      },
    );
    await Promise.resolve();
  };
}
