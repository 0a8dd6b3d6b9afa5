import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is gone, with everything in it, when its scope ends. */
export type TemporaryDirectory = AsyncDisposable & {
  path: string;
  /** The path of an entry in the folder; does not create it. */
  entry(...segments: string[]): string;
};

/**
 * Makes an empty folder for one test.
 *
 * @example await using directory = await temporaryDirectory();
 */
export async function temporaryDirectory(prefix = 'roomflow-test-'): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  return {
    path,
    entry: (...segments) => join(path, ...segments),
    // A process that was just ended may still be writing its last file: rm retries on ENOTEMPTY and EBUSY.
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}
