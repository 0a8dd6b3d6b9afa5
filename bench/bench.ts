/**
 * `npm run bench -- <name> [options] [--json]`: runs one bench and prints one JSON object as its last line.
 * With `--json` the standard output holds nothing else; progress goes to the error output.
 */
import type { Bench } from './definition.ts';
import { describeMachine } from './machine.ts';
import { parseOptions, UsageError } from './options.ts';

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  events: async () => (await import('./events.ts')).events,
  compose: async () => (await import('./compose.ts')).compose,
  record: async () => (await import('./record.ts')).record,
  hls: async () => (await import('./hls.ts')).hls,
  forward: async () => (await import('./forward.ts')).forward,
  graph: async () => (await import('./graph.ts')).graph,
  transcribe: async () => (await import('./transcribe.ts')).transcribe,
};

async function main([name, ...args]: readonly string[]): Promise<void> {
  const load = name === undefined || !Object.hasOwn(benches, name) ? undefined : benches[name];
  if (name === undefined || load === undefined) {
    throw new UsageError(await listing(name));
  }
  const bench = await load();
  const { json, values } = parseOptions(name, bench, args);
  const figures = await bench.run({
    option(option) {
      const value = values[option];
      if (value === undefined) {
        throw new Error(`The bench "${name}" has no option "${option}"`);
      }
      return value;
    },
    say: (line) => void process.stderr.write(`${line}\n`),
    signal: stop.signal,
  });
  if (!json) {
    process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  }
  process.stdout.write(`${JSON.stringify({ bench: name, machine: describeMachine(), figures })}\n`);
}

async function listing(name: string | undefined): Promise<string> {
  const lines = await Promise.all(
    Object.entries(benches).map(async ([known, load]) => `  ${known.padEnd(10)}${(await load()).summary}`),
  );
  const problem = name === undefined ? 'Which bench?' : `There is no bench "${name}".`;
  return `${problem} npm run bench -- <name> [--json], where the name is one of\n${lines.join('\n')}`;
}

/** Aborted at the first SIGINT or SIGTERM, so that the bench can take down what it started. */
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => stop.abort(new Error(`Stopped by ${signal}`)));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${explain(error)}\n`);
}

function explain(error: unknown): string {
  if (stop.signal.aborted) {
    return String(stop.signal.reason);
  }
  if (error instanceof UsageError) {
    return error.message;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
