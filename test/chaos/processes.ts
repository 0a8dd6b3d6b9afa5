import { readFile, readdir, readlink } from 'node:fs/promises';
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
 * Connections of HTTP clients that are still there are left out: it is theirs to close what they keep alive.
 * Source: proc(5).
 *
 * @param port where it serves HTTP; null when it does not
 */
export async function openDescriptors(pid: number, port: number | null): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const clients = port === null ? new Set() : await clientSockets(port);
  const entries = await readdir(folder).catch(() => []);
  // One that was closed since the folder was read is not open.
  const links = await Promise.all(entries.map((entry) => readlink(`${folder}/${entry}`).catch(() => null)));
  return links.flatMap((link) => (link === null || clients.has(link) ? [] : [link.replace(/:\[\d+\]$/, '')]));
}

const ESTABLISHED = '01';

/** Sockets of connections to a port whose other end is open, as links of descriptors name them. */
async function clientSockets(port: number): Promise<Set<string>> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')),
  );
  const rows = tables.flatMap((table) => table.split('\n').map((line) => line.trim().split(/\s+/)));
  const isOfClient = ([, local, , state]: string[]): boolean =>
    state === ESTABLISHED && parseInt(local?.split(':')[1] ?? '', 16) === port;
  return new Set(rows.filter(isOfClient).map((fields) => `socket:[${fields[9] ?? ''}]`));
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
