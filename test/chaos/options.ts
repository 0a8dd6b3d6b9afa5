import { parseArgs } from 'node:util';
import { killTargets, type KillTarget } from './plan.ts';

/** A command line that makes no sense; the message says which part. */
export class UsageError extends Error {}

export type ChaosOptions = {
  /** Numbers of the runs, from 1, in order. */
  runs: readonly number[];
  seed: number;
  targets: readonly KillTarget[];
  /** Whether the standard output is to hold the figures alone. */
  json: boolean;
};

const MOST_RUNS = 10_000;
const MOST_SEED = 2 ** 31 - 1;
const usage = `npm run chaos -- [--runs 60] [--seed 1] [--only N,M] [--kill ${killTargets.join(',')}] [--json]`;

/**
 * Reads the command line; 60 runs of seed 1 that kill everything there is when it is empty.
 *
 * @throws UsageError when an option is unknown or its value makes no sense
 */
export function parseChaosOptions(args: readonly string[]): ChaosOptions {
  const { runs, seed, only, kill, json } = read(args);
  const count = wholeNumber('runs', runs, MOST_RUNS);
  return {
    runs:
      only === undefined
        ? Array.from({ length: count }, (_none, index) => index + 1)
        : only.split(',').map((run) => wholeNumber('only', run.trim(), MOST_RUNS)),
    seed: wholeNumber('seed', seed, MOST_SEED),
    targets: kill === undefined ? killTargets : kill.split(',').map(targetOf),
    json,
  };
}

type Given = { runs: string; seed: string; only?: string; kill?: string; json: boolean };

function read(args: readonly string[]): Given {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        runs: { type: 'string', default: '60' },
        seed: { type: 'string', default: '1' },
        only: { type: 'string' },
        kill: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${why}\n\n${usage}`, { cause });
  }
}

function wholeNumber(option: string, text: string, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new UsageError(`--${option} is to be a whole number from 1 to ${most}, got "${text}"`);
  }
  return value;
}

function targetOf(text: string): KillTarget {
  const target = killTargets.find((known) => known === text.trim());
  if (target === undefined) {
    throw new UsageError(`--kill takes ${killTargets.join(', ')}, got "${text}"`);
  }
  return target;
}
