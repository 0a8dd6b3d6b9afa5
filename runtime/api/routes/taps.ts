import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { RoomflowError, TapStreamQuery, finalStepStates, type Step } from '../../contract/index.ts';
import { verifyToken } from '../../rooms/index.ts';
import { permit } from '../authenticate.ts';
import { handOverUpgrade, refuseWithoutUpgrade } from '../hand-over.ts';
import type { Runtime } from '../runtime.ts';

const tags = ['taps'];
const StepParams = Type.Object({ stepId: Type.String({ maxLength: 64 }) });

/** Streams of taps: media that leaves the room for programs outside. */
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
    server.decorateRequest('principal', null);
    server.addHook('onRequest', async (request) => {
      const { token } = request.query as { token?: string };
      request.principal = await verifyToken(request.headers.authorization ?? token, runtime.keys);
    });

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
    await Promise.resolve();
  };
}
