import { setTimeout as delay } from 'node:timers/promises';
import type { CompositionConfig, HlsStream } from '../runtime/contract/index.ts';
import { clockPicture, installClockCamera, launchBrowser, openGuest } from '../test/support/guests/index.ts';
import { openViewer, serveViewerPage, type ViewerReport } from '../test/support/hls/index.ts';
import { median, percentile } from '../test/support/oracle/index.ts';
import { temporaryDirectory } from '../test/support/temporary/index.ts';
import type { Bench, BenchContext, Figures } from './definition.ts';
import { startViewers } from './hls/viewers.ts';
import { wholeNumber } from './options.ts';
import { watchIdleShare } from './processor-time.ts';
import { encodeClip } from './record/clip.ts';
import { startPublishers } from './record/publishers.ts';
import { type BenchRuntime, startRuntime } from './runtime-process.ts';

/** 720p at 2.5 Mbps, without names: the guest's picture fills the whole. */
const config: CompositionConfig = { quality: 'med', labels: false };
/** A viewer begins too far back or too near and comes to its distance by playing faster or slower. */
const SETTLE_MS = 8000;

/** What viewers of a room's HLS stream get, and what they cost. */
export const hls: Bench = {
  summary: 'Delay from a guest’s picture to a viewer’s, start to playable, CPU of control for many viewers',
  options: {
    starts: { default: '5', meaning: 'streams started to measure the time until they can be played' },
    seconds: { default: '30', meaning: 'length of each measured window' },
    viewers: { default: '200', meaning: 'simulated low-latency viewers' },
  },
  async run(context) {
    const plan = {
      starts: wholeNumber('starts', context.option('starts'), 100),
      seconds: wholeNumber('seconds', context.option('seconds'), 3600),
      viewers: wholeNumber('viewers', context.option('viewers'), 5000),
    };
    await using runtime = await startRuntime({ workers: '1' });
    const delays = await measureDelay(context, runtime, plan);
    const load = await measureLoad(context, runtime, plan);
    return { ...delays, ...load };
  },
};

type Plan = { starts: number; seconds: number; viewers: number };

/** A guest in Chromium shows the time; another Chromium plays the stream with hls.js and reads it. */
async function measureDelay(
  { say, signal }: BenchContext,
  runtime: BenchRuntime,
  { starts, seconds }: Plan,
): Promise<Figures> {
  await using stack = new AsyncDisposableStack();
  const browser = await launchBrowser();
  stack.defer(() => browser.close());
  const roomId = await runtime.api.createRoom();
  const guest = stack.use(
    await openGuest(browser, {
      url: await runtime.api.joinLink(roomId, 'clock'),
      name: 'clock',
      // For the page's policy to let the camera's worker start.
      media: 'beep-and-flash',
      prepare: async (page) => {
        await page.addInitScript(installClockCamera, clockPicture);
      },
    }),
  );
  await guest.join();
  await delay(3000, undefined, { signal });

  const startsMs: number[] = [];
  let stream: HlsStream | null = null;
  for (let index = 0; index < starts; index += 1) {
    if (stream) {
      await runtime.api.stopHls(roomId);
    }
    const startedAt = performance.now();
    stream = await runtime.api.startHls(roomId, config);
    // Answered when a viewer can start.
    await readPlaylist(stream);
    startsMs.push(performance.now() - startedAt);
  }
  if (!stream) {
    throw new Error('No stream was started');
  }
  say(`Playable after ${startsMs.map((ms) => Math.round(ms)).join(', ')} ms`);

  const page = stack.use(await serveViewerPage());
  const viewer = stack.use(await openViewer(browser, page.url, stream.livestreamUrl));
  await viewer.playing();
  await delay(SETTLE_MS, undefined, { signal });
  const before = await viewer.report();
  const idleShare = watchIdleShare();
  await delay(seconds * 1000, undefined, { signal });
  const after = await viewer.report();
  const idle = idleShare();
  await runtime.api.stopHls(roomId);
  const latenciesMs = after.latenciesMs.slice(before.latenciesMs.length);
  const shown = after.picturesShown - before.picturesShown;
  const p50 = percentile(latenciesMs, 0.5);
  say(
    `Glass to glass ${Math.round(p50)} ms over ${latenciesMs.length} pictures; machine ${percent(idle)} idle`,
  );
  return {
    glassToGlassP50Ms: Math.round(p50),
    glassToGlassP95Ms: Math.round(percentile(latenciesMs, 0.95)),
    startToPlayableMs: Math.round(median(startsMs)),
    startToPlayableWorstMs: Math.round(Math.max(...startsMs)),
    picturesRead: latenciesMs.length,
    picturesUnreadable: shown - latenciesMs.length,
    picturesPerSecond: rounded(shown / seconds, 1),
    stalls: after.stalls - before.stalls,
    playerErrors: errorsSince(before, after),
    idlePercentWhilePlaying: rounded(idle * 100, 0),
  };
}

