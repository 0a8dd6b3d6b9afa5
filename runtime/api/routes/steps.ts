import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { RoomId, StartStepBody, Step, StepLog, StepState, UpdateStepBody } from '../../contract/index.ts';
import { permit } from '../authenticate.ts';
import { permitAddresses, stepFor } from '../confidential.ts';
import type { Runtime } from '../runtime.ts';

const tags = ['steps'];
const RoomParams = Type.Object({ roomId: RoomId });
const StepParams = Type.Object({ stepId: Type.String({ maxLength: 64 }) });

export function stepRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  const { steps } = runtime;
  return async (server) => {
    server.post(
      '/v2/rooms/:roomId/steps',
      {
        schema: {
          tags,
          summary: 'Start a step in the live session of a room',
          description:
            'A step that shows the room as a whole opens a session where nobody is: it ends with the last such step, or after `emptySessionMs`, when nobody comes.',
          params: RoomParams,
          body: StartStepBody,
          response: { 200: Step },
        },
      },
      async (request) => {
        permit(runtime, request, 'write', request.params.roomId);
        const { callbackUrl, webhookUrl } = request.body.with;
        permitAddresses(request, { callbackUrl, webhookUrl });
        return stepFor(request, await steps.start(request.params.roomId, request.body));
      },
    );
    server.get(
      '/v2/rooms/:roomId/steps',
      {
        schema: {
          tags,
          summary: 'Steps of the room, newest first',
          params: RoomParams,
          querystring: Type.Object({
            step: Type.Optional(Type.String()),
            state: Type.Optional(StepState),
            sessionId: Type.Optional(Type.String()),
          }),
          response: { 200: Type.Object({ data: Type.Array(Step) }) },
        },
      },
      (request) => {
        permit(runtime, request, 'read', request.params.roomId);
        const all = steps.list(runtime.directory.get(request.params.roomId).roomId, request.query);
        return { data: all.map((step) => stepFor(request, step)) };
      },
    );
    server.get(
      '/v2/steps/:stepId',
      { schema: { tags, summary: 'Get a step', params: StepParams, response: { 200: Step } } },
      (request) => {
        const step = steps.get(request.params.stepId);
        permit(runtime, request, 'read', step.roomId);
        return stepFor(request, step);
      },
    );
    server.get(
      '/v2/steps/:stepId/log',
      {
        schema: {
          tags,
          summary: 'What has become of a step: its changes of state, and what was logged about it',
          description:
            'The last 100 lines, and none from before the last restart of the runtime; changes of state are kept.',
          params: StepParams,
          response: { 200: StepLog },
        },
      },
      (request) => {
        const { stepId } = request.params;
        permit(runtime, request, 'moderate', steps.get(stepId).roomId);
        return runtime.stepLogs.of(stepId);
      },
    );
    server.patch(
      '/v2/steps/:stepId',
      {
        schema: {
          tags,
          summary: 'Change the picture of a running step, and of all that share its composition',
          params: StepParams,
          body: UpdateStepBody,
          response: { 200: Step },
        },
      },
      async (request) => {
        permit(runtime, request, 'write', steps.get(request.params.stepId).roomId);
        return stepFor(request, await steps.updateLook(request.params.stepId, request.body.config));
      },
    );
    for (const verb of ['stop', 'pause', 'resume'] as const) {
      server.post(
        `/v2/steps/:stepId/${verb}`,
        {
          schema: {
            tags,
            summary: { stop: 'Stop a step', pause: 'Pause a step', resume: 'Resume a paused step' }[verb],
            params: StepParams,
            response: { 200: Step },
          },
        },
        async (request) => {
          permit(runtime, request, 'write', steps.get(request.params.stepId).roomId);
          return stepFor(request, await steps[verb](request.params.stepId));
        },
      );
    }
    await Promise.resolve();
  };
}
