import { setTimeout as delay } from 'node:timers/promises';
import { watchIdleShare } from '../processor-time.ts';
import type { RuntimeApi } from '../runtime-api.ts';
import type { Publishers } from './publishers.ts';
import { readWorkerUsage } from './worker-usage.ts';

/** What happened in a stretch of time in which nothing was started or stopped. */
export type Window = {
  /** CPU seconds of the media worker per second. */
  cores: number;
  sentPerSecond: number;
  /** Packets up to its end, and how many of them the worker has reported as lost. */
  sentUntil: number;
  lostUntil: number;
  /** How late a sender's clock was at worst. */
  senderLatestMs: number;
  /** Share of the machine's processor time that nobody used. */
  idle: number;
};

/** Lets `seconds` pass and tells what was used in them. */
export async function measureWindow(
  { api, publishers, seconds }: { api: RuntimeApi; publishers: Publishers; seconds: number },
  signal: AbortSignal,
): Promise<Window> {
  const idleShare = watchIdleShare();
  const [sentBefore, before] = await Promise.all([publishers.count(), readWorkerUsage(api)]);
  await delay(seconds * 1000, undefined, { signal });
  const [sentAfter, after] = await Promise.all([publishers.count(), readWorkerUsage(api)]);
  const passedSeconds = (after.atMs - before.atMs) / 1000;
  return {
    cores: (after.cpuSeconds - before.cpuSeconds) / passedSeconds,
    sentPerSecond: (sentAfter.packetsSent - sentBefore.packetsSent) / passedSeconds,
    sentUntil: sentAfter.packetsSent,
    lostUntil: sentAfter.packetsLost,
    senderLatestMs: sentAfter.latestMs,
    idle: idleShare(),
  };
}
