import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  EndSessionBody,
  PageInfo,
  PageQuery,
  ParticipantBody,
  ParticipantId,
  RoomId,
  RoomflowError,
  Session,
  SessionParticipant,
  TrackKind,
  pageOf,
} from '../../contract/index.ts';
import { permit } from '../authenticate.ts';
import type { Runtime } from '../runtime.ts';

const tags = ['sessions'];
const SessionParams = Type.Object({ sessionId: Type.String({ maxLength: 64 }) });
const ParticipantsPage = Type.Object({
  pageInfo: PageInfo,
  data: Type.Object({
    id: Type.String(),
    roomId: Type.String(),
    customRoomId: Type.Union([Type.String(), Type.Null()]),
    participants: Type.Array(SessionParticipant),
    links: Type.Record(Type.String(), Type.String()),
  }),
});

export function sessionRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  const { history, rooms } = runtime;

  /** The live session a body names; a sessionId that is not the live one is refused. */
  function liveSession(roomId: string, sessionId: string | undefined) {
    const session = rooms.requireSession(roomId);
    if (sessionId !== undefined && sessionId !== session.sessionId) {
      throw new RoomflowError(
        'no-live-session',
        `Session "${sessionId}" of room "${session.roomId}" is over; "${session.sessionId}" is live.`,
      );
    }
    return session;
  }

  return async (server) => {
    server.get(
      '/v2/sessions',
      {
        schema: {
          tags,
          summary: 'List sessions, newest first',
          querystring: Type.Object({
            ...PageQuery.properties,
            roomId: Type.Optional(RoomId),
            customRoomId: Type.Optional(RoomId),
            status: Type.Optional(Type.Union([Type.Literal('ongoing'), Type.Literal('ended')])),
            startDate: Type.Optional(Type.Number({ description: 'Epoch milliseconds' })),
            endDate: Type.Optional(Type.Number({ description: 'Epoch milliseconds' })),
          }),
          response: { 200: pageOf(Session) },
        },
      },
      (request) => {
        const roomId = request.query.roomId ?? request.query.customRoomId;
        permit(runtime, request, 'read', roomId ?? null);
        return history.sessions({
          ...request.query,
          roomId: roomId === undefined ? undefined : runtime.directory.get(roomId).roomId,
        });
      },
    );
    server.get(
      '/v2/sessions/:sessionId',
      { schema: { tags, summary: 'Get a session', params: SessionParams, response: { 200: Session } } },
      (request) => {
        const session = history.session(request.params.sessionId);
        permit(runtime, request, 'read', session.roomId);
        return session;
      },
    );
    server.get(
      '/v2/sessions/:sessionId/participants',
      {
        schema: {
          tags,
          summary: 'Everyone who took part',
          params: SessionParams,
          querystring: PageQuery,
          response: { 200: ParticipantsPage },
        },
      },
      (request) => {
        permit(runtime, request, 'read', history.session(request.params.sessionId).roomId);
        return history.participants(request.params.sessionId, { ...request.query, activeOnly: false });
      },
    );
    server.get(
      '/v2/sessions/:sessionId/participants/active',
      {
        schema: {
          tags,
          summary: 'Who is in the room now',
          params: SessionParams,
          querystring: PageQuery,
          response: { 200: ParticipantsPage },
        },
      },
      (request) => {
        permit(runtime, request, 'read', history.session(request.params.sessionId).roomId);
        return history.participants(request.params.sessionId, { ...request.query, activeOnly: true });
      },
    );
    server.get(
      '/v2/sessions/:sessionId/participants/:participantId',
      {
        schema: {
          tags,
          summary: 'One participant of a session',
          params: Type.Object({ sessionId: Type.String({ maxLength: 64 }), participantId: ParticipantId }),
          response: { 200: SessionParticipant },
        },
      },
      (request) => {
        permit(runtime, request, 'read', history.session(request.params.sessionId).roomId);
        return history.participant(request.params.sessionId, request.params.participantId);
      },
    );
    server.get(
      '/v2/sessions/:sessionId/chat.csv',
      {
        schema: { tags, summary: 'Persisted messages as CSV', params: SessionParams },
      },
      (request, reply) => {
        const session = history.session(request.params.sessionId);
        permit(runtime, request, 'read', session.roomId);
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="chat-${session.id}.csv"`)
          .send(history.chatCsv(session.id));
      },
    );
    server.post(
      '/v2/sessions/end',
      {
        schema: {
          tags,
          summary: 'End the live session of a room: everybody leaves',
          body: EndSessionBody,
          response: { 200: Session },
        },
      },
      (request) => {
        permit(runtime, request, 'moderate', request.body.roomId);
        const session = liveSession(request.body.roomId, request.body.sessionId);
        session.end('ended-by-host');
        return history.session(session.sessionId);
      },
    );
    server.post(
      '/v2/sessions/participants/remove',
      {
        schema: {
          tags,
          summary: 'Put a participant out of the room',
          body: ParticipantBody,
          response: { 200: Session },
        },
      },
      (request) => {
        permit(runtime, request, 'moderate', request.body.roomId);
        const session = liveSession(request.body.roomId, request.body.sessionId);
        session.remove(request.body.participantId, 'You have been removed from the meeting.');
        return history.session(session.sessionId);
      },
    );
    server.post(
      '/v2/sessions/participants/mute',
      {
        schema: {
          tags,
          summary: 'Mute one kind of media of a participant',
          body: Type.Object(
            { ...ParticipantBody.properties, kind: TrackKind },
            { additionalProperties: false },
          ),
          response: { 200: SessionParticipant },
        },
      },
      (request) => {
        permit(runtime, request, 'moderate', request.body.roomId);
        const session = liveSession(request.body.roomId, request.body.sessionId);
        session.tracks.muteByHost(request.body.participantId, request.body.kind, 'The host');
        return history.participant(session.sessionId, request.body.participantId);
      },
    );
    await Promise.resolve();
  };
}
