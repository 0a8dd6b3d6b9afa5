import { RoomflowError, type Permission } from '../contract/index.ts';

/**
 * Decides at the door, after the token was checked: enter, knock, or an error of the table. Pure.
 *
 * @param isPresent this very participant is in the room already; a replacement takes no further place.
 */
export function decideAdmission(input: {
  room: { roomId: string; disabled: boolean };
  permissions: readonly Permission[];
  isPresent: boolean;
  presentCount: number;
  capacity: number;
}): 'enter' | 'knock' {
  const { room } = input;
  if (room.disabled) {
    throw new RoomflowError(
      'room-closed',
      `Room "${room.roomId}" has been deactivated. Create a new one to meet in.`,
    );
  }
  if (!input.isPresent) {
    requirePlace(room.roomId, input.presentCount, input.capacity);
  }
  return input.permissions.includes('ask_join') ? 'knock' : 'enter';
}

/** Refuses one more person than the room takes with `room-full`. */
export function requirePlace(roomId: string, presentCount: number, capacity: number): void {
  if (presentCount >= capacity) {
    throw new RoomflowError('room-full', `Room "${roomId}" is full: it takes ${capacity} participants.`);
  }
}
