import { mkdir } from 'node:fs/promises';
import { missingPacketPath } from '../runtime/webrtc/index.ts';
import type { Bench, BenchContext, Figures } from './definition.ts';
import { canPin } from './forward/bench-process.ts';
import { measureCapacity } from './forward/capacity.ts';
import { forwardCases } from './forward/cases.ts';
import { Forwarding, implementations } from './forward/forwarding.ts';
import { encryptions } from './forward/encryption.ts';
import type { Implementation, Round } from './forward/forwarding.ts';
import type { Arrivals } from './forward/messages.ts';
import { median } from './forward/median.ts';
import { apart } from './forward/placement.ts';
import { profileForwarding } from './forward/profile.ts';
import { compareTwoWorkers } from './forward/two-workers.ts';
import { UsageError, wholeNumber } from './options.ts';

/** Layers are measured for a second before the highest is chosen. */
const warmUpSeconds = 3;
const directSeconds = 2;
/** Peers that use more of the cores left to them than this were in the worker's way. */
const busyPeers = 0.9;
const tolerated = { lossPercent: 0.1, workerCores: 0.95 };

type Measured = Record<Implementation, Round[]> & { direct: Arrivals };

/** The helper is not there for every machine. */
const measurable = implementations.filter(
  (name) => name !== 'native' || missingPacketPath('native') === undefined,
);

/**
 * What forwarding a packet costs: the runtime's forwarding beside stock werift's in alternating rounds, in
 * meetings of several shapes; what one core carries; and what a second worker adds.
 */
export const forward: Bench = {
  summary: 'CPU of the worker per forwarded packet, beside stock werift',
  options: {
    rounds: { default: '3', meaning: 'rounds of each kind; the figures are medians' },
    seconds: { default: '4', meaning: 'measured time of a round' },
    cases: {
      default: [...forwardCases.map(({ name }) => name), 'capacity', 'twoWorkers'].join(),
      meaning: 'what to measure, by comma',
    },
    encryption: {
      default: 'any',
      meaning: 'any: each worker chooses, stock werift AES-GCM; aes-cm: both speak AES_CM_128_HMAC_SHA1_80',
    },
    profile: { default: '', meaning: 'a folder: writes profiles and flame graphs of the workers instead' },
  },
  async run(context) {
    const profileFolder = context.option('profile');
    if (profileFolder !== '') {
      await mkdir(profileFolder, { recursive: true });
      return profileForwarding(profileFolder, context.signal, context.say);
    }
    return measureAll(context);
  },
};

async function measureAll({ option, signal, say }: BenchContext): Promise<Figures> {
  const rounds = wholeNumber('rounds', option('rounds'), 100);
  const seconds = wholeNumber('seconds', option('seconds'), 600);
  const chosen = option('cases').split(',');
  const unknown = chosen.find((name) => !forward.options['cases']?.default.split(',').includes(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `--cases has no case "${unknown}"; the cases are ${forward.options['cases']?.default}`,
    );
  }
  const encryption = encryptions.find((name) => name === option('encryption'));
  if (encryption === undefined) {
    throw new UsageError(`--encryption is ${encryptions.join(' or ')}, not "${option('encryption')}"`);
  }
  const srtpProfiles = new Map<Implementation, Set<number>>();
  const measured = new Map<string, Measured>();
  for (const forwardCase of forwardCases.filter(({ name }) => chosen.includes(name))) {
    using all = new DisposableStack();
    const forwardings = new Map<Implementation, Forwarding>();
    for (const implementation of measurable) {
      const forwarding = all.use(
        await Forwarding.open(implementation, forwardCase, apart, signal, encryption),
      );
      forwardings.set(implementation, forwarding);
      const profiles = srtpProfiles.get(implementation) ?? new Set();
      srtpProfiles.set(implementation, new Set([...profiles, ...forwarding.srtpProfiles]));
    }
    const results: Measured = { stock: [], ours: [], native: [], direct: await directArrivals(forwardings) };
    measured.set(forwardCase.name, results);
    for (const forwarding of forwardings.values()) {
      await forwarding.runIn();
    }
    for (let round = 1; round <= rounds; round++) {
      for (const [implementation, forwarding] of forwardings) {
        const result = await forwarding.measure(seconds, warmUpSeconds);
        results[implementation].push(result);
        say(`${forwardCase.name} · round ${round} · ${implementation}: ${describe(result)}`);
      }
    }
  }
  const capacity = chosen.includes('capacity')
    ? await measureCapacity(seconds, warmUpSeconds, signal, say)
    : undefined;
  const twoWorkers =
    chosen.includes('twoWorkers') && canPin
      ? await compareTwoWorkers(rounds, seconds, signal, say)
      : undefined;
  return {
    ...figuresOf(measured),
    ...(capacity === undefined
      ? {}
      : {
          packetsPerSecondPerCore: Math.round(capacity.packetsPerSecondPerCore),
          atEightyPercent: rounded({
            coreShare: capacity.round.cores,
            usPerPacket: capacity.round.usPerPacket,
            lossPercent: capacity.round.lossPercent,
            delayP50Ms: capacity.round.delayP50Ms,
            delayP99Ms: capacity.round.delayP99Ms,
            peerCores: capacity.round.peerCores,
            rssMb: capacity.round.rssMb,
          }),
        }),
    ...(twoWorkers === undefined ? {} : { twoWorkers: rounded(twoWorkers) }),
    boundToCores: canPin,
    srtpProfiles: Object.fromEntries(
      [...srtpProfiles].map(([implementation, profiles]) => [implementation, [...profiles].map(profileName)]),
    ),
  };
}

