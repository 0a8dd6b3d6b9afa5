import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { RoomflowError, isEventNode, type GraphDocument, type GraphProblem } from './contract/index.ts';
import { validateDocument } from './graph/index.ts';

/** Where a command reads from and writes to. */
export type Terminal = {
  in: AsyncIterable<Uint8Array>;
  out: { write(text: string): unknown };
};

export const graphHelp = `  roomflow graph check FILE [--json]    Say everything that is wrong with a graph document; - is standard input`;

/**
 * `roomflow graph …`: what can be done with a graph document without a runtime.
 *
 * @returns false when the document is not valid
 * @throws RoomflowError `invalid-request` for arguments that make no command and files that cannot be read
 */
export async function graphCommand(argv: readonly string[], terminal: Terminal): Promise<boolean> {
  const [command, ...rest] = argv;
  switch (command) {
    case 'check':
      return check(rest, terminal);
    default:
      throw new RoomflowError('invalid-request', `Unknown command "graph ${command ?? ''}".\n\n${graphHelp}`);
  }
}

async function check(argv: readonly string[], terminal: Terminal): Promise<boolean> {
  const { values, positionals } = argumentsOf(argv);
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) {
    throw new RoomflowError('invalid-request', `graph check takes one file.\n\n${graphHelp}`);
  }
  const source = await readSource(file, terminal);
  const name = file === '-' ? 'stdin' : file;
  const read = readJson(source, name);
  const problems = validateDocument(read);
  const { out } = terminal;
  if (values.json) {
    out.write(`${JSON.stringify({ valid: problems.length === 0, problems }, null, 2)}\n`);
  } else if (problems.length === 0) {
    out.write(`${name}: ${summaryOf(read as GraphDocument)}\n`);
  } else {
    out.write(problems.map((problem) => `${name}:${lineOf(problem)}\n`).join(''));
  }
  return problems.length === 0;
}

function argumentsOf(argv: readonly string[]): { values: { json: boolean }; positionals: string[] } {
  try {
    return parseArgs({
      args: [...argv],
      options: { json: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RoomflowError('invalid-request', `${why}\n\n${graphHelp}`, { cause });
  }
}

async function readSource(file: string, { in: input }: Terminal): Promise<string> {
  try {
    return file === '-' ? await text(input) : await readFile(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RoomflowError('invalid-request', `"${file}" cannot be read: ${why}`, { cause });
  }
}

/** @throws RoomflowError `invalid-graph` that says where the text stops being JSON */
function readJson(source: string, name: string): unknown {
  try {
    return JSON.parse(source.replace(/^\uFEFF/, ''));
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const why = message.replace(/(?: in JSON)?(?: at position \d+)?(?: \(line \d+ column \d+\))?$/, '');
    throw new RoomflowError('invalid-graph', `${name}${placeOf(message, source)} is no JSON: ${why}.`, {
      cause,
    });
  }
}

/** `:line:column` of the place that V8 names, by its line and column or by its position; the end where it names none. */
function placeOf(message: string, source: string): string {
  const named = /line (\d+) column (\d+)/.exec(message);
  if (named) {
    return `:${named[1] ?? ''}:${named[2] ?? ''}`;
  }
  const position = Number(/position (\d+)/.exec(message)?.[1] ?? source.length);
  const lines = source.slice(0, position).split('\n');
  return `:${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
}

const lineOf = ({ pointer, code, message, suggestion }: GraphProblem): string =>
  `${pointer || '/'} ${code} ${message}${suggestion === null ? '' : ` → ${suggestion}`}`;

function summaryOf({ name, nodes }: GraphDocument): string {
  const all = Object.values(nodes);
  const events = all.filter(isEventNode).length;
  const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
  return `"${name}" is valid: ${count(events, 'event node')}, ${count(all.length - events, 'step node')}`;
}
