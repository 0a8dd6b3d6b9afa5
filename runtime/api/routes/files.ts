import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { RoomflowError } from '../../contract/index.ts';
import { requireRest, verifyFileQuery, verifyToken } from '../../rooms/index.ts';
import { byteRangeOf } from '../byte-range.ts';
import type { Runtime } from '../runtime.ts';

const contentTypes: Record<string, string> = {
  '.webm': 'video/webm',
  '.mp4': 'video/mp4',
  '.mkv': 'video/x-matroska',
  '.m4a': 'audio/mp4',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
};

/** Recorded files, by signed link or by key; ranges are answered so that players can seek. */
export function fileRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.get(
      '/v2/files/:fileId',
      {
        schema: {
          tags: ['recordings'],
          summary: 'Download a recorded file',
          description: 'By the signed link that `fileUrl` holds, or with a key or token in Authorization.',
          params: Type.Object({ fileId: Type.String({ maxLength: 64 }) }),
          querystring: Type.Object({
            expires: Type.Optional(Type.String({ maxLength: 20 })),
            signature: Type.Optional(Type.String({ maxLength: 100 })),
          }),
        },
      },
      async (request, reply) => {
        const { fileId } = request.params;
        const { expires, signature } = request.query;
        const file = runtime.recordings.file(fileId);
        if (expires !== undefined && signature !== undefined) {
          verifyFileQuery(fileId, { expires, signature }, runtime.keys.secret, Date.now());
        } else {
          const principal = await verifyToken(request.headers.authorization, runtime.keys);
          const room = runtime.directory.get(file.roomId);
          requireRest(principal, 'read', { id: room.roomId, customRoomId: room.customRoomId });
        }
        const size = await sizeOf(file.path, fileId);
        const range = byteRangeOf(request.headers.range, size);
        reply
          .type(contentTypes[extname(file.path)] ?? 'application/octet-stream')
          .header('accept-ranges', 'bytes')
          .header('cache-control', 'private, max-age=0, must-revalidate')
          .header('content-disposition', `inline; filename="${basename(file.path)}"`);
        if (range === 'unsatisfiable') {
          return reply.status(416).header('content-range', `bytes */${size}`).send();
        }
        if (!range) {
          return reply.header('content-length', size).send(createReadStream(file.path));
        }
        return reply
          .status(206)
          .header('content-range', `bytes ${range.start}-${range.end}/${size}`)
          .header('content-length', range.end - range.start + 1)
          .send(createReadStream(file.path, range));
      },
    );
    await Promise.resolve();
  };
}

async function sizeOf(path: string, fileId: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    throw new RoomflowError('file-not-found', `File "${fileId}" is no longer on disk.`, { cause });
  }
}
