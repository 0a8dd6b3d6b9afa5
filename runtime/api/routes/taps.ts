import { extname } from 'node:path';
import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  PublishStreamQuery,
  RoomId,
  RoomflowError,
  TapStreamQuery,
  finalStepStates,
  type Step,
} from '../../contract/index.ts';
import { authenticateSockets, permit } from '../authenticate.ts';
import { handOverUpgrade, refuseWithoutUpgrade } from '../hand-over.ts';
import { SignedQuery, permitDownload } from '../permit-download.ts';
import type { Runtime } from '../runtime.ts';
import { sendFile } from '../send-file.ts';
import { permitSpeaking } from '../speaking.ts';

const tags = ['taps'];
const StepParams = Type.Object({ stepId: Type.String({ maxLength: 64 }) });

/** Streams of taps: media that leaves the room for programs outside, and the way back. */
export function tapRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  const { steps } = runtime;

  /** The tap, once it is known to run. */
  function runningTap(stepId: string): Step {
    const step = steps.get(stepId);
    if (step.step !== 'tap') {
      throw new RoomflowError(
        'invalid-request',
        `Step "${stepId}" is a ${step.step} step; only a tap can be streamed.`,
      );
    }
    if (finalStepStates.some((state) => state === step.state)) {
      throw new RoomflowError(
        'tap-ended',
        `Tap "${stepId}" has ended (${step.reason}); start another with POST /v2/rooms/${step.roomId}/steps.`,
      );
    }
    return step;
  }

  return async (server) => {
    authenticateSockets(server, runtime);

    server.get(
      '/v2/taps/:stepId/stream',
      {
        schema: {
          tags,
          security: [{ token: [] }],
          summary: 'WebSocket: the media of a tap as PCM, Opus packets or JPEG pictures',
          description:
            'Binary messages: the length of a header (16 bits, big-endian), the header as JSON ' +
            '(type, participantId, trackId, kind, timeMs on the session clock, …), the payload. ' +
            'The first message is the text {"type":"started"}, the last {"type":"ended","reason"}. ' +
            'A client that does not read fast enough lacks the oldest messages; dropped in the next header says how many.',
          params: StepParams,
          querystring: TapStreamQuery,
        },
        preHandler: async (request, reply) => {
          const step = runningTap(request.params.stepId);
          permit(runtime, request, 'read', step.roomId);
          if (request.ws) {
            await handOverUpgrade(request, reply, (connection) => steps.connect(step.id, connection));
          }
        },
      },
      refuseWithoutUpgrade,
    );

    server.get(
      '/v2/rooms/:roomId/publish',
      {
        schema: {
          tags,
          security: [{ token: [] }],
          summary: 'WebSocket: speak into a room as a server-side participant',
          description:
            'Binary messages in: PCM (s16le, mono, of any length) or Opus packets. What comes faster than it sounds ' +
            'waits; beyond ten seconds nothing is read until half of it has been heard. Text messages out: started ' +
            '(with the participantId), full, drained, ended. The connection is the participant: closing it is leaving, ' +
            'once all has been heard.',
          params: Type.Object({ roomId: RoomId }),
          querystring: PublishStreamQuery,
        },
        preHandler: async (request, reply) => {
          const { roomId } = request.params;
          const { token: _token, participantId: named, ...query } = request.query;
          const participantId = permitSpeaking(runtime, request, roomId, named);
          if (query.sampleRate !== undefined && query.audio !== 'pcm') {
            throw new RoomflowError(
              'invalid-request',
              `sampleRate=${query.sampleRate} goes with audio=pcm only.`,
            );
          }
          if (request.ws) {
            await handOverUpgrade(request, reply, (connection) =>
              runtime.publishing.connect(roomId, { ...query, participantId }, connection),
            );
          }
        },
      },
      refuseWithoutUpgrade,
    );
    server.get(
      '/v2/taps/:stepId/sdp',
      {
        schema: {
          tags,
          security: [{ token: [] }],
          summary: 'How to receive what a tap sends as RTP: a session description (RFC 8866)',
          description: 'ffplay -protocol_whitelist file,udp,rtp tap.sdp',
          params: StepParams,
          querystring: Type.Object({ token: Type.Optional(Type.String({ maxLength: 4000 })) }),
        },
      },
      (request, reply) => {
        const step = runningTap(request.params.stepId);
        permit(runtime, request, 'read', step.roomId);
        return reply.type('application/sdp').send(runtime.taps.rtpDescription(step.id));
      },
    );
    await Promise.resolve();
  };
}

const fileTypes: Record<string, string> = { '.jpg': 'image/jpeg', '.wav': 'audio/wav' };

/** What taps leave behind, by signed link or by key. */
export function tapFileRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.get(
      '/v2/taps/files/:fileId',
      {
        schema: {
          tags,
          summary: 'Download a picture or an utterance of a tap',
          description: 'By the signed link that `fileUrl` holds, or with a key or token in Authorization.',
          params: Type.Object({ fileId: Type.String({ maxLength: 64 }) }),
          querystring: SignedQuery,
        },
      },
      async (request, reply) => {
        const { fileId } = request.params;
        const { path, roomId } = runtime.taps.file(fileId);
        await permitDownload(runtime, request, request.query, fileId, roomId);
        const type = fileTypes[extname(path)] ?? 'application/octet-stream';
        return sendFile(request, reply, { path, name: fileId, type });
      },
    );
    await Promise.resolve();
  };
}
