import { readdir, readlink } from 'node:fs/promises';
import { describeProcess, type SpawnedProcess } from '../support/temporary/index.ts';
import type { KillTarget } from './plan.ts';

export type ProcessKind = Exclude<KillTarget, 'everything'>;
export type FoundProcess = { pid: number; kind: ProcessKind };

const wordsOf = {
  control: / serve /,
  worker: /media-worker-process/,
  compositor: /compositor-process/,
  listener: /listener-process/,
  ffmpeg: /^\d+ (\S*\/)?ffmpeg /,
} as const satisfies Record<ProcessKind, RegExp>;

/**
 * What a process of the runtime is for.
 *
 * @param description `pid command line`
 * @returns null for one that is none of these, such as a probe that is about to end
 */
export function kindOfProcess(description: string): ProcessKind | null {
  const kinds = Object.entries(wordsOf) as [ProcessKind, RegExp][];
  return kinds.find(([, words]) => words.test(description))?.[0] ?? null;
}

/** Processes of a runtime, by what they are for. */
export async function processesOf(runtime: SpawnedProcess): Promise<FoundProcess[]> {
  const pids = await runtime.family();
  const descriptions = await Promise.all(pids.map(describeProcess));
  return pids.flatMap((pid, index) => {
    const kind = kindOfProcess(descriptions[index] ?? '');
    return kind === null ? [] : [{ pid, kind }];
  });
}

/**
 * The files, sockets and pipes that a process holds open, such as `socket` or `/data/roomflow.db`; none when it is gone.
 * Source: proc(5).
 */
export async function openDescriptors(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const entries = await readdir(folder).catch(() => []);
  // One that was closed since the folder was read is not open.
  const links = await Promise.all(entries.map((entry) => readlink(`${folder}/${entry}`).catch(() => null)));
  return links.flatMap((link) => (link === null ? [] : [link.replace(/:\[\d+\]$/, '')]));
}

/** What there is more of now than before, and how many more of it, in words. */
export function whatGrew(before: readonly string[], now: readonly string[]): string[] {
  const count = (all: readonly string[], one: string): number => all.filter((other) => other === one).length;
  return [...new Set(now)].flatMap((one) => {
    const more = count(now, one) - count(before, one);
    return more > 0 ? [`${more} ${one}`] : [];
  });
}

/** SIGKILL; a process that has ended in the meantime is as dead as it shall be. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) {
      throw error;
    }
  }
}
