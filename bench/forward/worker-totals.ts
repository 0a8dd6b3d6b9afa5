import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { PerformanceObserver } from 'node:perf_hooks';
import type { FromWorker, WorkerTotals } from './messages.ts';
import { monotonicMs } from './monotonic.ts';

let gcMilliseconds = 0;
const gcObserver = new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) {
    gcMilliseconds += duration;
  }
});

/**
 * Begins or ends to time garbage collections, which costs some per cent of the processor time itself.
 *
 * @returns milliseconds of them since it last began.
 */
export function watchGc(on: boolean): number {
  const watched = gcMilliseconds;
  gcMilliseconds = 0;
  if (on) {
    gcObserver.observe({ entryTypes: ['gc'] });
  } else {
    gcObserver.disconnect();
  }
  return watched;
}

/** What a worker's process used since it started. */
export function processTotals(): Omit<WorkerTotals, 'receivedPackets' | 'forwardedPackets'> {
  const { user, system } = process.cpuUsage();
  return {
    atMs: monotonicMs(),
    cpuMicroseconds: user + system,
    rssBytes: process.memoryUsage.rss(),
  };
}

/** Answers the bench. */
export function tell(message: FromWorker): void {
  process.send?.(message);
}

const session = new Session();
/** Fine enough to tell the steps of a packet apart: a packet takes tens of microseconds. */
const profileIntervalMicroseconds = 200;

/** Begins a profile of the processor. */
export async function startProfile(): Promise<void> {
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: profileIntervalMicroseconds });
  await session.post('Profiler.start');
}

/** Writes the profile as a `.cpuprofile`. */
export async function writeProfile(file: string): Promise<void> {
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  await writeFile(file, JSON.stringify(profile));
}
