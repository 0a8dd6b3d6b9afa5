import { RoomflowError } from '../contract/index.ts';
import { requireJoin, type Principal } from '../rooms/index.ts';
import type { Runtime } from './runtime.ts';

/**
 * The id under which somebody may come into a room where nobody waits at a door: as the token, the room's own list and
 * the id named allow it.
 *
 * @param refusal - said to those who would have to knock first
 * @throws RoomflowError `unauthorized-room`, `unauthorized-participant`, `unauthorized-request`, `invalid-permissions`
 */
export function requireDirectEntry(
  runtime: Runtime,
  principal: Principal,
  { roomId, participantId, refusal }: { roomId: string; participantId: string | undefined; refusal: string },
): string | null {
  const room = runtime.directory.get(roomId);
  const entry = requireJoin(
    principal,
    { id: room.roomId, customRoomId: room.customRoomId, allowedParticipantIds: room.allowedParticipantIds },
    participantId ?? null,
  );
  if (entry.permissions.includes('ask_join')) {
    throw new RoomflowError('unauthorized-request', refusal);
  }
  return entry.participantId;
}