/** One participant, one stream, and viewers who ask for every part as hls.js does. */
async function measureLoad(
  { say, signal }: BenchContext,
  runtime: BenchRuntime,
  { seconds, viewers: count }: Plan,
): Promise<Figures> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryDirectory('roomflow-bench-'));
  const clipFile = folder.entry('clip.webm');
  say('Encoding what the participant sends');
  await encodeClip(clipFile);
  const roomId = await runtime.api.createRoom();
  stack.use(await startPublishers(runtime, roomId, clipFile, 1));
  const stream = await runtime.api.startHls(roomId, config);
  const mediaPlaylistUrl = await readPlaylist(stream);
  const wait = (): Promise<void> => delay(seconds * 1000, undefined, { signal });

  const alone = await readControlCpu(runtime);
  await wait();
  const without = cores(alone, await readControlCpu(runtime));
  const viewers = stack.use(await startViewers(mediaPlaylistUrl, count));
  await delay(SETTLE_MS, undefined, { signal });
  await viewers.count();
  const idleShare = watchIdleShare();
  const before = await readControlCpu(runtime);
  await wait();
  const after = await readControlCpu(runtime);
  const answered = await viewers.count();
  const idle = idleShare();
  const used = cores(before, after);
  const passedSeconds = (after.atMs - before.atMs) / 1000;
  await runtime.api.stopHls(roomId);
  say(
    `${count} viewers: ${used.toFixed(3)} core of control (${without.toFixed(3)} without them), ` +
      `${Math.round((answered.playlists + answered.parts) / passedSeconds)} requests/s, machine ${percent(idle)} idle`,
  );
  return {
    viewers: count,
    coreFor200Viewers: rounded((used * 200) / count, 3),
    coreWithoutViewers: rounded(without, 3),
    requestsPerSecond: Math.round((answered.playlists + answered.parts) / passedSeconds),
    partsPerViewerSecond: rounded(answered.parts / count / passedSeconds, 2),
    megabitsPerSecond: rounded((answered.bytes * 8) / passedSeconds / 1e6, 0),
    refused: answered.refused,
    longestGapMs: Math.round(answered.longestGapMs),
    idlePercentWithViewers: rounded(idle * 100, 0),
  };
}

/** The address of the best rendition's playlist, which is told when a viewer can start. */
async function readPlaylist(stream: HlsStream): Promise<string> {
  const answer = await fetch(stream.livestreamUrl);
  const text = await answer.text();
  if (!answer.ok) {
    throw new Error(`The runtime answered ${stream.livestreamUrl} with ${answer.status}`);
  }
  return new URL(/^[^#\n]+/m.exec(text)?.[0] ?? '', stream.livestreamUrl).href;
}

type ControlCpu = { atMs: number; cpuSeconds: number };

async function readControlCpu({ api }: BenchRuntime): Promise<ControlCpu> {
  const text = await api.metrics();
  const cpuSeconds = Number(/^roomflow_control_process_cpu_seconds_total (\S+)$/m.exec(text)?.[1]);
  if (!Number.isFinite(cpuSeconds)) {
    throw new Error('The runtime’s metrics hold no CPU time of control');
  }
  return { atMs: performance.now(), cpuSeconds };
}

const cores = (before: ControlCpu, after: ControlCpu): number =>
  (after.cpuSeconds - before.cpuSeconds) / ((after.atMs - before.atMs) / 1000);

const errorsSince = (before: ViewerReport, after: ViewerReport): string[] =>
  after.errors.slice(before.errors.length);

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