/** What the way between the peers takes without a worker. */
function directArrivals(forwardings: ReadonlyMap<Implementation, Forwarding>): Promise<Arrivals> {
  const forwarding = forwardings.get('ours');
  if (forwarding === undefined) {
    throw new Error('Nothing of ours is measured.');
  }
  return forwarding.measureDirect(directSeconds);
}

function figuresOf(measured: ReadonlyMap<string, Measured>): Figures {
  const figure = (pick: (round: Round, direct: Arrivals) => number) =>
    Object.fromEntries(
      measurable.map((implementation) => [
        implementation,
        Object.fromEntries(
          [...measured].map(([name, results]) => [
            name,
            rounded(median(results[implementation].map((round) => pick(round, results.direct)))),
          ]),
        ),
      ]),
    );
  return {
    usPerPacket: figure((round) => round.usPerPacket),
    timesCheaper: timesCheaper(measured, 'ours'),
    ...(measurable.includes('native') ? { timesCheaperWithHelper: timesCheaper(measured, 'native') } : {}),
    packetsPerSecond: figure((round) => Math.round(round.forwardedPerSecond)),
    addedDelayP50Ms: figure((round, direct) => round.delayP50Ms - direct.delayP50Ms),
    addedDelayP99Ms: figure((round, direct) => round.delayP99Ms - direct.delayP99Ms),
    lossPercent: figure((round) => round.lossPercent),
    rssMb: figure((round) => round.rssMb),
    gcShare: figure((round) => round.gcShare),
    workerCores: figure((round) => round.cores),
    peerCores: figure((round) => round.peerCores),
    idlePercent: figure((round) => round.idleShare * 100),
    saturated: Object.fromEntries(
      measurable.map((implementation) => [
        implementation,
        [...measured].flatMap(([name, results]) => {
          const why = saturation(results[implementation]);
          return why === undefined ? [] : [`${name}: ${why}`];
        }),
      ]),
    ),
  };
}

/** How much of stock werift's time is saved, pair by pair. */
function timesCheaper(measured: ReadonlyMap<string, Measured>, implementation: Implementation): Figures {
  return Object.fromEntries(
    [...measured].map(([name, results]) => [
      name,
      rounded(
        median(
          results.stock.map(
            (round, i) => round.usPerPacket / (results[implementation][i]?.usPerPacket ?? NaN),
          ),
        ),
      ),
    ]),
  );
}

/** Why the figures of some rounds are those of an overload, if they are. */
function saturation(rounds: readonly Round[]): string | undefined {
  const of = (key: 'cores' | 'peerCores' | 'lossPercent') => median(rounds.map((round) => round[key]));
  if (of('cores') > tolerated.workerCores) {
    return 'the worker has no core to spare';
  }
  if (of('peerCores') > busyPeers * apart.peers.length) {
    return 'the peers have no core to spare';
  }
  return of('lossPercent') > tolerated.lossPercent ? 'packets are lost' : undefined;
}

function describe(round: Round): string {
  return (
    `${round.usPerPacket.toFixed(1)} µs a packet, ${round.forwardedPerSecond.toFixed(0)} packets/s, ` +
    `${round.lossPercent.toFixed(2)} % lost, delay ${round.delayP50Ms.toFixed(2)} and ${round.delayP99Ms.toFixed(2)} ms, ` +
    `worker ${(round.cores * 100).toFixed(0)} %, peers ${(round.peerCores * 100).toFixed(0)} %, ` +
    `idle ${(round.idleShare * 100).toFixed(0)} %, latest sent ${round.senderLatestMs.toFixed(0)} ms late`
  );
}

function profileName(profile: number): string {
  return profile === 7 ? 'AEAD_AES_128_GCM' : profile === 1 ? 'AES_CM_128_HMAC_SHA1_80' : String(profile);
}

/** Numbers to three digits behind the point, at any depth. */
function rounded<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_key, entry: unknown) =>
      typeof entry === 'number' ? Number(entry.toFixed(3)) : entry,
    ),
  ) as T;
}
