import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Left for everything else that writes to this disk: the store, other recordings. */
const RESERVE_BYTES = 32 * 1024 * 1024;

/**
 * Whether the disk takes a second copy of a working file, which finishing makes. Without it a disk that is nearly
 * full would be filled by the very attempt to end recordings on it.
 */
export const hasRoomForCopy = async (path: string): Promise<boolean> => {
  const [{ size }, { bavail, bsize }] = await Promise.all([stat(path), statfs(dirname(path))]);
  return bavail * bsize >= size + RESERVE_BYTES;
};
