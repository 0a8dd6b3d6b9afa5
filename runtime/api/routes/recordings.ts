import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  PageQuery,
  ParticipantBody,
  ParticipantId,
  Recording,
  RecordingStatus,
  RoomId,
  StartParticipantRecordingBody,
  StartTrackRecordingBody,
  StopTrackRecordingBody,
  TrackKind,
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
  participantId: Type.Optional(ParticipantId),
  status: Type.Optional(RecordingStatus),
});
const Started = Type.Object({
  message: Type.String(),
  id: Type.String(),
  recordingId: Type.String(),
  stepId: Type.String(),
  roomId: Type.String(),
  sessionId: Type.String(),
  participantId: Type.String(),
  status: RecordingStatus,
});
const Stopped = Started;
const Deleted = Type.Object({ message: Type.String(), id: Type.String(), deleted: Type.Boolean() });

/** Recordings of a participant and of a track: the same calls at two paths. */
export function recordingRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  const { recordings } = runtime;
  return async (server) => {
    server.post(
      '/v2/recordings/participant/start',
      {
        schema: {
          tags,
          summary: 'Start recording a participant',
          body: StartParticipantRecordingBody,
          response: { 200: Started },
        },
      },
      async (request) => {
        permit(runtime, request, 'write', request.body.roomId);
        const { roomId, ...params } = request.body;
        permitAddresses(request, { webhookUrl: params.webhookUrl });
        return answer('participant recording started successfully.', await recordings.start(roomId, params));
      },
    );
    server.post(
      '/v2/recordings/participant/track/start',
      {
        schema: {
          tags,
          summary: 'Start recording one track',
          body: StartTrackRecordingBody,
          response: { 200: Started },
        },
      },
      async (request) => {
        permit(runtime, request, 'write', request.body.roomId);
        const { roomId, ...params } = request.body;
        permitAddresses(request, { webhookUrl: params.webhookUrl });
        return answer('track recording started successfully.', await recordings.start(roomId, params));
      },
    );
    server.post(
      '/v2/recordings/participant/stop',
      {
        schema: {
          tags,
          summary: 'Stop recording a participant',
          body: ParticipantBody,
          response: { 200: Stopped },
        },
      },
      async (request) => {
        permit(runtime, request, 'write', request.body.roomId);
        const { roomId, participantId } = request.body;
        return answer(
          'participant recording ended successfully.',
          await recordings.stop(roomId, participantId, null),
        );
      },
    );
    server.post(
      '/v2/recordings/participant/track/stop',
      {
        schema: {
          tags,
          summary: 'Stop recording a track',
          body: StopTrackRecordingBody,
          response: { 200: Stopped },
        },
      },
      async (request) => {
        permit(runtime, request, 'write', request.body.roomId);
        const { roomId, participantId, kind } = request.body;
        return answer(
          'track recording ended successfully.',
          await recordings.stop(roomId, participantId, kind),
        );
      },
    );

    for (const mode of ['participant', 'track'] as const) {
      const path = mode === 'participant' ? '/v2/recordings/participant' : '/v2/recordings/participant/track';
      server.get(
        path,
        {
          schema: {
            tags,
            summary: `List ${mode} recordings, newest first`,
            querystring:
              mode === 'track'
                ? Type.Object({ ...Filters.properties, kind: Type.Optional(TrackKind) })
                : Filters,
            response: { 200: pageOf(Recording) },
          },
        },
        (request) => {
          const page = recordings.list(mode, permitList(runtime, request, request.query));
          return mapPage(page, (recording) => recordingFor(request, recording));
        },
      );
      server.get(
        `${path}/:recordingId`,
        {
          schema: {
            tags,
            summary: `Get a ${mode} recording`,
            params: RecordingParams,
            response: { 200: Recording },
          },
        },
        (request) => {
          const recording = recordings.get(mode, request.params.recordingId);
          permit(runtime, request, 'read', recording.roomId);
          return recordingFor(request, recording);
        },
      );
      server.delete(
        `${path}/:recordingId`,
        {
          schema: {
            tags,
            summary: `Delete a ${mode} recording and its files`,
            params: RecordingParams,
            response: { 200: Deleted },
          },
        },
        async (request) => {
          const recording = recordings.get(mode, request.params.recordingId);
          permit(runtime, request, 'moderate', recording.roomId);
          await recordings.delete(recording.id);
          return { message: `${mode} recording deleted successfully`, id: recording.id, deleted: true };
        },
      );
    }
    await Promise.resolve();
  };
}

function answer(message: string, recording: Recording) {
  const { id, recordingId, stepId, roomId, sessionId, participantId, status } = recording;
  return { message, id, recordingId, stepId, roomId, sessionId, participantId: participantId ?? '', status };
}
