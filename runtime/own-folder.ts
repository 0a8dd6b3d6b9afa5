import { mkdirSync } from 'node:fs';
import { RoomflowError } from './contract/index.ts';

/**
 * Makes a folder that nobody but the runtime's user may read; one that is there already stays as it is.
 *
 * @throws RoomflowError `data-folder-unusable`
 */
export function makeOwnFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RoomflowError(
      'data-folder-unusable',
      `Cannot make the folder ${path}: ${why}. Choose another with --data-directory.`,
      { cause },
    );
  }
}
