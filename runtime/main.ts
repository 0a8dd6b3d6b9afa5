#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { loadConfig, ConfigSchema, type RuntimeConfig } from './config/index.ts';
import { RoomflowError } from './contract/index.ts';
import { doctor } from './doctor.ts';
import { graphCommand, graphHelp } from './graph-command.ts';
import { runCommand, runHelp } from './run-command.ts';
import { serve } from './serve.ts';
import { issueToken } from './token.ts';

const help = `roomflow: self-hosted meetings for n8n

  roomflow serve    Start the media runtime (http://127.0.0.1:7890)
  roomflow token    Make a token:  --room ID --participant ID --name NAME
                    --permissions allow_join,allow_mod  --roles crawler,rtc  --expires-in-minutes 1440
  roomflow doctor   Check ffmpeg, ports, disk and database, and say what to do
${runHelp}
${graphHelp}

Settings come from roomflow.json (--config FILE), from the environment (ROOMFLOW_PORT …) and from flags:
${Object.entries(ConfigSchema.properties)
  .map(([key, schema]) => `  --${kebab(key).padEnd(28)}${descriptionOf(schema)}`)
  .join('\n')}
`;

const text = { type: 'string' } as const;
const configFlags = {
  config: text,
  ...Object.fromEntries(Object.keys(ConfigSchema.properties).map((key) => [kebab(key), text])),
};

async function main(): Promise<void> {
  const [command = 'help', ...rest] = process.argv.slice(2);
  const asksForHelp = rest.some((argument) => argument === '--help' || argument === '-h');
  switch (asksForHelp ? 'help' : command) {
    case 'serve':
      await runServe(configFrom(rest));
      break;
    case 'token': {
      const own = {
        room: text,
        participant: text,
        name: text,
        permissions: text,
        roles: text,
        'expires-in-minutes': text,
      };
      const values = flags(rest, own);
      const {
        room,
        participant,
        name,
        permissions,
        roles,
        'expires-in-minutes': minutes,
        ...config
      } = values;
      process.stdout.write(
        `${await issueToken(settingsFrom(config), { room, participant, name, permissions, roles, minutes })}\n`,
      );
      break;
    }
    case 'doctor':
      process.exitCode = (await doctor(configFrom(rest), process.stdout)) ? 0 : 1;
      break;
    case 'run':
      process.exitCode = (await runGraph(rest)) ? 0 : 1;
      break;
    case 'graph':
      process.exitCode = (await graphCommand(rest, {
        in: process.stdin,
        out: process.stdout,
        err: process.stderr,
      }))
        ? 0
        : 1;
      break;
    case 'help':
    case '--help':
    case '-h':
      process.stdout.write(help);
      break;
    default:
      throw new RoomflowError('invalid-request', `Unknown command "${command}".\n\n${help}`);
  }
}

async function runServe(config: RuntimeConfig): Promise<void> {
  const served = await serve(config);
  const end = (signal: NodeJS.Signals): void => {
    served.logger.info({ signal }, 'stopping: recordings are being finished');
    served.stop().then(
      () => {
        served.logger.info('stopped');
      },
      (error: unknown) => {
        served.logger.error({ err: error }, 'did not stop cleanly');
        process.exitCode = 1;
      },
    );
  };
  // A bug in one room must not end the meetings of all others: it is logged, and they go on.
  for (const kind of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(kind, (error: unknown) => {
      served.logger.error({ err: error }, kind);
    });
  }
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}

async function runGraph(argv: string[]): Promise<boolean> {
  const { values, positionals } = argumentsOf(argv, { room: text });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) {
    throw new RoomflowError('invalid-request', `run takes one file.\n\n${runHelp}`);
  }
  const { room, ...settings } = values;
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // A second one ends the process as it is.
    process.once(signal, () => {
      stop.abort();
    });
  }
  // What is said of the graph is what is asked for; the runtime's own log is shown when it is.
  const config = settingsFrom({ 'log-level': 'silent', ...settings });
  const terminal = { in: process.stdin, out: process.stdout, err: process.stderr };
  return runCommand(file, { room, config, stop: stop.signal }, terminal);
}

const configFrom = (argv: string[]): RuntimeConfig => settingsFrom(flags(argv, {}));

const settingsFrom = (values: Record<string, string | undefined>): RuntimeConfig =>
  loadConfig({ flags: values, env: process.env });

function flags(argv: string[], own: Record<string, typeof text>): Record<string, string | undefined> {
  const { values, positionals } = argumentsOf(argv, own);
  if (positionals.length > 0) {
    throw new RoomflowError(
      'invalid-config',
      `Unexpected argument "${positionals[0] ?? ''}".\nSee roomflow help.`,
    );
  }
  return values;
}

function argumentsOf(
  argv: string[],
  own: Record<string, typeof text>,
): { values: Record<string, string | undefined>; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      options: { ...configFlags, ...own },
      allowPositionals: true,
    });
    return { values: { ...values }, positionals };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RoomflowError('invalid-config', `${why}\nSee roomflow help.`, { cause });
  }
}

function descriptionOf(schema: object): string {
  return 'description' in schema && typeof schema.description === 'string' ? schema.description : '';
}

function kebab(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

main().catch((error: unknown) => {
  const failure = RoomflowError.from(error);
  process.stderr.write(`roomflow: ${failure.message} [${failure.code}]\n`);
  if (failure.code === 'internal') {
    process.stderr.write(`${failure.stack ?? ''}\n`);
  }
  process.exitCode = 1;
});
