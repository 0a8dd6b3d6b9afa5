import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../test/support/oracle/index.ts';
import { temporaryDirectory } from '../test/support/temporary/index.ts';
import type { Bench, BenchContext, Figures } from './definition.ts';
import { wholeNumber, wholeNumbers } from './options.ts';
import { encodeClip, kbpsOf, readClip } from './record/clip.ts';
import { startPublishers } from './record/publishers.ts';
import { startRecordings, stopRecordings } from './record/recordings.ts';
import { measureWindow, type Window } from './record/window.ts';
import { readWorkerUsage } from './record/worker-usage.ts';
import { type BenchRuntime, startRuntime } from './runtime-process.ts';

/** After a start or stop, before the next window: a recording has met its first key frame by then. */
const SETTLE_MS = 3000;

/** With less of the machine idle, or more packets lost, the senders or the worker did not keep up. */
const LEAST_IDLE = 0.1;
const MOST_LOST = 0.001;

type Plan = { seconds: number; repeats: number };

/** One recording cycle between two windows without recording. */
type Pair = {
  /** Cores for one participant: recording on minus off. */
  added: number;
  /** The same over the whole cycle, start and finish of the recordings included. */
  addedWhole: number;
  bitsPerSecond: number;
};

type Measured = { pairs: Pair[]; off: Window[]; on: Window[] };

/** What recording costs the media worker, beyond receiving the same media. */
export const record: Bench = {
  summary: 'CPU of the media worker per recorded participant, recording on minus off',
  options: {
    participants: { default: '1,10,25', meaning: 'how many publish and are recorded, one run each' },
    seconds: { default: '20', meaning: 'length of a window with and of one without recording' },
    repeats: { default: '4', meaning: 'recording windows at each number of participants' },
  },
  async run(context) {
    const counts = wholeNumbers('participants', context.option('participants'), 90);
    const plan = {
      seconds: wholeNumber('seconds', context.option('seconds'), 3600),
      repeats: wholeNumber('repeats', context.option('repeats'), 100),
    };
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(await temporaryDirectory('roomflow-bench-'));
    const clipFile = folder.entry('clip.webm');
    context.say('Encoding what the participants send');
    await encodeClip(clipFile);
    const sentKbps = kbpsOf(await readClip(clipFile));
    const runtime = stack.use(await startRuntime({ workers: '1' }));
    const measured = new Map<number, Measured>();
    for (const count of counts) {
      measured.set(count, await measure(context, runtime, clipFile, count, plan));
    }
    return { ...figuresOf(measured), sentKbpsPerParticipant: sentKbps };
  },
};

async function measure(
  { say, signal }: BenchContext,
  runtime: BenchRuntime,
  clipFile: string,
  count: number,
  { seconds, repeats }: Plan,
): Promise<Measured> {
  const { api } = runtime;
  say(count === 1 ? '1 participant' : `${count} participants`);
  const roomId = await api.createRoom();
  await using publishers = await startPublishers(runtime, roomId, clipFile, count);
  const settle = (): Promise<void> => delay(SETTLE_MS, undefined, { signal });
  const window = (): Promise<Window> => measureWindow({ api, publishers, seconds }, signal);

  await settle();
  const measured: Measured = { pairs: [], off: [await window()], on: [] };
  for (let repeat = 0; repeat < repeats; repeat++) {
    const before = await readWorkerUsage(api);
    const recordingIds = await startRecordings(api, roomId, publishers.participantIds);
    await settle();
    const on = await window();
    const recorded = await stopRecordings(api, roomId, publishers.participantIds, recordingIds, signal);
    const after = await readWorkerUsage(api);
    await Promise.all(recordingIds.map((recordingId) => api.deleteRecording(recordingId)));
    await settle();
    const off = await window();

    // The windows on both sides, so that a drift of the machine's speed cancels out.
    const offCores = ((measured.off.at(-1)?.cores ?? off.cores) + off.cores) / 2;
    const cycleSeconds = (after.atMs - before.atMs) / 1000;
    const cycleCpuSeconds = after.cpuSeconds - before.cpuSeconds - offCores * cycleSeconds;
    measured.pairs.push({
      added: (on.cores - offCores) / count,
      addedWhole: cycleCpuSeconds / recorded.seconds,
      bitsPerSecond: (recorded.bytes * 8) / recorded.seconds,
    });
    measured.on.push(on);
    measured.off.push(off);
    say(
      `  ${repeat + 1} of ${repeats}: off ${offCores.toFixed(3)}, on ${on.cores.toFixed(3)} cores; ` +
        `${Math.round(on.sentPerSecond)} packets/s, machine ${(on.idle * 100).toFixed(0)} % idle`,
    );
  }
  return measured;
}

function figuresOf(measured: ReadonlyMap<number, Measured>): Figures {
  const byCount = <Value>(figure: (one: Measured, count: number) => Value): Record<string, Value> =>
    Object.fromEntries([...measured].map(([count, one]) => [String(count), figure(one, count)]));
  const windows = ({ on, off }: Measured): Window[] => [...on, ...off];
  return {
    corePerParticipant: byCount(({ pairs }) => rounded(median(pairs.map(({ added }) => added)), 5)),
    corePerParticipantSpread: byCount(({ pairs }) => [
      rounded(Math.min(...pairs.map(({ added }) => added)), 5),
      rounded(Math.max(...pairs.map(({ added }) => added)), 5),
    ]),
    cpuSecondsPerParticipantMinute: byCount(({ pairs }) =>
      rounded(60 * median(pairs.map(({ added }) => added)), 3),
    ),
    corePerParticipantWithStartAndFinish: byCount(({ pairs }) =>
      rounded(median(pairs.map(({ addedWhole }) => addedWhole)), 5),
    ),
    baselineCorePerParticipant: byCount(({ off }, count) =>
      rounded(median(off.map(({ cores }) => cores / count)), 5),
    ),
    packetsPerSecondPerParticipant: byCount((one, count) =>
      rounded(median(windows(one).map(({ sentPerSecond }) => sentPerSecond / count)), 1),
    ),
    recordedKbpsPerParticipant: byCount(({ pairs }) =>
      Math.round(median(pairs.map(({ bitsPerSecond }) => bitsPerSecond)) / 1000),
    ),
    lostPercent: byCount((one) => rounded(lostShare(one) * 100, 3)),
    senderLatestMs: byCount((one) =>
      rounded(Math.max(...windows(one).map(({ senderLatestMs }) => senderLatestMs)), 1),
    ),
    idlePercent: byCount((one) => rounded(Math.min(...windows(one).map(({ idle }) => idle)) * 100, 1)),
    saturated: byCount(
      (one) => lostShare(one) > MOST_LOST || windows(one).some(({ idle }) => idle < LEAST_IDLE),
    ),
  };
}

/** Share of the sent packets that did not arrive. */
function lostShare({ off }: Measured): number {
  const last = off.at(-1);
  return last === undefined ? 0 : last.lostUntil / last.sentUntil;
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
