import { extname } from 'node:path';
import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  EndRealtimeTranscriptionBody,
  PageQuery,
  RoomId,
  SpeechEngineView,
  StartPostTranscriptionBody,
  StartRealtimeTranscriptionBody,
  TranscriptSegment,
  Transcription,
  pageOf,
} from '../../contract/index.ts';
import { transcriptFileId } from '../../graph/index.ts';
import { mapPage } from '../../store/index.ts';
import { permit, permitList, principalOf } from '../authenticate.ts';
import { permitAddresses, transcriptionFor } from '../confidential.ts';
import { SignedQuery, permitDownload } from '../permit-download.ts';
import type { Runtime } from '../runtime.ts';
import { sendFile } from '../send-file.ts';

const tags = ['transcriptions'];
const Id = Type.String({ maxLength: 64 });
const TranscriptionParams = Type.Object({ transcriptionId: Id });
const Filters = Type.Object({
  ...PageQuery.properties,
  roomId: Type.Optional(RoomId),
  sessionId: Type.Optional(Id),
});
const PostFilters = Type.Object({ ...Filters.properties, recordingId: Type.Optional(Id) });
/** VideoSDK's list of transcriptions is unlike its others. */
const Listed = Type.Object({
  pageInfo: pageOf(Transcription).properties.pageInfo,
  transcriptions: Type.Array(Transcription),
});
const Deleted = Type.Object({ message: Type.String(), id: Type.String(), deleted: Type.Boolean() });

