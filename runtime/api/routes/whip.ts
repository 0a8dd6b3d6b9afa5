import { Type } from 'typebox';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { ParticipantId, RoomId, RoomflowError, type TrackKind } from '../../contract/index.ts';
import { silentConnection, type LiveSession, type Participant } from '../../rooms/index.ts';
import { authenticate, principalOf } from '../authenticate.ts';
import { requireDirectEntry } from '../direct-entry.ts';
import type { Runtime } from '../runtime.ts';

const tags = ['whip'];
const Query = Type.Object({
  roomId: RoomId,
  participantId: Type.Optional(ParticipantId),
  name: Type.Optional(Type.String({ maxLength: 100 })),
  /** WHEP only: whose media to watch; left out, the first who publishes. */
  publisherId: Type.Optional(ParticipantId),
});
const ResourceParams = Type.Object({ resourceId: Type.String({ maxLength: 64 }) });

/** WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): publish and watch with any standard client. */
export function whipRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  const resources = new Map<string, { session: LiveSession; participant: Participant }>();

  function keep(kind: 'whip' | 'whep', session: LiveSession, participant: Participant): string {
    const resourceId = participant.resumeToken;
    resources.set(resourceId, { session, participant });
    participant.lifecycle.subscribe((snapshot) => {
      if (snapshot.status === 'done') {
        resources.delete(resourceId);
      }
    });
    return `/v2/${kind}/${resourceId}`;
  }

  /** Before anything is told of the room; who must knock cannot be answered here, where nobody waits. */
  function requireEntry(request: FastifyRequest, roomId: string, participantId: string | undefined): void {
    requireDirectEntry(runtime, principalOf(request), {
      roomId,
      participantId,
      refusal:
        'WHIP and WHEP need a token with allow_join: with ask_join one has to knock and wait, which they cannot.',
    });
  }

  return async (server) => {
    authenticate(server, runtime);
    server.addContentTypeParser('application/sdp', { parseAs: 'string' }, (_request, body, done) => {
      done(null, body);
    });
    // Media ends without a goodbye when a client vanishes: its lost connection is its leaving.
    runtime.media.onEvent((event) => {
      if (event.type === 'session-moved') {
        // The worker that held its peer is gone, and WHIP has no way to tell the client: it comes anew.
        for (const { session, participant } of resources.values()) {
          if (session.sessionId === event.sessionId) {
            participant.send({ type: 'connection-lost' });
          }
        }
        return;
      }
      if (event.type !== 'connection-state') {
        return;
      }
      for (const { session, participant } of resources.values()) {
        if (session.sessionId !== event.sessionId || participant.participantId !== event.participantId) {
          continue;
        }
        if (event.state === 'failed' || event.state === 'closed' || event.state === 'disconnected') {
          participant.send({ type: 'connection-lost' });
        } else if (event.state === 'connected') {
          participant.send({ type: 'connection-back' });
        }
      }
    });

    server.post(
      '/v2/whip',
      { schema: { tags, summary: 'Publish with WHIP: SDP offer in, SDP answer out', querystring: Query } },
      async (request, reply) => {
        const sdp = sdpOf(request.body);
        requireEntry(request, request.query.roomId, request.query.participantId);
        const { session, participant } = runtime.rooms.join(
          request.query.roomId,
          principalOf(request),
          {
            name: request.query.name ?? 'WHIP',
            participantId: request.query.participantId,
            mode: 'SEND_AND_RECV',
          },
          silentConnection(request.headers['user-agent'] ?? ''),
        );
        try {
          const { sdp: answer } = await session.tracks.publish(participant, sdp, tracksOf(sdp));
          return await reply
            .status(201)
            .header('location', keep('whip', session, participant))
            .type('application/sdp')
            .send(answer);
        } catch (error) {
          session.leave(participant, 'bad-offer');
          throw error;
        }
      },
    );
    server.post(
      '/v2/whep',
      { schema: { tags, summary: 'Watch with WHEP: SDP offer in, SDP answer out', querystring: Query } },
      async (request, reply) => {
        const sdp = sdpOf(request.body);
        requireEntry(request, request.query.roomId, request.query.participantId);
        const trackIds = tracksToWatch(
          runtime.rooms.requireSession(request.query.roomId),
          request.query.publisherId,
        );
        const { session, participant } = runtime.rooms.join(
          request.query.roomId,
          principalOf(request),
          {
            name: request.query.name ?? 'WHEP',
            participantId: request.query.participantId,
            mode: 'RECV_ONLY',
          },
          silentConnection(request.headers['user-agent'] ?? ''),
        );
        try {
          const answer = await runtime.media.watch(
            session.sessionId,
            participant.participantId,
            sdp,
            trackIds,
          );
          return await reply
            .status(201)
            .header('location', keep('whep', session, participant))
            .type('application/sdp')
            .send(answer);
        } catch (error) {
          session.leave(participant, 'bad-offer');
          throw error;
        }
      },
    );
    for (const kind of ['whip', 'whep'] as const) {
      server.delete(
        `/v2/${kind}/:resourceId`,
        { schema: { tags, summary: `End a ${kind.toUpperCase()} session`, params: ResourceParams } },
        (request, reply) => {
          const resource = resources.get(request.params.resourceId);
          if (!resource) {
            throw new RoomflowError(
              'session-not-found',
              `No such ${kind.toUpperCase()} session, or it has ended.`,
            );
          }
          resource.session.leave(resource.participant);
          return reply.status(200).send();
        },
      );
    }
    await Promise.resolve();
  };
}

function sdpOf(body: unknown): string {
  if (typeof body !== 'string' || !body.startsWith('v=0')) {
    throw new RoomflowError(
      'invalid-sdp',
      'Send the SDP offer as the body, with Content-Type: application/sdp.',
    );
  }
  return body;
}

/** A WHIP offer names no kinds: the first audio and video are microphone and camera, seconds the screen. */
function tracksOf(sdp: string): { mid: string; kind: TrackKind }[] {
  const order: Record<'audio' | 'video', TrackKind[]> = {
    audio: ['audio', 'screen_audio'],
    video: ['video', 'screen_video'],
  };
  const tracks: { mid: string; kind: TrackKind }[] = [];
  for (const section of sdp.split(/\r?\nm=/).slice(1)) {
    const media = /^(audio|video) /.exec(section)?.[1] as 'audio' | 'video' | undefined;
    const mid = /\na=mid:(\S+)/.exec(section)?.[1];
    const kind = media && order[media].shift();
    if (mid !== undefined && kind && !/\na=(recvonly|inactive)/.test(section)) {
      tracks.push({ mid, kind });
    }
  }
  return tracks;
}

function tracksToWatch(session: LiveSession, publisherId: string | undefined): string[] {
  const publisher =
    publisherId === undefined
      ? session.present().find((participant) => participant.liveTracks().length > 0)
      : session.require(publisherId);
  const tracks = publisher?.liveTracks() ?? [];
  if (tracks.length === 0) {
    throw new RoomflowError(
      'track-not-found',
      `Nobody publishes in room "${session.roomId}" yet; try again.`,
    );
  }
  return tracks.map(({ trackId }) => trackId);
}
