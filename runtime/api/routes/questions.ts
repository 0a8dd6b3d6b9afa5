import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  AnswerQuestionBody,
  AskQuestionBody,
  PageQuery,
  ParticipantId,
  Question,
  QuestionStatus,
  RoomId,
  RoomflowError,
  pageOf,
} from '../../contract/index.ts';
import type { LiveSession } from '../../rooms/index.ts';
import { actingParticipant, actingPerson } from '../acting.ts';
import { permit } from '../authenticate.ts';
import type { Runtime } from '../runtime.ts';

const tags = ['audience'];
const RoomParams = Type.Object({ roomId: RoomId });
const QuestionParams = Type.Object({ questionId: Type.String({ maxLength: 64 }) });

export function questionRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  const { rooms, audience } = runtime;

  /** The question, from its live session where there is one. */
  function questionOf(questionId: string): { question: Question; session: LiveSession | null } {
    for (const session of rooms.sessions()) {
      const question = session.audience.findQuestion(questionId);
      if (question) {
        return { question, session };
      }
    }
    return { question: audience.question(questionId), session: null };
  }

  function liveSessionOf(questionId: string): LiveSession {
    const { session } = questionOf(questionId);
    if (!session) {
      throw new RoomflowError('question-closed', `Question "${questionId}" is of a session that is over.`);
    }
    return session;
  }

  return async (server) => {
    server.post(
      '/v2/rooms/:roomId/questions',
      {
        schema: {
          tags,
          summary: 'Ask the hosts of the live session a question',
          params: RoomParams,
          body: AskQuestionBody,
          response: { 200: Question },
        },
      },
      (request) => {
        permit(runtime, request, 'write', request.params.roomId);
        const session = rooms.requireSession(request.params.roomId);
        const person = actingPerson(request, session, request.body.participantId);
        return session.audience.ask(person, request.body.text);
      },
    );
    server.get(
      '/v2/rooms/:roomId/questions',
      {
        schema: {
          tags,
          summary: 'List questions of a room, most upvotes first',
          params: RoomParams,
          querystring: Type.Object({
            ...PageQuery.properties,
            sessionId: Type.Optional(Type.String({ maxLength: 64 })),
            status: Type.Optional(QuestionStatus),
          }),
          response: { 200: pageOf(Question) },
        },
      },
      (request) => {
        permit(runtime, request, 'read', request.params.roomId);
        const { roomId } = runtime.directory.get(request.params.roomId);
        return audience.questions({ ...request.query, roomId });
      },
    );
    server.post(
      '/v2/questions/:questionId/upvotes',
      {
        schema: {
          tags,
          summary: 'Upvote a question on behalf of a participant in the room, once for each',
          params: QuestionParams,
          body: Type.Union([
            Type.Object({ participantId: Type.Optional(ParticipantId) }, { additionalProperties: false }),
            Type.Null(),
          ]),
          response: { 200: Question },
        },
      },
      (request) => {
        const { questionId } = request.params;
        permit(runtime, request, 'write', questionOf(questionId).question.roomId);
        const session = liveSessionOf(questionId);
        const participant = actingParticipant(request, session, request.body?.participantId);
        return session.audience.upvote(participant, questionId);
      },
    );
    server.post(
      '/v2/questions/:questionId/answer',
      {
        schema: {
          tags,
          summary: 'Answer a question, dismiss it, or open it again',
          description: 'Without an answer and a status: it was answered aloud.',
          params: QuestionParams,
          body: Type.Union([AnswerQuestionBody, Type.Null()]),
          response: { 200: Question },
        },
      },
      (request) => {
        const { questionId } = request.params;
        permit(runtime, request, 'moderate', questionOf(questionId).question.roomId);
        return liveSessionOf(questionId).audience.answer(questionId, request.body ?? {});
      },
    );
    await Promise.resolve();
  };
}
