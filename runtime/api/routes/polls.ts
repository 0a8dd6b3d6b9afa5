import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  CreatePollBody,
  PageQuery,
  Poll,
  PollStatus,
  RoomId,
  RoomflowError,
  VoteBody,
  pageOf,
  serverSenderId,
} from '../../contract/index.ts';
import { pollFor, type LiveSession } from '../../rooms/index.ts';
import { mapPage } from '../../store/index.ts';
import { actingParticipant, isModerating } from '../acting.ts';
import { permit } from '../authenticate.ts';
import type { Runtime } from '../runtime.ts';

const tags = ['audience'];
const RoomParams = Type.Object({ roomId: RoomId });
const PollParams = Type.Object({ pollId: Type.String({ maxLength: 64 }) });

export function pollRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  const { rooms, audience } = runtime;

  /** The poll, from its live session where there is one. */
  function pollOf(pollId: string): { poll: Poll; session: LiveSession | null } {
    for (const session of rooms.sessions()) {
      const poll = session.audience.findPoll(pollId);
      if (poll) {
        return { poll, session };
      }
    }
    return { poll: audience.poll(pollId), session: null };
  }

  function liveSessionOf(pollId: string): LiveSession {
    const { session } = pollOf(pollId);
    if (!session) {
      throw new RoomflowError('poll-closed', `Poll "${pollId}" is of a session that is over.`);
    }
    return session;
  }

  return async (server) => {
    server.post(
      '/v2/rooms/:roomId/polls',
      {
        schema: {
          tags,
          summary: 'Ask the live session a poll',
          params: RoomParams,
          body: CreatePollBody,
          response: { 200: Poll },
        },
      },
      (request) => {
        permit(runtime, request, 'moderate', request.params.roomId);
        const session = rooms.requireSession(request.params.roomId);
        return session.audience.createPoll(request.body, serverSenderId);
      },
    );
    server.get(
      '/v2/rooms/:roomId/polls',
      {
        schema: {
          tags,
          summary: 'List polls of a room, newest first',
          description: 'Hidden results of an open poll are 0 for tokens without allow_mod.',
          params: RoomParams,
          querystring: Type.Object({
            ...PageQuery.properties,
            sessionId: Type.Optional(Type.String({ maxLength: 64 })),
            status: Type.Optional(PollStatus),
          }),
          response: { 200: pageOf(Poll) },
        },
      },
      (request) => {
        permit(runtime, request, 'read', request.params.roomId);
        const { roomId } = runtime.directory.get(request.params.roomId);
        return mapPage(audience.polls({ ...request.query, roomId }), (poll) =>
          pollFor(isModerating(request), poll),
        );
      },
    );
    server.get(
      '/v2/polls/:pollId',
      { schema: { tags, summary: 'Get a poll with its tally', params: PollParams, response: { 200: Poll } } },
      (request) => {
        const { poll } = pollOf(request.params.pollId);
        permit(runtime, request, 'read', poll.roomId);
        return pollFor(isModerating(request), poll);
      },
    );
    server.post(
      '/v2/polls/:pollId/votes',
      {
        schema: {
          tags,
          summary: 'Vote on behalf of a participant in the room, once for each',
          params: PollParams,
          body: VoteBody,
          response: { 200: Poll },
        },
      },
      (request) => {
        const { pollId } = request.params;
        permit(runtime, request, 'write', pollOf(pollId).poll.roomId);
        const session = liveSessionOf(pollId);
        const participant = actingParticipant(request, session, request.body.participantId);
        return pollFor(
          isModerating(request),
          session.audience.vote(participant, pollId, request.body.optionId),
        );
      },
    );
    server.post(
      '/v2/polls/:pollId/close',
      { schema: { tags, summary: 'Close a poll', params: PollParams, response: { 200: Poll } } },
      (request) => {
        const { pollId } = request.params;
        permit(runtime, request, 'moderate', pollOf(pollId).poll.roomId);
        return liveSessionOf(pollId).audience.closePoll(pollId);
      },
    );
    await Promise.resolve();
  };
}
