import type { FastifyRequest } from 'fastify';
import { RoomflowError } from '../contract/index.ts';
import { requireJoin } from '../rooms/index.ts';
import { isModerating } from './acting.ts';
import { permit, principalOf } from './authenticate.ts';
import type { Runtime } from './runtime.ts';

/**
 * Lets a caller put a server-side participant into a room. Those who run meetings may name any; others only somebody
 * whom their token would let join, for it is as that participant that they are heard and written down.
 *
 * @returns the participantId to speak as; undefined where the runtime makes one
 * @throws RoomflowError `unauthorized-room`, `unauthorized-participant`, `unauthorized-request`, `invalid-permissions`
 */
export function permitSpeaking(
  runtime: Runtime,
  request: FastifyRequest,
  roomId: string,
  named: string | undefined,
): string | undefined {
  permit(runtime, request, 'write', roomId);
  if (isModerating(request)) {
    return named;
  }
  const room = runtime.directory.get(roomId);
  const { permissions, participantId } = requireJoin(
    principalOf(request),
    { id: room.roomId, customRoomId: room.customRoomId, allowedParticipantIds: room.allowedParticipantIds },
    named ?? null,
  );
  if (permissions.includes('ask_join')) {
    throw new RoomflowError(
      'unauthorized-request',
      'Speaking over the API needs a token with allow_join: with ask_join one has to knock and wait.',
    );
  }
  return participantId ?? undefined;
}
