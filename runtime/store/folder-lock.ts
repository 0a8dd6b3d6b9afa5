import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { RoomflowError } from '../contract/index.ts';

/**
 * Takes a folder for this process until `release`. The lock is an exclusive lock of SQLite's on a small file,
 * so the operating system drops it with the process, however that ends: nothing stale can stay behind.
 *
 * @throws RoomflowError `data-folder-in-use` when another runtime holds it
 */
export function lockFolder(directory: string): { release: () => void } {
  const lock = new DatabaseSync(join(directory, 'runtime.lock'), { timeout: 0 });
  try {
    lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    // SQLITE_BUSY, https://www.sqlite.org/rescode.html#busy
    if (cause instanceof Error && 'errcode' in cause && cause.errcode === 5) {
      throw new RoomflowError(
        'data-folder-in-use',
        `Another runtime is working in ${directory}. Stop it, or give this one its own folder with --data-directory.`,
        { cause },
      );
    }
    throw cause;
  }
  return {
    release: () => {
      if (lock.isOpen) {
        lock.close();
      }
    },
  };
}
