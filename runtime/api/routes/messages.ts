import { randomUUID } from 'node:crypto';
import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { ParticipantId, RoomId, serverSenderId, type MessageView } from '../../contract/index.ts';
import { permit } from '../authenticate.ts';
import type { Runtime } from '../runtime.ts';

const tags = ['messages'];
const RoomParams = Type.Object({ roomId: RoomId });
const Message = Type.Object({
  messageId: Type.String(),
  topic: Type.String(),
  message: Type.String(),
  senderId: Type.String(),
  senderName: Type.String(),
  payload: Type.Unknown(),
  at: Type.String(),
});

export function messageRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.get(
      '/v2/rooms/:roomId/messages',
      {
        schema: {
          tags,
          summary: 'Persisted messages, oldest first',
          params: RoomParams,
          querystring: Type.Object({
            sessionId: Type.Optional(Type.String()),
            topic: Type.Optional(Type.String()),
          }),
          response: { 200: Type.Object({ data: Type.Array(Message) }) },
        },
      },
      (request) => {
        permit(runtime, request, 'read', request.params.roomId);
        const room = runtime.directory.get(request.params.roomId);
        return { data: runtime.history.messages(room.roomId, request.query) };
      },
    );
    server.post(
      '/v2/rooms/:roomId/messages',
      {
        schema: {
          tags,
          summary: 'Send a message into the live session',
          params: RoomParams,
          body: Type.Object(
            {
              topic: Type.Optional(Type.String({ minLength: 1, maxLength: 64, default: 'CHAT' })),
              message: Type.String({ minLength: 1, maxLength: 8000 }),
              senderName: Type.Optional(Type.String({ maxLength: 100 })),
              persist: Type.Optional(Type.Boolean({ default: true })),
              sendOnly: Type.Optional(Type.Array(ParticipantId, { maxItems: 200 })),
              payload: Type.Optional(Type.Unknown()),
            },
            { additionalProperties: false },
          ),
          response: { 200: Message },
        },
      },
      (request) => {
        permit(runtime, request, 'write', request.params.roomId);
        const session = runtime.rooms.requireSession(request.params.roomId);
        const { topic, message, senderName, persist, sendOnly, payload } = request.body;
        const view: MessageView = {
          messageId: randomUUID(),
          topic: topic ?? 'CHAT',
          message,
          senderId: serverSenderId,
          senderName: senderName ?? 'Workflow',
          payload: payload ?? null,
          at: new Date().toISOString(),
        };
        session.say(view, { persist: persist ?? true, sendOnly: sendOnly ?? null });
        return view;
      },
    );
    await Promise.resolve();
  };
}
