import { readdir, readFile } from 'node:fs/promises';

/** Linux counts processor time in hundredths of a second for user space, whatever the kernel's own clock. */
const TICKS_PER_SECOND = 100;

type ProcessTime = { pid: number; parent: number; cpuSeconds: number };

/**
 * CPU seconds, user and system, that a process and all below it have used since their start, those that have ended
 * included. Source: proc(5), `/proc/[pid]/stat`.
 */
export async function treeCpuSeconds(rootPid: number): Promise<number> {
  return (await tree(rootPid)).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}

/** Memory that a process and all below it hold, in MB; what they share is counted once (`Pss`). */
export async function treeMemoryMb(rootPid: number): Promise<number> {
  const sizes = await Promise.all(
    (await tree(rootPid)).map(async ({ pid }) => {
      const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
      return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0);
    }),
  );
  return sizes.reduce((sum, kilobytes) => sum + kilobytes, 0) / 1024;
}

async function tree(rootPid: number): Promise<ProcessTime[]> {
  const entries = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const all = (await Promise.all(entries.map(readProcess))).filter((process) => process !== undefined);
  const found = all.filter(({ pid }) => pid === rootPid);
  for (const { pid } of found) {
    found.push(...all.filter(({ parent }) => parent === pid));
  }
  return found;
}

async function readProcess(pid: string): Promise<ProcessTime | undefined> {
  // A process that has ended since the folder was read has nothing to say.
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 15) {
    return undefined;
  }
  // Own time and that of children which have been waited for: fields 14 to 17, counted from the pid as 1.
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid: Number(pid), parent: Number(fields[1]), cpuSeconds: ticks / TICKS_PER_SECOND };
}
