import type { FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { requireRest, verifyFileQuery, verifyToken } from '../rooms/index.ts';
import type { Runtime } from './runtime.ts';

/** The query of a signed link. */
export const SignedQuery = Type.Object({
  expires: Type.Optional(Type.String({ maxLength: 20 })),
  signature: Type.Optional(Type.String({ maxLength: 100 })),
});

/**
 * Lets a file be downloaded by the signed link to it, or by who may read its room.
 *
 * @param fileId what the link is signed for
 * @throws RoomflowError `invalid-token`, `expired-token`, `missing-token`, `unauthorized-room` and their like
 */
export async function permitDownload(
  runtime: Runtime,
  request: FastifyRequest,
  { expires, signature }: Static<typeof SignedQuery>,
  fileId: string,
  roomId: string,
): Promise<void> {
  if (expires !== undefined && signature !== undefined) {
    verifyFileQuery(fileId, { expires, signature }, runtime.keys.secret, Date.now());
    return;
  }
  const principal = await verifyToken(request.headers.authorization, runtime.keys);
  const room = runtime.directory.get(roomId);
  requireRest(principal, 'read', { id: room.roomId, customRoomId: room.customRoomId });
}
