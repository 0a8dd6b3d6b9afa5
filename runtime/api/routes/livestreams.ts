import { Type } from 'typebox';
import type { FastifyError } from 'fastify';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  BroadcastStatus,
  Livestream,
  LivestreamOutput,
  PageQuery,
  RoomId,
  RoomflowError,
  StartLivestreamBody,
  StopLivestreamBody,
  describeRejected,
  pageOf,
  rejectedValues,
  type RejectedValue,
} from '../../contract/index.ts';
import { permit, permitList } from '../authenticate.ts';
import { permitAddresses } from '../confidential.ts';
import type { Runtime } from '../runtime.ts';

const tags = ['livestreams'];
const Id = Type.String({ maxLength: 64 });
const Changed = Type.Object({
  message: Type.String(),
  livestreamId: Type.String(),
  ...Livestream.properties,
});

/** VideoSDK's calls for livestreams to RTMP servers, and the outputs of one that runs. */
export function livestreamRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  const { livestreams } = runtime;
  return async (server) => {
    server.post(
      '/v2/livestreams/start',
      {
        errorHandler: tellBadOutputs,
        schema: {
          tags,
          summary: 'Livestream the composed room to RTMP servers',
          description:
            'Stream keys are shown nowhere afterwards. Outputs that are away are tried again until the livestream ends.',
          body: StartLivestreamBody,
          response: { 200: Changed },
        },
      },
      async (request) => {
        const { roomId, templateUrl, ...params } = request.body;
        permit(runtime, request, 'write', roomId);
        permitAddresses(request, { webhookUrl: params.webhookUrl });
        refuseUnavailable(templateUrl);
        return changed('Livestream started successfully', await livestreams.start(roomId, params));
      },
    );
    // VideoSDK's index names one of these and its page the other.
    for (const path of ['/v2/livestreams/end', '/v2/livestreams/stop']) {
      server.post(
        path,
        {
          schema: {
            tags,
            summary: 'End the livestream of a room',
            body: StopLivestreamBody,
            response: { 200: Changed },
          },
        },
        async (request) => {
          permit(runtime, request, 'write', request.body.roomId);
          return changed('Livestream ended successfully', await livestreams.stop(request.body.roomId));
        },
      );
    }
    server.get(
      '/v2/livestreams',
      {
        schema: {
          tags,
          summary: 'List livestreams, newest first',
          querystring: Type.Object({
            ...PageQuery.properties,
            roomId: Type.Optional(RoomId),
            sessionId: Type.Optional(Id),
            status: Type.Optional(BroadcastStatus),
          }),
          response: { 200: pageOf(Livestream) },
        },
      },
      (request) => livestreams.list(permitList(runtime, request, request.query)),
    );
    server.get(
      '/v2/livestreams/:livestreamId',
      {
        schema: {
          tags,
          summary: 'Get a livestream and how its outputs do',
          params: Type.Object({ livestreamId: Id }),
          response: { 200: Livestream },
        },
      },
      (request) => {
        const livestream = livestreams.get(request.params.livestreamId);
        permit(runtime, request, 'read', livestream.roomId);
        return livestream;
      },
    );
    server.post(
      '/v2/livestreams/:livestreamId/outputs',
      {
        errorHandler: tellBadOutputs,
        schema: {
          tags,
          summary: 'Send a running livestream to one more server',
          params: Type.Object({ livestreamId: Id }),
          body: LivestreamOutput,
          response: { 200: Livestream },
        },
      },
      async (request) => {
        const { id, roomId } = livestreams.get(request.params.livestreamId);
        permit(runtime, request, 'write', roomId);
        return livestreams.addOutput(id, request.body);
      },
    );
    server.delete(
      '/v2/livestreams/:livestreamId/outputs/:outputId',
      {
        schema: {
          tags,
          summary: 'End a running livestream at one server',
          params: Type.Object({ livestreamId: Id, outputId: Id }),
          response: { 200: Livestream },
        },
      },
      async (request) => {
        const { id, roomId } = livestreams.get(request.params.livestreamId);
        permit(runtime, request, 'write', roomId);
        return livestreams.removeOutput(id, request.params.outputId);
      },
    );
    await Promise.resolve();
  };
}

const changed = (message: string, livestream: Livestream) => ({
  message,
  livestreamId: livestream.id,
  ...livestream,
});

/**
 * Outputs that are missing or malformed have a number of their own with VideoSDK (4015); everything else that is not
 * valid is refused as everywhere.
 */
function tellBadOutputs(error: FastifyError): never {
  if (!error.validation || error.validationContext !== 'body') {
    throw error;
  }
  const details = rejectedValues(error.validation, error.validationContext);
  if (!details.every(isAboutOutputs)) {
    throw error;
  }
  throw new RoomflowError(
    'invalid-livestream-config',
    `The outputs are not valid: ${describeRejected(details)}. Each is { url: "rtmp(s)://…", streamKey }.`,
    { details },
  );
}

/** `body` itself stands for a required key that is missing: outputs or url, or the room. */
const isAboutOutputs = ({ pointer, message }: RejectedValue): boolean =>
  /^body(\/outputs.*|\/url|\/streamKey)?$/.test(pointer) && !message.includes('roomId');

/** What VideoSDK's clients may ask for and is not there: said, rather than passed over. */
function refuseUnavailable(templateUrl: string | undefined): void {
  if (templateUrl !== undefined && templateUrl !== '') {
    throw new RoomflowError(
      'invalid-livestream-config',
      `templateUrl "${templateUrl}": the picture is not rendered from a page here. Leave templateUrl out and use config (layout, theme, background, watermarks).`,
    );
  }
}
