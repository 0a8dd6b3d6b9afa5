import { parseArgs } from 'node:util';
import { RoomflowError, isEventNode, type GraphDocument, type GraphProblem } from './contract/index.ts';
import { validateDocument } from './graph/index.ts';
import { readJsonSource } from './json-source.ts';

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
 * @throws RoomflowError `invalid-request` for arguments that make no command, and for files that cannot be read or are no JSON
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
  const { name, value } = await readJsonSource(file, terminal.in);
  const problems = validateDocument(value);
  const { out } = terminal;
  if (values.json) {
    out.write(`${JSON.stringify({ valid: problems.length === 0, problems }, null, 2)}\n`);
  } else if (problems.length === 0) {
    out.write(`${name}: ${summaryOf(value as GraphDocument)}\n`);
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

const lineOf = ({ pointer, code, message, suggestion }: GraphProblem): string =>
  `${pointer || '/'} ${code} ${message}${suggestion === null ? '' : ` → ${suggestion}`}`;

function summaryOf({ name, nodes }: GraphDocument): string {
  const all = Object.values(nodes);
  const events = all.filter(isEventNode).length;
  const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
  return `"${name}" is valid: ${count(events, 'event node')}, ${count(all.length - events, 'step node')}`;
}
