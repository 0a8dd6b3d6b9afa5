import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { RoomflowError } from '../contract/index.ts';
import { environmentSource, fileSource, flagSource, type Source } from './sources.ts';
import type { ConfigInput } from './schema.ts';
import { validated } from './validate.ts';

type Derived =
  'publicUrl' | 'recordingsDirectory' | 'hlsDirectory' | 'databaseFile' | 'workers' | 'maxEncoders';

/** The whole configuration: every folder absolute, every derived value filled in. */
export type RuntimeConfig = Readonly<Omit<ConfigInput, Derived> & Required<Pick<ConfigInput, Derived>>>;

/**
 * One validated configuration from, in rising order: defaults, file (`--config`, `ROOMFLOW_CONFIG` or
 * `roomflow.json`), environment (`ROOMFLOW_*`), flags.
 *
 * @throws RoomflowError `invalid-config` with every error at once in `details`
 */
export function loadConfig(from: {
  flags?: Readonly<Record<string, unknown>>;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
}): RuntimeConfig {
  const { flags = {}, env = {}, cwd = process.cwd() } = from;
  const named = typeof flags['config'] === 'string' ? flags['config'] : env['ROOMFLOW_CONFIG'];
  const merged: Source = new Map([
    ...fileSource(cwd, named === '' ? undefined : named),
    ...environmentSource(env),
    ...flagSource(flags),
  ]);
  const config = withDerived(validated(merged), cwd);
  refusePortsThatDoNotFit(config);
  return config;
}

/** Each worker takes a UDP port of its own, and how many there are may follow from the machine. */
function refusePortsThatDoNotFit({ udpPort, workers }: RuntimeConfig): void {
  if (udpPort !== undefined && udpPort + workers - 1 > 65_535) {
    const message = `${workers} workers need a port each, from udpPort on (received ${udpPort}): take ${65_536 - workers} at most`;
    throw new RoomflowError('invalid-config', `The configuration is not valid:\n  /udpPort: ${message}`, {
      details: [{ pointer: '/udpPort', message }],
    });
  }
}

function withDerived(config: ConfigInput, cwd: string): RuntimeConfig {
  const dataDirectory = resolve(cwd, config.dataDirectory);
  return Object.freeze({
    ...config,
    dataDirectory,
    recordingsDirectory: resolve(cwd, config.recordingsDirectory ?? join(dataDirectory, 'recordings')),
    hlsDirectory: resolve(cwd, config.hlsDirectory ?? join(dataDirectory, 'hls')),
    databaseFile: resolve(cwd, config.databaseFile ?? join(dataDirectory, 'roomflow.db')),
    publicUrl: (config.publicUrl ?? `http://${urlHost(config.host)}:${config.port}`).replace(/\/+$/, ''),
    workers: config.workers ?? Math.max(1, availableParallelism() - 1),
    // A composed picture at 720p costs 0.4 core (docs/performance.md); the rest is for those who meet.
    maxEncoders: config.maxEncoders ?? 2 * availableParallelism(),
  });
}

function urlHost(host: string): string {
  // An address that listens everywhere is nowhere to connect to.
  if (host === '0.0.0.0' || host === '::') {
    return '127.0.0.1';
  }
  return host.includes(':') ? `[${host}]` : host;
}
