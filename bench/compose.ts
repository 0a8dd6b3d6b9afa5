import { median } from '../test/support/oracle/index.ts';
import { installSystemPackages, xvfb } from '../test/support/set-up/system-packages.mjs';
import { temporaryDirectory } from '../test/support/temporary/index.ts';
import type { CompositionRun } from './compose/composition-run.ts';
import { measureWay } from './compose/measure.ts';
import type { Measured, Way } from './compose/measure.ts';
import { browserWay, ourWay, staticWay } from './compose/ways.ts';
import type { Bench, BenchContext, Figures } from './definition.ts';
import { wholeNumber } from './options.ts';
import { encodeClip } from './record/clip.ts';

const GUESTS = 4;

/** What is measured in each round, side by side. */
type WayName =
  | 'static'
  | 'ours'
  | 'staticWithSound'
  | 'ffmpegEngine'
  | 'browser'
  | 'twoOutputs'
  | 'oneGuest'
  | 'passthrough';

type Rounds = Map<WayName, Measured[]>;

/** What composing four guests costs, beside the least it can cost and beside a browser that does it. */
export const compose: Bench = {
  summary: 'CPU of composing four 720p guests into one encoding, beside a static ffmpeg and a browser',
  options: {
    seconds: { default: '60', meaning: 'how long each way is measured' },
    rounds: { default: '3', meaning: 'how often all ways are measured; the figures are medians' },
    without: { default: '', meaning: 'ways to leave out, comma-separated: browser, ffmpegEngine, …' },
  },
  async run(context) {
    const seconds = wholeNumber('seconds', context.option('seconds'), 3600);
    const rounds = wholeNumber('rounds', context.option('rounds'), 100);
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(await temporaryDirectory('roomflow-bench-'));
    const clipFile = folder.entry('clip.webm');
    context.say('Encoding what the guests send');
    await encodeClip(clipFile);
    const ways = await waysOf(folder.path, clipFile, context);
    const measured: Rounds = new Map();
    for (let round = 0; round < rounds; round++) {
      // Forwards and backwards in turns, so that a drift of the machine's speed cancels out.
      for (const [name, way] of round % 2 === 0 ? ways : ways.toReversed()) {
        const one = await measureWay(way, seconds, context.signal);
        measured.set(name, [...(measured.get(name) ?? []), one]);
        context.say(
          `  ${round + 1} of ${rounds}: ${name.padEnd(16)}${one.cpuSeconds.toFixed(1)} CPU s a minute, ` +
            `${one.memoryMb.toFixed(0)} MB, machine ${(one.idle * 100).toFixed(0)} % idle`,
        );
      }
    }
    return figuresOf(measured);
  },
};

async function waysOf(folder: string, clipFile: string, context: BenchContext): Promise<[WayName, Way][]> {
  const run: CompositionRun = { engine: 'node-av', clipFile, guests: GUESTS, outputs: 1, passthrough: false };
  const without = context.option('without').split(',');
  if (!without.includes('browser')) {
    await installSystemPackages([xvfb]);
  }
  // Those that are compared stand side by side: what else the machine does changes from minute to minute.
  const ways: [WayName, () => Way | Promise<Way>][] = [
    ['staticWithSound', () => staticWay(clipFile, true)],
    ['static', () => staticWay(clipFile, false)],
    ['ours', () => ourWay(run)],
    ['twoOutputs', () => ourWay({ ...run, outputs: 2 })],
    ['oneGuest', () => ourWay({ ...run, guests: 1 })],
    ['passthrough', () => ourWay({ ...run, guests: 1, passthrough: true })],
    ['ffmpegEngine', () => ourWay({ ...run, engine: 'ffmpeg' })],
    ['browser', () => browserWay(folder, clipFile)],
  ];
  const wanted = ways.filter(([name]) => !without.includes(name));
  return Promise.all(wanted.map(async ([name, open]): Promise<[WayName, Way]> => [name, await open()]));
}

function figuresOf(measured: Rounds): Figures {
  const cpu = (name: WayName): number =>
    median((measured.get(name) ?? []).map(({ cpuSeconds }) => cpuSeconds));
  /** The median of what is compared within a round: what slows a whole round down is in both. */
  const compared = (name: WayName, to: WayName, compare: (one: number, other: number) => number): number => {
    const [ones, others] = [measured.get(name) ?? [], measured.get(to) ?? []];
    const values = ones.flatMap(({ cpuSeconds }, round) => {
      const other = others[round];
      return other === undefined ? [] : [compare(cpuSeconds, other.cpuSeconds)];
    });
    return median(values);
  };
  const ratio = (name: WayName, to: WayName): number | null =>
    finite(
      compared(name, to, (one, other) => one / other),
      3,
    );
  const ours = measured.get('ours') ?? [];
  const told = ours.map(({ output }) => toldBy(output));
  return {
    cpuSeconds: {
      ours: finite(cpu('ours'), 2),
      static: finite(cpu('static'), 2),
      browser: finite(cpu('browser'), 2),
      staticWithSound: finite(cpu('staticWithSound'), 2),
      ffmpegEngine: finite(cpu('ffmpegEngine'), 2),
      oneGuest: finite(cpu('oneGuest'), 2),
      passthrough: finite(cpu('passthrough'), 2),
    },
    ratioToStatic: ratio('ours', 'static'),
    ratioToStaticWithSound: ratio('ours', 'staticWithSound'),
    ratioToBrowser: ratio('ours', 'browser'),
    ffmpegEngineRatioToStatic: ratio('ffmpegEngine', 'static'),
    perGuestCpuSeconds: finite(
      compared('ours', 'oneGuest', (all, one) => (all - one) / (GUESTS - 1)),
      2,
    ),
    secondOutputRatio: ratio('twoOutputs', 'ours'),
    passthroughRatio: ratio('passthrough', 'oneGuest'),
    startToFirstFrameMs: finite(median(told.map(({ firstFrameMs }) => firstFrameMs)), 0),
    encodeDelayMs: {
      p50: finite(median(told.map(({ encodeDelayP50Ms }) => encodeDelayP50Ms)), 1),
      p99: finite(median(told.map(({ encodeDelayP99Ms }) => encodeDelayP99Ms)), 1),
    },
    picturesRepeatedPercent: finite(
      median(told.map(({ picturesRepeated, picturesOut }) => (100 * picturesRepeated) / picturesOut)),
      2,
    ),
    rssMb: finite(median(ours.map(({ memoryMb }) => memoryMb)), 0),
    ffmpegEngineRssMb: finite(
      median((measured.get('ffmpegEngine') ?? []).map(({ memoryMb }) => memoryMb)),
      0,
    ),
    idlePercent: finite(100 * Math.min(...[...measured.values()].flat().map(({ idle }) => idle)), 0),
  };
}

type Told = {
  firstFrameMs: number;
  encodeDelayP50Ms: number;
  encodeDelayP99Ms: number;
  picturesOut: number;
  picturesRepeated: number;
};

/** What a composing process said of itself. */
function toldBy(output: string): Told {
  const figures = /^figures (.+)$/m.exec(output)?.[1];
  const firstFrameMs = Number(/^first frame after ([\d.]+) ms$/m.exec(output)?.[1]);
  if (figures === undefined) {
    throw new Error(`The composing process did not tell its figures:\n${output}`);
  }
  return { ...(JSON.parse(figures) as Omit<Told, 'firstFrameMs'>), firstFrameMs };
}

/** JSON knows no NaN: what was not measured is null. */
const finite = (value: number, digits: number): number | null =>
  Number.isFinite(value) ? Number(value.toFixed(digits)) : null;
