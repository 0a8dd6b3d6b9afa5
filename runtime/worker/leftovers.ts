import { statSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { RoomflowError } from '../contract/index.ts';

/** The environment variable by which a media worker and all that it starts can be told from other processes. */
export const folderVariable = 'ROOMFLOW_LOCKED_FOLDER';

const LOOK_AGAIN_MS = 20;
/** A process that is killed is gone in milliseconds, unless a disk or a network file system holds it. */
const MOST_MS = 5000;

/** Names a folder by what the machine knows it by, so that a copy of it, or one in a container, is another one. */
export function folderMark(directory: string): string {
  const { dev, ino } = statSync(directory, { bigint: true });
  return `${dev}:${ino}`;
}

/**
 * Ends what the last run on a folder has left behind: media workers and their children, which end by themselves
 * when their parents are gone, unless they hang. The caller holds the folder's lock, so none of them is of a runtime
 * that lives. Where there is no `/proc` nothing is found.
 *
 * @returns how many processes were killed
 * @throws RoomflowError `data-folder-in-use` when one of them cannot be ended
 */
export async function endLeftovers(directory: string): Promise<number> {
  const mark = `${folderVariable}=${folderMark(directory)}`;
  const killed = new Set<number>();
  const giveUpAtMs = performance.now() + MOST_MS;
  for (;;) {
    const left = await processesMarked(mark);
    if (left.length === 0) {
      return killed.size;
    }
    if (performance.now() > giveUpAtMs) {
      throw new RoomflowError(
        'data-folder-in-use',
        `Processes of the last run still work in ${directory} and cannot be ended: ${left.join(', ')}. End them by hand.`,
      );
    }
    for (const pid of left) {
      killed.add(pid);
      kill(pid);
    }
    await delay(LOOK_AGAIN_MS);
  }
}

/** Source: proc(5). One that only awaits its parent's `wait()` has an empty environment. */
async function processesMarked(mark: string): Promise<number[]> {
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.filter((entry) => /^\d+$/.test(entry)).map(Number);
  const marked = await Promise.all(
    pids.map(async (pid) => {
      // It has ended meanwhile, or belongs to somebody else.
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      return environment.split('\0').includes(mark);
    }),
  );
  return pids.filter((pid, index) => marked[index] === true && pid !== process.pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) {
      throw error;
    }
  }
}
