/** Values of the field What to Record that mean everybody in one. */
export const roomPicture = 'room';
export const roomSound = 'room-audio';

/** True when the whole room is meant, and no participant has to be named. */
export const isRoom = (what: string): boolean => what === roomPicture || what === roomSound;
