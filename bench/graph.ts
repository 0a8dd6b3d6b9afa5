import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { GraphDocument } from '../runtime/contract/index.ts';
import { openHouse, type SimulatedHouse } from '../test/support/graphs/index.ts';
import { percentile } from '../test/support/oracle/index.ts';
import { temporaryDirectory } from '../test/support/temporary/index.ts';
import type { Bench, BenchContext } from './definition.ts';
import { wholeNumber } from './options.ts';

const GUESTS_PER_ROOM = 25;
/** The first are slower, until the code is compiled, and are not counted. */
const WARM_UP = 50;
/** For whatever is collected late, before the heap is looked at. */
const SETTLE_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/** A small graph: whose track comes is tapped, and the tap recorded. */
const document: GraphDocument = {
  version: 1,
  name: 'record whoever publishes',
  nodes: {
    published: { on: 'track-published' },
    tap: {
      do: 'tap',
      from: 'published',
      with: { participantId: '$published.participantId', kinds: ['audio'] },
    },
    file: { do: 'record', from: 'tap' },
  },
};

type Guest = { roomId: string; participantId: string };
/** Milliseconds from the event to the start of the first step, and until every step runs. */
type Timing = { toFirstStepMs: number; toRunningMs: number };

/** What graphs cost control, with media that is only said to flow. */
export const graph: Bench = {
  summary: 'Start and memory of graph instances, and how soon an event starts a step',
  options: {
    instances: { default: '1000', meaning: 'how many run at last' },
    'pause-ms': { default: '10', meaning: 'between the event of one and that of the next' },
  },
  async run(context) {
    const instances = wholeNumber('instances', context.option('instances'), 100_000);
    const pauseMs = wholeNumber('pause-ms', context.option('pause-ms'), 60_000);
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(await temporaryDirectory('roomflow-bench-'));
    const house = stack.use(await openHouse({ file: folder.entry('data', 'roomflow.db') }));
    context.say(`${instances} guests in rooms of ${GUESTS_PER_ROOM}`);
    const guests = fill(house, WARM_UP + instances);
    const { id } = house.graphs.create({ document });
    await publishAll(house, guests.slice(0, WARM_UP), pauseMs, context);
    const before = await heapBytes();
    const timings = await publishAll(house, guests.slice(WARM_UP), pauseMs, context);
    const { runningInstances } = house.graphs.get(id);
    if (runningInstances !== guests.length || house.media.running().length !== 2 * guests.length) {
      throw new Error(`${runningInstances} instances run with ${house.media.running().length} steps`);
    }
    const after = await heapBytes();
    const rounded = (value: number): number => Number(value.toFixed(2));
    const toRunning = timings.map(({ toRunningMs }) => toRunningMs);
    const toFirstStep = timings.map(({ toFirstStepMs }) => toFirstStepMs);
    return {
      instances,
      stepsPerInstance: 2,
      startP50Ms: rounded(percentile(toRunning, 0.5)),
      startP95Ms: rounded(percentile(toRunning, 0.95)),
      startMaxMs: rounded(Math.max(...toRunning)),
      eventToStepP50Ms: rounded(percentile(toFirstStep, 0.5)),
      eventToStepP99Ms: rounded(percentile(toFirstStep, 0.99)),
      eventToStepMaxMs: rounded(Math.max(...toFirstStep)),
      bytesPerInstance: Math.round((after - before) / instances),
    };
  },
};

function fill(house: SimulatedHouse, count: number): Guest[] {
  let roomId = '';
  return Array.from({ length: count }, (_, index) => {
    if (index % GUESTS_PER_ROOM === 0) {
      roomId = house.directory.create({}).roomId;
    }
    const participantId = `guest-${index}`;
    house.join(roomId, participantId);
    return { roomId, participantId };
  });
}

async function publishAll(
  house: SimulatedHouse,
  guests: readonly Guest[],
  pauseMs: number,
  { say, signal }: BenchContext,
): Promise<Timing[]> {
  const marks = new Map<string, { firstStepMs: number; runs: () => void }>();
  house.steps.onChanged(({ step, state, participantId }) => {
    const mark = marks.get(participantId ?? '');
    if (mark && step === 'tap' && state === 'starting') {
      mark.firstStepMs = performance.now();
    } else if (step === 'record' && state === 'running') {
      mark?.runs();
    }
  });
  const timings: Timing[] = [];
  for (const [index, { roomId, participantId }] of guests.entries()) {
    const running = Promise.withResolvers<undefined>();
    const mark = { firstStepMs: 0, runs: () => running.resolve(undefined) };
    marks.set(participantId, mark);
    const eventMs = performance.now();
    await house.publish(roomId, participantId);
    const late = setTimeout(() => {
      running.reject(new Error(`The steps of "${participantId}" do not run after ${LONGEST_WAIT_MS} ms`));
    }, LONGEST_WAIT_MS);
    await running.promise;
    clearTimeout(late);
    timings.push({ toFirstStepMs: mark.firstStepMs - eventMs, toRunningMs: performance.now() - eventMs });
    marks.delete(participantId);
    if ((index + 1) % 250 === 0) {
      say(`  ${index + 1} run`);
    }
    await delay(pauseMs, undefined, { signal });
  }
  return timings;
}

/** What is held and not garbage. */
async function heapBytes(): Promise<number> {
  await delay(SETTLE_MS);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  await delay(SETTLE_MS);
  collect();
  return process.memoryUsage().heapUsed;
}
