import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes files below a folder that were written before a time (milliseconds since 1970), and folders left empty. */
export async function removeFilesBefore(directory: string, beforeMs: number): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      await removeFilesBefore(path, beforeMs);
      await removeIfEmpty(path);
    } else if ((await stat(path)).mtimeMs < beforeMs) {
      await rm(path, { force: true });
    }
  }
}

/** A folder that something lies in, or that is gone already, stays as it is. */
export async function removeIfEmpty(directory: string): Promise<void> {
  try {
    await rmdir(directory);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOTEMPTY' && code !== 'ENOENT') {
      throw error;
    }
  }
}
