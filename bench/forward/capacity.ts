import { oneToMany } from './cases.ts';
import { Forwarding } from './forwarding.ts';
import type { Round } from './forwarding.ts';
import { apart } from './placement.ts';

const subscribers = 10;
const baseRate = 1000;
const wantedCores = 0.8;
const toleratedCores = 0.02;
const toleratedLossPercent = 0.1;
const maxSteps = 8;

/** The rate at which a worker uses 80 % of its core. */
export type Capacity = { packetsPerSecondPerCore: number; round: Round; srtpProfiles: ReadonlySet<number> };

/**
 * Raises the rate of one publisher of 1000-byte packets to ten subscribers until the worker's processor time is
 * 80 % of its core. Where packets are lost before that, the highest rate without loss that was met.
 */
export async function measureCapacity(
  seconds: number,
  warmUpSeconds: number,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Capacity> {
  using forwarding = await Forwarding.open(
    'ours',
    oneToMany('capacity', subscribers, baseRate),
    apart,
    signal,
  );
  const { srtpProfiles } = forwarding;
  let factor = 2;
  let best: Round | undefined;
  for (let step = 1; step <= maxSteps; step++) {
    const round = await forwarding.measure(seconds, warmUpSeconds, factor);
    say(
      `capacity · ${round.forwardedPerSecond.toFixed(0)} packets/s: ${(round.cores * 100).toFixed(0)} % of the core, ` +
        `${round.lossPercent.toFixed(2)} % lost, peers ${(round.peerCores * 100).toFixed(0)} %`,
    );
    const lossless = round.lossPercent < toleratedLossPercent;
    if (lossless && round.cores <= wantedCores + toleratedCores) {
      if (best === undefined || round.forwardedPerSecond > best.forwardedPerSecond) {
        best = round;
      }
      if (round.cores >= wantedCores - toleratedCores) {
        break;
      }
    }
    // A packet gets cheaper the more there are, so the next step is a little bolder than a straight line.
    factor *= lossless ? Math.min(1.8, wantedCores / round.cores) : 0.9;
  }
  if (best === undefined) {
    throw new Error(
      `No rate was found at which less than ${toleratedLossPercent} % of the packets are lost.`,
    );
  }
  return { packetsPerSecondPerCore: best.forwardedPerSecond, round: best, srtpProfiles };
}
