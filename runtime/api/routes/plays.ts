import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Type, type Static } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  PageQuery,
  ParticipantId,
  Play,
  PlayBody,
  PlayStatus,
  RoomId,
  RoomflowError,
  ServerParticipantMediaBody,
  StopPlaysBody,
  VoiceView,
  pageOf,
} from '../../contract/index.ts';
import { voiceViews } from '../../media/index.ts';
import { permit, principalOf } from '../authenticate.ts';
import { playFor } from '../confidential.ts';
import type { Runtime } from '../runtime.ts';
import { permitSpeaking } from '../speaking.ts';

const tags = ['plays'];
const RoomParams = Type.Object({ roomId: RoomId });
const PlayParams = Type.Object({ playId: Type.String({ maxLength: 64 }) });
const { participantId, name, bargeIn, interrupt, stay } = PlayBody.properties;
/** What the body says beside its sound, where the body is the sound. */
const Manner = Type.Object(
  {
    participantId,
    name,
    bargeIn,
    interrupt,
    stay,
    metadata: Type.Optional(Type.String({ maxLength: 10_000, description: 'JSON, or any text' })),
  },
  { additionalProperties: false },
);

const OwnMedia = Type.Object({
  participantId: Type.String(),
  /** Whether others hear and see it, when it plays something. */
  audio: Type.Boolean(),
  video: Type.Boolean(),
});

/** Speech and files that are played into rooms. */
export function playRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  const { plays, config } = runtime;
  return async (server) => {
    // Whatever is sent that is no JSON is taken for sound; whether it is, is seen once it is there.
    server.addContentTypeParser('*', (_request, payload, done) => {
      done(null, payload);
    });

    server.post(
      '/v2/rooms/:roomId/plays',
      {
        bodyLimit: config.uploadLimitBytes,
        schema: {
          tags,
          summary: 'Speak text or play a file into a room, as a participant of its own',
          description:
            'Give text or url as JSON; or send a media file as the body, with its own Content-Type, and everything else as the query. It is played behind what the same participant plays already.',
          params: RoomParams,
          querystring: Manner,
          body: {
            content: {
              'application/json': { schema: PlayBody },
              'audio/*': { schema: Type.Unsafe<Readable>({ type: 'string', format: 'binary' }) },
            },
          },
          response: { 200: Play },
        },
      },
      async (request) => {
        const { roomId } = request.params;
        const { body } = request as { body: unknown };
        if (body instanceof Readable) {
          const { metadata, ...manner } = request.query;
          const participantId = permitSpeaking(runtime, request, roomId, manner.participantId);
          // Nothing is written down for a room where nobody is.
          runtime.rooms.requireSession(roomId);
          const file = await received(body);
          const play = await plays.start(
            roomId,
            { file },
            withMetadata({ ...manner, participantId }, metadata),
          );
          return playFor(request, play);
        }
        // Checked against PlayBody above, which is the schema of every body that is no stream.
        const { text, voice, url, ...manner } = (body ?? {}) as PlayBody;
        const participantId = permitSpeaking(runtime, request, roomId, manner.participantId);
        refuseQuery(request.query);
        return playFor(
          request,
          await plays.start(roomId, { text, voice, url }, { ...manner, participantId }),
        );
      },
    );
    server.get(
      '/v2/rooms/:roomId/plays',
      {
        schema: {
          tags,
          summary: 'List what was played and what waits, newest first',
          params: RoomParams,
          querystring: Type.Object({
            ...PageQuery.properties,
            sessionId: Type.Optional(Type.String({ maxLength: 64 })),
            participantId: Type.Optional(ParticipantId),
            status: Type.Optional(PlayStatus),
          }),
          response: { 200: pageOf(Play) },
        },
      },
      (request) => {
        permit(runtime, request, 'read', request.params.roomId);
        const { roomId } = runtime.directory.get(request.params.roomId);
        const page = plays.list({ ...request.query, roomId });
        return { ...page, data: page.data.map((play) => playFor(request, play)) };
      },
    );
    server.post(
      '/v2/rooms/:roomId/plays/stop',
      {
        schema: {
          tags,
          summary: 'End what plays and what waits, of a participant or of the room',
          params: RoomParams,
          body: Type.Union([StopPlaysBody, Type.Null()]),
          response: { 200: Type.Object({ data: Type.Array(Play) }) },
        },
      },
      async (request) => {
        permit(runtime, request, 'moderate', request.params.roomId);
        const ended = await plays.stopAll(request.params.roomId, request.body?.participantId);
        return { data: ended.map((play) => playFor(request, play)) };
      },
    );
    server.get(
      '/v2/plays/:playId',
      { schema: { tags, summary: 'Get a play', params: PlayParams, response: { 200: Play } } },
      (request) => {
        const play = plays.get(request.params.playId);
        permit(runtime, request, 'read', play.roomId);
        return playFor(request, play);
      },
    );
    server.post(
      '/v2/plays/:playId/stop',
      { schema: { tags, summary: 'End a play', params: PlayParams, response: { 200: Play } } },
      async (request) => {
        permit(runtime, request, 'moderate', plays.get(request.params.playId).roomId);
        return playFor(request, await plays.stop(request.params.playId));
      },
    );
    server.post(
      '/v2/rooms/:roomId/participants/:participantId/media',
      {
        schema: {
          tags,
          summary: 'Turn microphone and camera of a server-side participant off and on',
          params: Type.Object({ roomId: RoomId, participantId: ParticipantId }),
          body: ServerParticipantMediaBody,
          response: { 200: OwnMedia },
        },
      },
      (request) => {
        const { roomId } = request.params;
        permit(runtime, request, 'moderate', roomId);
        return plays.setMedia(roomId, request.params.participantId, request.body);
      },
    );
    server.get(
      '/v2/speech/voices',
      {
        schema: {
          tags,
          summary: 'List the voices that a play may name, and whether they can be used',
          response: { 200: Type.Array(VoiceView) },
        },
      },
      (request) => {
        // The same for everybody who may call at all.
        principalOf(request);
        return voiceViews(config.speechVoices, config.defaultVoice);
      },
    );
    await Promise.resolve();
  };

  /** Writes down what is sent, up to the limit. */
  async function received(body: Readable): Promise<string> {
    const file = plays.newFile();
    const limit = config.uploadLimitBytes;
    try {
      await pipeline(
        body,
        async function* (chunks: AsyncIterable<Buffer>) {
          let bytes = 0;
          for await (const chunk of chunks) {
            bytes += chunk.length;
            if (bytes > limit) {
              throw new RoomflowError(
                'body-too-large',
                `What is sent is larger than ${limit} bytes (setting uploadLimitBytes).`,
              );
            }
            yield chunk;
          }
          if (bytes === 0) {
            throw new RoomflowError('unplayable-audio', 'What is sent is empty.');
          }
        },
        createWriteStream(file, { flags: 'wx', mode: 0o600 }),
      );
      return file;
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
  }
}

/** With JSON the body says everything; what stands in both would contradict itself. */
function refuseQuery(query: Static<typeof Manner>): void {
  const [first] = Object.keys(query);
  if (first !== undefined) {
    throw new RoomflowError(
      'invalid-request',
      `"${first}" belongs into the JSON body; the query is for a body that is sound.`,
    );
  }
}

function withMetadata<M extends object>(manner: M, metadata: string | undefined): M & { metadata?: unknown } {
  if (metadata === undefined) {
    return manner;
  }
  try {
    return { ...manner, metadata: JSON.parse(metadata) as unknown };
  } catch (error) {
    if (error instanceof SyntaxError) {
      return { ...manner, metadata };
    }
    throw error;
  }
}
