import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  ComposedRecording,
  PageQuery,
  RecordingStatus,
  RoomId,
  RoomIdBody,
  StartCompositeRecordingBody,
  StartRoomRecordingBody,
  StopCompositeRecordingBody,
  pageOf,
} from '../../contract/index.ts';
import { mapPage } from '../../store/index.ts';
import { permit, permitList } from '../authenticate.ts';
import { permitAddresses, recordingFor } from '../confidential.ts';
import type { Runtime } from '../runtime.ts';

const tags = ['recordings'];
const RecordingParams = Type.Object({ recordingId: Type.String({ maxLength: 64 }) });
const Filters = Type.Object({
  ...PageQuery.properties,
  roomId: Type.Optional(RoomId),
  sessionId: Type.Optional(Type.String({ maxLength: 64 })),
  status: Type.Optional(RecordingStatus),
});
const Answer = Type.Object({
  message: Type.String(),
  id: Type.String(),
  recordingId: Type.String(),
  stepId: Type.String(),
  roomId: Type.String(),
  sessionId: Type.String(),
  status: RecordingStatus,
});
const Deleted = Type.Object({ message: Type.String(), id: Type.String(), deleted: Type.Boolean() });

/** Where each kind lies, and what VideoSDK says when one is deleted. */
const kinds = {
  meeting: { path: '/v2/recordings', what: 'room', deleted: 'Room recording deleted successfully' },
  composite: {
    path: '/v2/recordings/composite',
    what: 'composite',
    deleted: 'composite recording deleted successfully',
  },
} as const;

/** Recordings of the room and of chosen participants, composed into one picture and one mix. */
export function composedRecordingRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  const { recordings } = runtime;
  const { room } = recordings;
  return async (server) => {
    server.post(
      '/v2/recordings/start',
      {
        schema: {
          tags,
          summary: 'Start recording a room: everybody in one picture and one mix',
          body: StartRoomRecordingBody,
          response: { 200: Answer },
        },
      },
      async (request) => {
        const { roomId, ...body } = request.body;
        permit(runtime, request, 'write', roomId);
        permitAddresses(request, { webhookUrl: body.webhookUrl, callbackUrl: body.callbackUrl });
        return answer('Recording started successfully', await room.start(roomId, body));
      },
    );
    for (const verb of ['end', 'stop'] as const) {
      server.post(
        `/v2/recordings/${verb}`,
        {
          schema: {
            tags,
            summary: 'Stop recording a room',
            ...(verb === 'stop' ? { description: 'The same as /v2/recordings/end.' } : {}),
            body: RoomIdBody,
            response: { 200: Answer },
          },
        },
        async (request) => {
          permit(runtime, request, 'write', request.body.roomId);
          return answer('Recording ended successfully', await room.stop(request.body.roomId));
        },
      );
    }
    server.post(
      '/v2/recordings/composite/start',
      {
        schema: {
          tags,
          summary: 'Start recording chosen participants in one picture and one mix',
          description:
            'Several may run at once. Without participants: everybody on stage when it starts, 25 at most.',
          body: StartCompositeRecordingBody,
          response: { 200: Answer },
        },
      },
      async (request) => {
        const { roomId, ...body } = request.body;
        permit(runtime, request, 'write', roomId);
        permitAddresses(request, { webhookUrl: body.webhookUrl, callbackUrl: body.callbackUrl });
        return answer('composite recording started successfully.', await room.startComposite(roomId, body));
      },
    );
    server.post(
      '/v2/recordings/composite/stop',
      {
        schema: {
          tags,
          summary: 'Stop a composite recording',
          body: StopCompositeRecordingBody,
          response: { 200: Answer },
        },
      },
      async (request) => {
        const { roomId, recordingId } = request.body;
        permit(runtime, request, 'write', roomId);
        return answer(
          'composite recording ended successfully.',
          await room.stopComposite(roomId, recordingId),
        );
      },
    );

    for (const mode of ['meeting', 'composite'] as const) {
      const { path, what, deleted } = kinds[mode];
      server.get(
        path,
        {
          schema: {
            tags,
            summary: `List ${what} recordings, newest first`,
            querystring: Filters,
            response: { 200: pageOf(ComposedRecording) },
          },
        },
        (request) => {
          const page = room.list(mode, permitList(runtime, request, request.query));
          return mapPage(page, (recording) => recordingFor(request, recording));
        },
      );
      server.get(
        `${path}/:recordingId`,
        {
          schema: {
            tags,
            summary: `Get a ${what} recording`,
            params: RecordingParams,
            response: { 200: ComposedRecording },
          },
        },
        (request) => {
          const recording = room.get(mode, request.params.recordingId);
          permit(runtime, request, 'read', recording.roomId);
          return recordingFor(request, recording);
        },
      );
      server.delete(
        `${path}/:recordingId`,
        {
          schema: {
            tags,
            summary: `Delete a ${what} recording and its file`,
            params: RecordingParams,
            response: { 200: Deleted },
          },
        },
        async (request) => {
          const recording = room.get(mode, request.params.recordingId);
          permit(runtime, request, 'moderate', recording.roomId);
          await recordings.delete(recording.id);
          return { message: deleted, id: recording.id, deleted: true };
        },
      );
    }
    await Promise.resolve();
  };
}

function answer(message: string, recording: ComposedRecording) {
  const { id, recordingId, stepId, roomId, sessionId, status } = recording;
  return { message, id, recordingId, stepId, roomId, sessionId, status };
}
