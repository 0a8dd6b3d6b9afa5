import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What a Node process holds at a moment. */
export type ProcessFigures = {
  residentBytes: number;
  heapBytes: number;
  /** Open sockets of both protocols, and timers that libuv runs. */
  udpSockets: number;
  tcpSockets: number;
  timers: number;
};

type Report = {
  javascriptHeap: { usedMemory: number };
  resourceUsage: { rss: string };
  libuv: { type: string; is_active: boolean }[];
};

const PATIENCE_MS = 10_000;
const POLL_MS = 50;

/**
 * What a Node process and its Node children are started with, so that {@link processFigures} can look into them.
 * Source: Node.js, "Diagnostic report".
 */
export const reportingOptions = (folder: string): { NODE_OPTIONS: string } => ({
  NODE_OPTIONS:
    `--report-on-signal --report-signal=SIGUSR2 --report-directory=${folder} ` +
    '--report-compact --report-exclude-network --report-exclude-env',
});

/** Has a process that was started with {@link reportingOptions} write a report, and reads it. */
export async function processFigures(pid: number, folder: string): Promise<ProcessFigures> {
  process.kill(pid, 'SIGUSR2');
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const report = await takeReport(pid, folder);
    if (report !== undefined) {
      const active = report.libuv.filter((handle) => handle.is_active).map(({ type }) => type);
      const count = (type: string): number => active.filter((one) => one === type).length;
      return {
        residentBytes: Number(report.resourceUsage.rss),
        heapBytes: report.javascriptHeap.usedMemory,
        udpSockets: count('udp'),
        tcpSockets: count('tcp'),
        timers: count('timer'),
      };
    }
    if (performance.now() > deadlineMs) {
      throw new Error(`process ${pid} wrote no report into ${folder} within ${PATIENCE_MS} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The report of a process, taken out of the folder; undefined while there is none that is whole. */
async function takeReport(pid: number, folder: string): Promise<Report | undefined> {
  const name = (await readdir(folder)).find((file) => file.split('.')[3] === String(pid));
  if (name === undefined) {
    return undefined;
  }
  const path = join(folder, name);
  const text = await readFile(path, 'utf8');
  if (!text.endsWith('}\n')) {
    return undefined;
  }
  const report = JSON.parse(text) as Report;
  await rm(path);
  return report;
}
