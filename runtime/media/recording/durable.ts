import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Where a file is written until it is whole. */
export const temporaryPathFor = (finalPath: string): string => `${finalPath}.finishing`;

/** Makes sure that a file or folder is on the disk. */
const makeDurable = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/**
 * Lets `write` fill a temporary file and puts it in the place of `finalPath` once it is durable. When that fails,
 * nothing is left of it and what was at `finalPath` is untouched.
 */
export const putInPlace = async (
  finalPath: string,
  write: (temporaryPath: string) => Promise<void>,
): Promise<void> => {
  const temporaryPath = temporaryPathFor(finalPath);
  try {
    await write(temporaryPath);
    await makeDurable(temporaryPath);
    await rename(temporaryPath, finalPath);
    await makeDurable(dirname(finalPath));
  } catch (error) {
    await rm(temporaryPath, { force: true });
    throw error;
  }
};
