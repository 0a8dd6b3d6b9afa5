import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Memory rather than a disk, where there is such a folder. */
const folder = (): string => (existsSync('/dev/shm') ? '/dev/shm' : tmpdir());

/**
 * A text that a child process can read as `/dev/fd/<n>` and nobody can find: the file has lost its name before the
 * child is started. (A pipe would do without a file, but Node's pipes are sockets, which Linux does not open by name.)
 *
 * @returns the file descriptor to hand on in `stdio`; the caller closes it once the child runs.
 */
export function openSecret(text: string): number {
  const path = join(folder(), `roomflow-${randomUUID()}`);
  const writing = openSync(path, 'wx', 0o600);
  try {
    const reading = openSync(path, 'r');
    writeSync(writing, text);
    return reading;
  } finally {
    unlinkSync(path);
    closeSync(writing);
  }
}
