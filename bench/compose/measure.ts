import { setTimeout as delay } from 'node:timers/promises';
import { spawnProcess } from '../../test/support/temporary/index.ts';
import { watchIdleShare } from '../processor-time.ts';
import { treeCpuSeconds, treeMemoryMb } from './process-tree.ts';

/** What a process and all below it used while nothing was started or stopped. */
export type Usage = { cpuSeconds: number; memoryMb: number; idle: number };

export type Measured = Usage & { output: string };

/** A program that composes until it is told to end. */
export type Way = {
  command: string;
  args: readonly string[];
  env?: Record<string, string>;
  /** It works once it has printed this; at once when left out. */
  readyWhen?: RegExp;
};

/** After a start, before the window: decoders and encoders have settled by then. */
const SETTLE_MS = 3000;

/** Runs a program and measures `seconds` of it; processor time is scaled to 60 s. */
export async function measureWay(way: Way, seconds: number, signal: AbortSignal): Promise<Measured> {
  const running = await spawnProcess(way.command, way.args, { ...(way.env ? { env: way.env } : {}) });
  try {
    if (way.readyWhen !== undefined) {
      await running.waitForLine(way.readyWhen);
    }
    await delay(SETTLE_MS, undefined, { signal });
    const usage = await measureTree(running.pid, seconds, signal);
    // Its time went with it, and what replaced it was starting; or nothing is left that could compose.
    if (usage.cpuSeconds <= 0) throw new Error(`A process ended while it was measured:\n${running.output()}`);
    await running.end();
    return { ...usage, output: running.output() };
  } finally {
    await running.end();
  }
}

async function measureTree(pid: number, seconds: number, signal: AbortSignal): Promise<Usage> {
  const idleShare = watchIdleShare();
  const [beforeMs, before] = [performance.now(), await treeCpuSeconds(pid)];
  await delay(seconds * 1000, undefined, { signal });
  const [afterMs, after] = [performance.now(), await treeCpuSeconds(pid)];
  return {
    cpuSeconds: ((after - before) * 60_000) / (afterMs - beforeMs),
    memoryMb: await treeMemoryMb(pid),
    idle: idleShare(),
  };
}
