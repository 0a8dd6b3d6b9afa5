import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  MergeRecording,
  MergeRecordingsBody,
  PageQuery,
  RecordingStatus,
  RoomId,
  pageOf,
} from '../../contract/index.ts';
import { mapPage } from '../../store/index.ts';
import { permit, permitList } from '../authenticate.ts';
import { permitAddresses, recordingFor } from '../confidential.ts';
import type { Runtime } from '../runtime.ts';

const tags = ['recordings'];
const path = '/v2/recordings/participant/merge';
const MergeParams = Type.Object({ mergeId: Type.String({ maxLength: 64 }) });

/** Stereo files made of participants' recordings. */
export function mergeRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  const { merges, recordings } = runtime;
  return async (server) => {
    server.post(
      path,
      {
        schema: {
          tags,
          summary: 'Merge recordings of participants into one stereo file',
          description:
            'The sound of channel1 on the left, of channel2 on the right, each recording where it lies in the session; several in one channel are mixed. Told with merge-recording-completed or -failed.',
          body: MergeRecordingsBody,
          response: { 200: Type.Object({ message: Type.String(), recording: MergeRecording }) },
        },
      },
      (request) => {
        permit(runtime, request, 'write', runtime.history.session(request.body.sessionId).roomId);
        permitAddresses(request, { webhookUrl: request.body.webhookUrl });
        const recording = recordingFor(request, merges.start(request.body));
        return { message: 'Merge recordings started successfully', recording };
      },
    );
    server.get(
      path,
      {
        schema: {
          tags,
          summary: 'List merges, newest first',
          querystring: Type.Object({
            ...PageQuery.properties,
            roomId: Type.Optional(RoomId),
            sessionId: Type.Optional(Type.String({ maxLength: 64 })),
            status: Type.Optional(RecordingStatus),
          }),
          response: { 200: pageOf(MergeRecording) },
        },
      },
      (request) => {
        const page = merges.list(permitList(runtime, request, request.query));
        return mapPage(page, (merge) => recordingFor(request, merge));
      },
    );
    server.get(
      `${path}/:mergeId`,
      { schema: { tags, summary: 'Get a merge', params: MergeParams, response: { 200: MergeRecording } } },
      (request) => {
        const merge = merges.get(request.params.mergeId);
        permit(runtime, request, 'read', merge.roomId);
        return recordingFor(request, merge);
      },
    );
    server.delete(
      `${path}/:mergeId`,
      {
        schema: {
          tags,
          summary: 'Delete a merge and its file',
          params: MergeParams,
          response: {
            200: Type.Object({ message: Type.String(), id: Type.String(), deleted: Type.Boolean() }),
          },
        },
      },
      async (request) => {
        const merge = merges.get(request.params.mergeId);
        permit(runtime, request, 'moderate', merge.roomId);
        await recordings.delete(merge.id);
        return { message: 'merge recording deleted successfully', id: merge.id, deleted: true };
      },
    );
    await Promise.resolve();
  };
}