const contentTypes: Record<string, string> = {
  '.json': 'application/json; charset=utf-8',
  '.srt': 'application/x-subrip; charset=utf-8',
  '.vtt': 'text/vtt; charset=utf-8',
  '.tsv': 'text/tab-separated-values; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

/** Transcriptions of live rooms and of recordings, as VideoSDK has them, and the recognisers there are. */
export function transcriptionRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  const { transcriptions } = runtime;
  return async (server) => {
    server.post(
      '/ai/v1/realtime-transcriptions/start',
      {
        schema: {
          tags,
          summary: 'Start transcribing a room',
          description:
            'Everybody who speaks, whoever comes later included. What is said is told with transcription-text.',
          body: StartRealtimeTranscriptionBody,
          response: { 200: Transcription },
        },
      },
      async (request) => {
        permit(runtime, request, 'write', request.body.roomId);
        const { callbackUrl, webhookUrl } = request.body;
        permitAddresses(request, { callbackUrl, webhookUrl });
        return transcriptionFor(request, await transcriptions.realtime.start(request.body));
      },
    );
    server.post(
      '/ai/v1/realtime-transcriptions/end',
      {
        schema: {
          tags,
          summary: 'End transcribing a room',
          body: EndRealtimeTranscriptionBody,
          response: { 200: Transcription },
        },
      },
      async (request) => {
        permit(runtime, request, 'write', request.body.roomId);
        return transcriptionFor(request, await transcriptions.realtime.end(request.body.roomId));
      },
    );
    server.post(
      '/ai/v1/post-transcriptions',
      {
        schema: {
          tags,
          summary: 'Transcribe a recording that has ended',
          description:
            'Told with transcription-completed or -failed. To have a recording transcribed when it ends, start it with transcription.enabled.',
          body: StartPostTranscriptionBody,
          response: { 200: Transcription },
        },
      },
      async (request) => {
        const { callbackUrl, recordingId, webhookUrl } = request.body;
        permit(runtime, request, 'write', runtime.recordings.archive.require(null, recordingId).roomId);
        permitAddresses(request, { callbackUrl, webhookUrl });
        return transcriptionFor(request, await transcriptions.post.start(request.body));
      },
    );

    for (const type of ['realtime', 'post'] as const) {
      const path = `/ai/v1/${type}-transcriptions`;
      const what = type === 'post' ? 'of recordings' : 'of live rooms';
      server.get(
        path,
        {
          schema: {
            tags,
            summary: `List transcriptions ${what}, newest first`,
            querystring: type === 'post' ? PostFilters : Filters,
            response: { 200: Listed },
          },
        },
        (request) => {
          const page = transcriptions[type].list(permitList(runtime, request, request.query));
          return {
            pageInfo: page.pageInfo,
            transcriptions: page.data.map((transcription) => transcriptionFor(request, transcription)),
          };
        },
      );
      server.get(
        `${path}/:transcriptionId`,
        {
          schema: {
            tags,
            summary: `Get a transcription ${what}`,
            params: TranscriptionParams,
            response: { 200: Transcription },
          },
        },
        (request) => {
          const transcription = transcriptions[type].get(request.params.transcriptionId);
          permit(runtime, request, 'read', transcription.roomId);
          return transcriptionFor(request, transcription);
        },
      );
      server.get(
        `${path}/:transcriptionId/segments`,
        {
          schema: {
            tags,
            summary: 'List what was said, in the order in which it began',
            params: TranscriptionParams,
            querystring: PageQuery,
            response: { 200: pageOf(TranscriptSegment) },
          },
        },
        (request) => {
          const { id, roomId } = transcriptions[type].get(request.params.transcriptionId);
          permit(runtime, request, 'read', roomId);
          return transcriptions.segments(id, request.query);
        },
      );
      server.delete(
        `${path}/:transcriptionId`,
        {
          schema: {
            tags,
            summary: `Delete a transcription ${what} and its files`,
            params: TranscriptionParams,
            response: { 200: Deleted },
          },
        },
        async (request) => {
          const { id, roomId } = transcriptions[type].get(request.params.transcriptionId);
          permit(runtime, request, 'moderate', roomId);
          await transcriptions.delete(type, id);
          return { message: 'transcription deleted successfully', id, deleted: true };
        },
      );
    }

    server.get(
      '/v2/transcriptions',
      {
        schema: {
          tags,
          summary: 'List transcriptions of recordings, newest first: VideoSDK’s older call',
          querystring: PostFilters,
          response: { 200: pageOf(Transcription) },
        },
      },
      (request) => {
        const page = transcriptions.post.list(permitList(runtime, request, request.query));
        return mapPage(page, (transcription) => transcriptionFor(request, transcription));
      },
    );
    server.get(
      '/v2/transcriptions/:transcriptionId',
      {
        schema: {
          tags,
          summary: 'Get a transcription of either type',
          params: TranscriptionParams,
          response: { 200: Transcription },
        },
      },
      (request) => {
        const transcription = transcriptions.get(request.params.transcriptionId);
        permit(runtime, request, 'read', transcription.roomId);
        return transcriptionFor(request, transcription);
      },
    );
    server.get(
      '/v2/speech/engines',
      {
        schema: {
          tags,
          summary: 'List the recognisers that may be named, and whether they can be started',
          response: { 200: Type.Array(SpeechEngineView) },
        },
      },
      (request) => {
        // The same for everybody who may call at all.
        principalOf(request);
        return transcriptions.engines();
      },
    );
    await Promise.resolve();
  };
}

/** Files of transcripts, by signed link or by key. */
export function transcriptFileRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.get(
      '/v2/transcriptions/:transcriptionId/files/:name',
      {
        schema: {
          tags,
          summary: 'Download a file of a transcript',
          description:
            'By the signed link that `transcriptionFilePaths` holds, or with a key or token in Authorization.',
          params: Type.Object({ transcriptionId: Id, name: Type.String({ maxLength: 32 }) }),
          querystring: SignedQuery,
        },
      },
      async (request, reply) => {
        const { transcriptionId, name } = request.params;
        const { path, roomId } = runtime.transcriptions.file(transcriptionId, name);
        await permitDownload(
          runtime,
          request,
          request.query,
          transcriptFileId(transcriptionId, name),
          roomId,
        );
        const type = contentTypes[extname(name)] ?? 'application/octet-stream';
        return sendFile(request, reply, { path, name, type });
      },
    );
    await Promise.resolve();
  };
}
