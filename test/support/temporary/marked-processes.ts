import { readdir, readFile } from 'node:fs/promises';

/**
 * The ids of live processes whose environment holds `mark` (`NAME=value`).
 *
 * Unlike a process group this also finds children that made a session of their own or were re-parented.
 * Reads `/proc`, so it finds nothing on systems without it. Source: proc(5).
 */
export async function processesMarked(mark: string): Promise<number[]> {
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.filter((entry) => /^\d+$/.test(entry)).map(Number);
  const marked = await Promise.all(pids.map((pid) => isMarked(pid, mark)));
  return pids.filter((pid, index) => marked[index] === true && pid !== process.pid);
}

/** Whether the process runs; one that has ended and only awaits its parent's `wait()` does not. */
export async function isProcessAlive(pid: number): Promise<boolean> {
  const status = await readProcFile(pid, 'status');
  return /^State:\s+[^ZX]/m.test(status);
}

/** `pid command line`, for messages. */
export async function describeProcess(pid: number): Promise<string> {
  const commandLine = await readProcFile(pid, 'cmdline');
  return `${pid} ${commandLine.replaceAll('\0', ' ').trim()}`;
}

async function isMarked(pid: number, mark: string): Promise<boolean> {
  // A zombie has an empty environment, so a process that only awaits its parent's wait() does not count.
  const environment = await readProcFile(pid, 'environ');
  return environment.split('\0').includes(mark);
}

/** Empty when the process ended in the meantime or belongs to somebody else. */
async function readProcFile(pid: number, name: string): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
