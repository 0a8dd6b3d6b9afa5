import { randomUUID } from 'node:crypto';
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
} from 'fastify';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import websocket from '@fastify/websocket';
import { TypeBoxValidatorCompiler, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import {
  MOST_LEVELS,
  RoomflowError,
  describeRejected,
  isDeeperThan,
  rejectedValues,
  type ErrorBody,
} from '../contract/index.ts';
import type { Runtime } from './runtime.ts';
import { authenticate } from './authenticate.ts';
import { eventRoutes } from './routes/events.ts';
import { composedRecordingRoutes } from './routes/composed-recordings.ts';
import { fileRoutes } from './routes/files.ts';
import { giftRoutes } from './routes/gifts.ts';
import { graphDocumentRoutes, graphSchemaRoutes } from './routes/graph-documents.ts';
import { graphDiagramRoutes } from './routes/graph-diagrams.ts';
import { graphRoutes } from './routes/graphs.ts';
import { healthRoutes } from './routes/health.ts';
import { livestreamRoutes } from './routes/livestreams.ts';
import { hlsRoutes } from './routes/hls.ts';
import { hlsMediaRoutes } from './routes/hls-media.ts';
import { lobbyRoutes } from './routes/lobby.ts';
import { mergeRoutes } from './routes/merges.ts';
import { messageRoutes } from './routes/messages.ts';
import { pageRoutes } from './routes/pages.ts';
import { pictureRoutes } from './routes/pictures.ts';
import { playRoutes } from './routes/plays.ts';
import { pollRoutes } from './routes/polls.ts';
import { questionRoutes } from './routes/questions.ts';
import { recordingRoutes } from './routes/recordings.ts';
import { roomRoutes } from './routes/rooms.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { signalRoutes } from './routes/signal.ts';
import { stageRoutes } from './routes/stage.ts';
import { stepRoutes } from './routes/steps.ts';
import { tapFileRoutes, tapRoutes } from './routes/taps.ts';
import { transcriptFileRoutes, transcriptionRoutes } from './routes/transcriptions.ts';
import { workerRoutes } from './routes/workers.ts';
import { whipRoutes } from './routes/whip.ts';

/** Largest message a socket may send; an SDP offer of a large room is the longest there is. */
const SOCKET_MESSAGE_BYTES = 512 * 1024;

/** The HTTP and WebSocket API over a runtime. It has no logic of its own: parse, call, answer. */
export async function createServer(runtime: Runtime, logger: FastifyBaseLogger): Promise<FastifyInstance> {
  const server = Fastify({
    loggerInstance: logger,
    // Fastify's own lines hold whole URLs, and those may hold tokens: the hook below logs routes instead.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: runtime.config.bodyLimitBytes,
    trustProxy: runtime.config.trustProxy,
    genReqId: () => randomUUID(),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 256 },
    // Open sockets must not hold up a shutdown.
    forceCloseConnections: true,
  })
    .withTypeProvider<TypeBoxTypeProvider>()
    .setValidatorCompiler(TypeBoxValidatorCompiler);

  // VideoSDK's clients announce JSON with every call, also where they send nothing.
  const parseJson = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') {
      done(null, undefined);
    } else {
      void parseJson(request, body, (error, value) => {
        if (error === null && isDeeperThan(value, MOST_LEVELS)) {
          const message = `The body lies deeper than ${MOST_LEVELS} levels: ${JSON.stringify(body.slice(0, 80))}`;
          done(new RoomflowError('invalid-request', message));
        } else {
          done(error, value);
        }
      });
    }
  });

  server.setErrorHandler((error: FastifyError, request, reply) => {
    const body = bodyOf(error);
    if (body.statusCode >= 500) {
      request.log.error({ err: error, method: request.method, url: request.routeOptions.url }, body.message);
    }
    return reply.status(body.statusCode).send(body);
  });
  server.setNotFoundHandler((request, reply) => {
    const { method } = request;
    const path = request.url.split('?')[0] ?? '';
    const error = new RoomflowError('route-not-found', `No such call: ${method} ${path}. See /docs.`);
    return reply.status(error.status).send(error.toBody());
  });
  server.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    await Promise.resolve();
  });

  server.addHook('onResponse', async (request, reply) => {
    request.log.debug(
      {
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        elapsedMs: Math.round(reply.elapsedTime),
      },
      'request',
    );
    await Promise.resolve();
  });

  await server.register(rateLimit, {
    global: false,
    max: runtime.config.requestsPerMinute,
    timeWindow: '1 minute',
    errorResponseBuilder: (_request, { after }) =>
      new RoomflowError('too-many-requests', `Too many requests; try again in ${after}.`),
  });
  // Before the guarded routes' own hooks, so that guesses at tokens are counted too.
  const countRequest = server.rateLimit();
  server.addHook('onRequest', async function (request, reply) {
    if (request.routeOptions.config.isUnlimited !== true) {
      await countRequest.call(server, request, reply);
    }
  });
  await server.register(websocket, { options: { maxPayload: SOCKET_MESSAGE_BYTES } });
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Roomflow',
        description: 'Self-hosted meetings for n8n. Calls that VideoSDK v2 has keep its paths and keys.',
        version: runtime.version,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      components: {
        securitySchemes: {
          token: {
            type: 'apiKey',
            in: 'header',
            name: 'Authorization',
            description: 'The server key or a JWT, raw or as Bearer.',
          },
        },
      },
    },
  });
  await server.register(swaggerUi, { routePrefix: '/docs' });

  await server.register(healthRoutes(runtime));
  await server.register(pageRoutes(runtime));
  await server.register(fileRoutes(runtime));
  await server.register(transcriptFileRoutes(runtime));
  await server.register(hlsMediaRoutes(runtime));
  await server.register(signalRoutes(runtime));
  await server.register(eventRoutes(runtime));
  await server.register(pictureRoutes(runtime));
  await server.register(tapFileRoutes(runtime));
  await server.register(tapRoutes(runtime));
  await server.register(whipRoutes(runtime));
  await server.register(graphSchemaRoutes());
  await server.register(async (guarded) => {
    authenticate(guarded, runtime);
    await guarded.register(roomRoutes(runtime));
    await guarded.register(lobbyRoutes(runtime));
    await guarded.register(messageRoutes(runtime));
    await guarded.register(pollRoutes(runtime));
    await guarded.register(questionRoutes(runtime));
    await guarded.register(giftRoutes(runtime));
    await guarded.register(stageRoutes(runtime));
    await guarded.register(sessionRoutes(runtime));
    await guarded.register(recordingRoutes(runtime));
    await guarded.register(composedRecordingRoutes(runtime));
    await guarded.register(mergeRoutes(runtime));
    await guarded.register(livestreamRoutes(runtime));
    await guarded.register(playRoutes(runtime));
    await guarded.register(stepRoutes(runtime));
    await guarded.register(workerRoutes(runtime));
    await guarded.register(hlsRoutes(runtime));
    await guarded.register(transcriptionRoutes(runtime));
    await guarded.register(graphDocumentRoutes(runtime));
    await guarded.register(graphRoutes(runtime));
    await guarded.register(graphDiagramRoutes(runtime));
  });
  await server.ready();
  return server;
}

/** Fastify's own refusals in the shape and codes of the table. */
function bodyOf(error: FastifyError): ErrorBody {
  if (error instanceof RoomflowError) {
    return error.toBody();
  }
  if (error.validation) {
    const details = rejectedValues(error.validation, error.validationContext ?? 'body');
    // What a composed picture cannot be is refused alike wherever it is asked for: steps, recordings, broadcasts.
    const isPicture = details.every(({ pointer }) => /^body\/config(\/|$)/.test(pointer));
    return new RoomflowError(
      isPicture ? 'invalid-composition' : 'invalid-request',
      `The request is not valid: ${describeRejected(details)}.`,
      { details },
    ).toBody();
  }
  switch (error.statusCode) {
    case 413:
      return new RoomflowError('body-too-large', error.message).toBody();
    case 415:
      return new RoomflowError('unsupported-media-type', `${error.message}. Send application/json.`).toBody();
    case 400:
      return new RoomflowError('invalid-request', `The request is not valid: ${error.message}.`).toBody();
    default:
      // What failed inside is for the log, not for the caller.
      return new RoomflowError(
        'internal',
        'Something went wrong in the runtime; its log says what.',
      ).toBody();
  }
}
