import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  CaptureHlsBody,
  HlsCapture,
  HlsStream,
  PageQuery,
  RoomId,
  StartHlsBody,
  pageOf,
} from '../../contract/index.ts';
import { permit, permitList } from '../authenticate.ts';
import { permitAddresses } from '../confidential.ts';
import type { Runtime } from '../runtime.ts';

const tags = ['hls'];
const HlsParams = Type.Object({ hlsId: Type.String({ maxLength: 64 }) });
const StopBody = Type.Object({ roomId: RoomId }, { additionalProperties: false });
const Started = Type.Object({ message: Type.String(), ...HlsStream.properties });

/** HLS streams of rooms, as VideoSDK has them. */
export function hlsRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  const { hls } = runtime;
  return async (server) => {
    server.post(
      '/v2/hls/start',
      {
        schema: {
          tags,
          summary: 'Start streaming a room to viewers',
          description:
            'Viewers can start once the stream is playable: `hls-playable`, some two seconds later.',
          body: StartHlsBody,
          response: { 200: Started },
        },
      },
      async (request) => {
        permit(runtime, request, 'write', request.body.roomId);
        const { roomId, summary, ...params } = request.body;
        permitAddresses(request, { webhookUrl: params.webhookUrl });
        if (summary !== undefined && params.transcription !== undefined) {
          params.transcription.summary ??= summary;
        }
        return { message: 'HLS started successfully', ...(await hls.start(roomId, params)) };
      },
    );
    // VideoSDK documents both names.
    for (const path of ['/v2/hls/end', '/v2/hls/stop']) {
      server.post(
        path,
        {
          schema: {
            tags,
            summary: 'Stop streaming a room',
            body: StopBody,
            response: { 200: Started },
          },
        },
        async (request) => {
          permit(runtime, request, 'write', request.body.roomId);
          return { message: 'HLS ended successfully', ...(await hls.stop(request.body.roomId)) };
        },
      );
    }
    server.post(
      '/v2/hls/capture',
      {
        schema: {
          tags,
          summary: 'Take a picture of the running stream: the newest, or at a time',
          body: CaptureHlsBody,
          response: { 200: HlsCapture },
        },
      },
      async (request) => {
        permit(runtime, request, 'write', request.body.roomId);
        const { roomId, format = 'jpg', ...rest } = request.body;
        return await hls.capture(roomId, { format, ...rest });
      },
    );
    server.get(
      '/v2/hls',
      {
        schema: {
          tags,
          summary: 'List HLS streams, newest first',
          querystring: Type.Object({
            ...PageQuery.properties,
            roomId: Type.Optional(RoomId),
            sessionId: Type.Optional(Type.String({ maxLength: 64 })),
          }),
          response: { 200: pageOf(HlsStream) },
        },
      },
      (request) => hls.list(permitList(runtime, request, request.query)),
    );
    server.get(
      '/v2/hls/:roomId/active',
      {
        schema: {
          tags,
          summary: 'The stream that runs in a room now',
          params: Type.Object({ roomId: RoomId }),
          response: { 200: Type.Object({ code: Type.Integer(), data: HlsStream }) },
        },
      },
      (request) => {
        permit(runtime, request, 'read', request.params.roomId);
        return { code: 200, data: hls.active(runtime.directory.get(request.params.roomId).roomId) };
      },
    );
    server.get(
      '/v2/hls/:hlsId',
      { schema: { tags, summary: 'Get an HLS stream', params: HlsParams, response: { 200: HlsStream } } },
      (request) => {
        const stream = hls.get(request.params.hlsId);
        permit(runtime, request, 'read', stream.roomId);
        return stream;
      },
    );
    server.delete(
      '/v2/hls/:hlsId',
      {
        schema: {
          tags,
          summary: 'Delete an HLS stream and its files',
          params: HlsParams,
          response: {
            200: Type.Object({ message: Type.String(), id: Type.String(), deleted: Type.Boolean() }),
          },
        },
      },
      async (request) => {
        const stream = hls.get(request.params.hlsId);
        permit(runtime, request, 'moderate', stream.roomId);
        await hls.delete(stream.id);
        // VideoSDK's own words.
        return { message: 'Room Hls Recording deleted successfully !', id: stream.id, deleted: true };
      },
    );
    await Promise.resolve();
  };
}
