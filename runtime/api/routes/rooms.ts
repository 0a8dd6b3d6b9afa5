import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  CreateRoomBody,
  JoinLink,
  JoinLinkBody,
  PageQuery,
  Room,
  RoomId,
  RoomIdBody,
  UpdateRoomBody,
  pageOf,
} from '../../contract/index.ts';
import { mapPage } from '../../store/index.ts';
import { permit } from '../authenticate.ts';
import { permitAddresses, roomFor } from '../confidential.ts';
import type { Runtime } from '../runtime.ts';

const tags = ['rooms'];
const RoomParams = Type.Object({ roomId: RoomId });

export function roomRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  const { directory } = runtime;
  return async (server) => {
    server.post(
      '/v2/rooms',
      {
        schema: {
          tags,
          summary: 'Create a room',
          description: 'With a customRoomId the call is idempotent.',
          body: Type.Union([CreateRoomBody, Type.Null()]),
          response: { 200: Room },
        },
      },
      (request) => {
        permit(runtime, request, 'write', null);
        permitAddresses(request, { webhook: request.body?.webhook });
        return roomFor(request, directory.create(request.body ?? {}));
      },
    );
    server.get(
      '/v2/rooms',
      { schema: { tags, summary: 'List rooms', querystring: PageQuery, response: { 200: pageOf(Room) } } },
      (request) => {
        permit(runtime, request, 'read', null);
        return mapPage(directory.list(request.query), (room) => roomFor(request, room));
      },
    );
    const validate = {
      schema: {
        tags,
        summary: 'Check that a room can be joined',
        params: RoomParams,
        response: { 200: Room },
      },
    };
    server.get('/v2/rooms/validate/:roomId', validate, (request) => {
      permit(runtime, request, 'validate', request.params.roomId);
      return roomFor(request, directory.validate(request.params.roomId));
    });
    // VideoSDK's index says POST, its page GET: both work.
    server.post('/v2/rooms/validate/:roomId', validate, (request) => {
      permit(runtime, request, 'validate', request.params.roomId);
      return roomFor(request, directory.validate(request.params.roomId));
    });
    server.get(
      '/v2/rooms/:roomId',
      { schema: { tags, summary: 'Get a room', params: RoomParams, response: { 200: Room } } },
      (request) => {
        permit(runtime, request, 'read', request.params.roomId);
        return roomFor(request, directory.get(request.params.roomId));
      },
    );
    server.post(
      '/v2/rooms/deactivate',
      {
        schema: {
          tags,
          summary: 'Deactivate a room for good; a running session ends',
          body: RoomIdBody,
          response: { 200: Room },
        },
      },
      (request) => {
        permit(runtime, request, 'moderate', request.body.roomId);
        return roomFor(request, directory.deactivate(request.body.roomId));
      },
    );
    server.post(
      '/v2/rooms/:roomId',
      {
        schema: {
          tags,
          summary: 'Enable or disable a room; one that was deactivated stays so',
          params: RoomParams,
          body: UpdateRoomBody,
          response: { 200: Room },
        },
      },
      (request) => {
        permit(runtime, request, 'moderate', request.params.roomId);
        return roomFor(request, directory.setStatus(request.params.roomId, request.body.status));
      },
    );
    server.post(
      '/v2/rooms/:roomId/join-links',
      {
        schema: {
          tags,
          summary: 'Make a link a person can open to join',
          params: RoomParams,
          body: Type.Union([JoinLinkBody, Type.Null()]),
          response: { 200: JoinLink },
        },
      },
      (request) => {
        permit(runtime, request, 'moderate', request.params.roomId);
        return directory.joinLink(request.params.roomId, request.body ?? {});
      },
    );
    await Promise.resolve();
  };
}
