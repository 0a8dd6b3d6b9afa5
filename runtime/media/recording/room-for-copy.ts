import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Left for everything else that writes to this disk: the store, other recordings. */
const RESERVE_BYTES = 32 * 1024 * 1024;

/** Whether the disk of a folder takes so many bytes more and still has some left for others. */
export const hasRoomForBytes = async (directory: string, bytes: number): Promise<boolean> => {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize >= bytes + RESERVE_BYTES;
};

/**
 * Whether the disk takes a second copy of a working file, which finishing makes. Without it a disk that is nearly
 * full would be filled by the very attempt to end recordings on it.
 */
export const hasRoomForCopy = async (path: string): Promise<boolean> =>
  hasRoomForBytes(dirname(path), (await stat(path)).size);
