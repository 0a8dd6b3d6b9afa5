import { extname } from 'node:path';
import { Type } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { SignedQuery, permitDownload } from '../permit-download.ts';
import type { Runtime } from '../runtime.ts';
import { sendFile } from '../send-file.ts';

const contentTypes: Record<string, string> = {
  '.webm': 'video/webm',
  '.mp4': 'video/mp4',
  '.mkv': 'video/x-matroska',
  '.m4a': 'audio/mp4',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
};

/** Recorded files, by signed link or by key. */
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
          querystring: SignedQuery,
        },
      },
      async (request, reply) => {
        const { fileId } = request.params;
        const { path, roomId } = runtime.recordings.file(fileId);
        await permitDownload(runtime, request, request.query, fileId, roomId);
        const type = contentTypes[extname(path)] ?? 'application/octet-stream';
        return sendFile(request, reply, { path, name: fileId, type });
      },
    );
    await Promise.resolve();
  };
}
