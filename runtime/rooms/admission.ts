import { RoomflowError, type Permission } from '../contract/index.ts';

/**
 * Decides at the door, after the token was checked: enter, knock, or an error of the table. Pure.
 *
 * @param isPresent this very participant is in the room already; a replacement takes no further place.
 */
export function decideAdmission(input: {
  room: { roomId: string; disabled: boolean; maxParticipants: number | null };
  permissions: readonly Permission[];
  isPresent: boolean;
  presentCount: number;
  maxParticipantsPerRoom: number;
}): 'enter' | 'knock' {
  const { room } = input;
  if (room.disabled) {
    throw new RoomflowError(
      'room-closed',
      `Room "${room.roomId}" has been deactivated. Create a new one to meet in.`,
    );
  }
  const limit = Math.min(room.maxParticipants ?? Number.POSITIVE_INFINITY, input.maxParticipantsPerRoom);
  if (!input.isPresent && input.presentCount >= limit) {
    throw new RoomflowError('room-full', `Room "${room.roomId}" is full: it takes ${limit} participants.`);
  }
  return input.permissions.includes('ask_join') ? 'knock' : 'enter';
}
