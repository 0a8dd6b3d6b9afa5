import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Bench } from './definition.ts';
import type { FromPeers, FromWorker, ToPeers, ToWorker } from './forward/messages.ts';
import { describeMachine } from './machine.ts';
import { parseOptions, wholeNumber } from './options.ts';

const subscribers = 10;
const rates = [300, 1000];
const implementations = ['stock', 'ours'] as const;
const warmUpMs = 2000;
const connectTimeoutMs = 30_000;

type Implementation = (typeof implementations)[number];
type Round = { usPerPacket: number; forwardedPerSecond: number; arrivedShare: number };

/**
 * CPU time of the worker process per forwarded packet: one publisher of 1000-byte packets to ten
 * subscribers, the runtime's forwarding beside stock werift's in alternating rounds. Publisher and
 * subscribers are stock werift in processes of their own.
 */
export const forward: Bench = {
  summary: 'CPU of the worker per forwarded packet, beside stock werift',
  options: {
    rounds: { default: '3', meaning: 'rounds of each kind; the figures are medians' },
    seconds: { default: '8', meaning: 'measured time of a round' },
  },
  async run(context) {
    const { signal } = context;
    const rounds = wholeNumber('rounds', context.option('rounds'), 100);
    const seconds = wholeNumber('seconds', context.option('seconds'), 600);
    const results = new Map<string, number[]>();
    for (let round = 1; round <= rounds; round++) {
      for (const rate of rates) {
        for (const implementation of implementations) {
          const result = await measureRound(implementation, rate, seconds, signal);
          const key = `${implementation} ${rate}`;
          results.set(key, [...(results.get(key) ?? []), result.usPerPacket]);
          context.say(
            `round ${round} · ${implementation} · ${rate} packets/s to ${subscribers}: ` +
              `${result.usPerPacket.toFixed(1)} µs a packet, ${result.forwardedPerSecond.toFixed(0)} sent a ` +
              `second, ${(result.arrivedShare * 100).toFixed(1)} % arrived`,
          );
        }
      }
    }
    const figuresOf = (implementation: Implementation) =>
      Object.fromEntries(
        rates.map((rate) => [
          String(rate),
          Number(median(results.get(`${implementation} ${rate}`) ?? []).toFixed(2)),
        ]),
      );
    return { usPerPacket: { stock: figuresOf('stock'), ours: figuresOf('ours') } };
  },
};

function start(file: string, ...args: string[]): ChildProcess {
  return fork(fileURLToPath(new URL(`./forward/${file}`, import.meta.url)), args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/** Resolves with the next message of a type. */
function next<M extends { type: string }, T extends M['type']>(
  child: ChildProcess,
  type: T,
): Promise<Extract<M, { type: T }>> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: M) => {
      if (message.type === type) {
        child.off('message', onMessage);
        child.off('exit', onExit);
        resolve(message as Extract<M, { type: T }>);
      }
    };
    const onExit = (code: number | null) => reject(new Error(`A process of the bench ended with ${code}.`));
    child.on('message', onMessage);
    child.once('exit', onExit);
  });
}

async function measureRound(
  implementation: Implementation,
  rate: number,
  seconds: number,
  signal: AbortSignal,
): Promise<Round> {
  const worker = start(implementation === 'stock' ? 'stock-worker.ts' : 'our-worker.ts');
  const publisher = start('peers.ts', 'publisher');
  const watchers = start('peers.ts', 'subscribers');
  const toWorker = (message: ToWorker) => worker.send(message);
  const toWatchers = (message: ToPeers) => watchers.send(message);
  try {
    const offered = next<FromPeers, 'offer'>(publisher, 'offer');
    await Promise.all([
      next<FromWorker, 'ready'>(worker, 'ready'),
      next<FromPeers, 'ready'>(watchers, 'ready'),
    ]);
    const connected = new Promise<void>((resolve, reject) => {
      const timer = globalThis.setTimeout(
        () => reject(new Error(`Not all ${subscribers} subscribers connected to ${implementation}.`)),
        connectTimeoutMs,
      );
      let count = 0;
      watchers.on('message', (message: FromPeers) => {
        if (message.type === 'answer') {
          toWorker({ type: 'answer', index: message.index, sdp: message.sdp });
        } else if (message.type === 'connected' && ++count === subscribers) {
          clearTimeout(timer);
          resolve();
        }
      });
    });
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'answer') {
        publisher.send({ type: 'answer', sdp: message.sdp } satisfies ToPeers);
      } else if (message.type === 'offer') {
        toWatchers({ type: 'offer', index: message.index, sdp: message.sdp });
      }
    });
    toWorker({ type: 'publish', sdp: (await offered).sdp, subscribers });
    await connected;
    publisher.send({ type: 'send', packetsPerSecond: rate } satisfies ToPeers);
    await delay(warmUpMs, undefined, { signal });
    const measure = async () => {
      const answered = next<FromWorker, 'measure'>(worker, 'measure');
      const counted = next<FromPeers, 'count'>(watchers, 'count');
      toWorker({ type: 'measure' });
      toWatchers({ type: 'count' });
      return { ...(await answered), arrived: (await counted).receivedPackets };
    };
    const before = await measure();
    const beforeMs = performance.now();
    await delay(seconds * 1000, undefined, { signal });
    const after = await measure();
    const forwarded = after.forwardedPackets - before.forwardedPackets;
    if (forwarded === 0) {
      throw new Error(`${implementation} forwarded nothing.`);
    }
    return {
      usPerPacket: (after.cpuMicroseconds - before.cpuMicroseconds) / forwarded,
      forwardedPerSecond: forwarded / ((performance.now() - beforeMs) / 1000),
      arrivedShare: (after.arrived - before.arrived) / forwarded,
    };
  } finally {
    for (const child of [publisher, watchers, worker]) {
      child.removeAllListeners();
      child.kill('SIGKILL');
    }
  }
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

if (import.meta.main) {
  const { json, values } = parseOptions('forward', forward, process.argv.slice(2));
  const figures = await forward.run({
    option: (name) => values[name] ?? '',
    say: (line) => void process.stderr.write(`${line}\n`),
    signal: new AbortController().signal,
  });
  if (!json) {
    process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  }
  process.stdout.write(`${JSON.stringify({ bench: 'forward', machine: describeMachine(), figures })}\n`);
}
