import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RoomflowError } from '../contract/index.ts';
import { byteRangeOf } from './byte-range.ts';

/**
 * Answers with a file; ranges are answered so that players can seek.
 *
 * @throws RoomflowError `file-not-found` when it is no longer on disk
 */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: { path: string; name: string; type: string },
): Promise<FastifyReply> {
  const size = await sizeOf(file);
  const range = byteRangeOf(request.headers.range, size);
  reply
    .type(file.type)
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
}

async function sizeOf({ path, name }: { path: string; name: string }): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    throw new RoomflowError('file-not-found', `File "${name}" is no longer on disk.`, { cause });
  }
}
