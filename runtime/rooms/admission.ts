import { RoomflowError, type Permission } from '../contract/index.ts';

/** Places of one sort in a room: on stage, or in the audience. */
export type Places = {
  sort: 'participants' | 'viewers';
  /** How many others are there. */
  taken: number;
  capacity: number;
};

/** Decides at the door, after the token was checked: enter, knock, or an error of the table. Pure. */
export function decideAdmission(input: {
  room: { roomId: string; disabled: boolean };
  permissions: readonly Permission[];
  places: Places;
}): 'enter' | 'knock' {
  const { room } = input;
  if (room.disabled) {
    throw new RoomflowError(
      'room-closed',
      `Room "${room.roomId}" has been deactivated. Create a new one to meet in.`,
    );
  }
  requirePlace(room.roomId, input.places);
  return input.permissions.includes('ask_join') ? 'knock' : 'enter';
}

/** Refuses one more person than the room takes with `room-full`. */
export function requirePlace(roomId: string, { sort, taken, capacity }: Places): void {
  if (taken >= capacity) {
    throw new RoomflowError('room-full', `Room "${roomId}" is full: it takes ${capacity} ${sort}.`);
  }
}
