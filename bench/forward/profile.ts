import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCpuProfile } from '../cpu-profile.ts';
import type { Figures } from '../definition.ts';
import { flameGraphOf } from '../flame-graph.ts';
import { oneToMany } from './cases.ts';
import { Forwarding } from './forwarding.ts';
import { packetSteps, stepMicroseconds } from './packet-steps.ts';
import { allCores } from './placement.ts';

const seconds = 6;
const warmUpSeconds = 3;
const subscribers = 10;
const packetsPerSecond = 600;
const graphs = {
  stock: { name: 'forward-before', title: 'Forwarding with stock werift' },
  ours: { name: 'forward-after', title: 'Forwarding with Roomflow' },
} as const;

/**
 * Writes a profile and a flame graph of both workers into `folder`, and tells what each step of a packet costs.
 * The profiler costs time itself: steps are shares of the profile, scaled to what a packet cost meanwhile.
 */
export async function profileForwarding(
  folder: string,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Figures> {
  const stepsUsPerPacket: Record<string, Record<string, number>> = {};
  for (const implementation of ['stock', 'ours'] as const) {
    const { name, title } = graphs[implementation];
    const path = join(folder, `${name}.cpuprofile`);
    const forwardCase = oneToMany('profile', subscribers, packetsPerSecond);
    // Bound to one core with the worker, the profiler's thread would hardly run but while the worker waits.
    const cores = { worker: allCores, peers: allCores };
    using forwarding = await Forwarding.open(implementation, forwardCase, cores, signal);
    const round = await forwarding.profile(path, seconds, warmUpSeconds);
    const profile = await readCpuProfile(path);
    await writeFile(
      join(folder, `${name}.svg`),
      flameGraphOf(profile, `${title}: ${packetsPerSecond} packets/s to ${subscribers} subscribers`),
    );
    const steps = stepMicroseconds(profile);
    const all = Object.values(steps).reduce((sum, spent) => sum + spent, 0);
    stepsUsPerPacket[implementation] = Object.fromEntries(
      packetSteps.map((step) => [step, Number(((steps[step] / all) * round.usPerPacket).toFixed(2))]),
    );
    say(`${implementation}: ${round.usPerPacket.toFixed(1)} µs a packet with the profiler; ${path}`);
  }
  return { stepsUsPerPacket };
}
