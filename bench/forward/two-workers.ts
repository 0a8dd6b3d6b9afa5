import { oneToMany } from './cases.ts';
import { Forwarding } from './forwarding.ts';
import type { Flood } from './forwarding.ts';
import { median } from './median.ts';
import { allCores } from './placement.ts';

const subscribersOfRoom = 100;
const baseRate = 500;
const warmUpSeconds = 2;
/** More than a worker can forward, so that it is what it can that is measured. */
const offeredOverload = 1.3;

/** How two workers compare with one. */
export type TwoWorkers = {
  throughputRatio: number;
  packetsPerSecond: { one: number; two: number };
  usPerPacket: { one: number; two: number };
  /** Processor time of the publishers per second. */
  publisherCores: { one: number; two: number };
  /** The same rate with subscribers that take their packets, and with those that leave them to the kernel. */
  usPerPacketAtHalf: { taken: number; left: number };
};

type Outcome = { packetsPerSecond: number; usPerPacket: number; publisherCores: number };

/**
 * Throughput of saturated workers, each with a room of its own: one on the first core while publishers have the
 * other, then two on both cores with the publishers among them. In turns, `rounds` times.
 */
export async function compareTwoWorkers(
  rounds: number,
  seconds: number,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<TwoWorkers> {
  const room = oneToMany('room', subscribersOfRoom, baseRate);
  const [firstCore = 0, secondCore = 0] = allCores;
  using alone = await Forwarding.open('ours', room, { worker: [firstCore], peers: [secondCore] }, signal);
  using left = await Forwarding.open('ours', room, { worker: [firstCore], peers: allCores }, signal);
  using right = await Forwarding.open('ours', room, { worker: [secondCore], peers: allCores }, signal);
  for (const forwarding of [alone, left, right]) {
    // Compiles what is measured.
    await flood([forwarding], (baseRate * subscribersOfRoom) / 2, warmUpSeconds);
  }
  const capacity = await findCapacity(alone);
  const ones: Outcome[] = [];
  const twos: Outcome[] = [];
  for (let round = 1; round <= rounds; round++) {
    const one = await flood([alone], capacity * offeredOverload, seconds);
    const two = await flood([left, right], capacity * offeredOverload, seconds);
    ones.push(one);
    twos.push(two);
    say(
      `two workers · round ${round}: one ${one.packetsPerSecond.toFixed(0)} packets/s, two ` +
        `${two.packetsPerSecond.toFixed(0)}, ${(two.packetsPerSecond / one.packetsPerSecond).toFixed(2)} times`,
    );
  }
  const both = (key: keyof Outcome) => ({
    one: median(ones.map((outcome) => outcome[key])),
    two: median(twos.map((outcome) => outcome[key])),
  });
  const half = capacity / 2 / (baseRate * subscribersOfRoom);
  const leftLying = await alone.flood(seconds, 1, half);
  const taken = await alone.measure(seconds, 1, half);
  return {
    throughputRatio: median(twos.map((two, i) => two.packetsPerSecond / (ones[i]?.packetsPerSecond ?? NaN))),
    packetsPerSecond: both('packetsPerSecond'),
    usPerPacket: both('usPerPacket'),
    publisherCores: both('publisherCores'),
    usPerPacketAtHalf: { taken: taken.usPerPacket, left: leftLying.cpuMicroseconds / leftLying.forwarded },
  };
}

/** Offers more and more until the worker cannot follow, and tells what it then forwards a second. */
async function findCapacity(forwarding: Forwarding): Promise<number> {
  for (let offered = baseRate * subscribersOfRoom; ; offered *= 1.6) {
    const { packetsPerSecond } = await flood([forwarding], offered, warmUpSeconds);
    if (packetsPerSecond < offered * 0.85) {
      return packetsPerSecond;
    }
  }
}

/** Offers each worker a number of packets a second, those to its subscribers counted. */
async function flood(
  forwardings: readonly Forwarding[],
  offeredToEach: number,
  seconds: number,
): Promise<Outcome> {
  const factor = offeredToEach / (baseRate * subscribersOfRoom);
  const floods = await Promise.all(forwardings.map((forwarding) => forwarding.flood(seconds, 1, factor)));
  const sum = (key: keyof Flood) => floods.reduce((total, each) => total + each[key], 0);
  return {
    packetsPerSecond: sum('forwardedPerSecond'),
    usPerPacket: sum('cpuMicroseconds') / sum('forwarded'),
    publisherCores: sum('publisherCores'),
  };
}
