import { writeFile } from 'node:fs/promises';
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { RoomflowError, isEventNode, type GraphDocument, type GraphProblem } from './contract/index.ts';
import { layOut, toSvg, type SvgOptions } from './diagram/index.ts';
import { documentDiagram, fromWorkflow, validateDocument } from './graph/index.ts';
import { readJsonSource } from './json-source.ts';
import { withinLine } from './terminal-text.ts';

/** Where a command reads from and writes to. */
export type Terminal = {
  in: AsyncIterable<Uint8Array>;
  out: { write(text: string): unknown };
  /** For what is said beside the output. */
  err: { write(text: string): unknown };
};

export const graphHelp = `  roomflow graph check FILE [--json]    Say everything that is wrong with a graph document; - is standard input
  roomflow graph draw FILE [-o out.svg] [--theme auto|light|dark]
                                        Draw a graph document; without -o the SVG goes to standard output
  roomflow graph from-workflow FILE [-o out.json]
                                        Make a graph document of an n8n workflow, and say what is not in it`;

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
    case 'draw':
      return draw(rest, terminal);
    case 'from-workflow':
      return convert(rest, terminal);
    case undefined:
      throw new RoomflowError('invalid-request', `graph takes a command.\n\n${graphHelp}`);
    default:
      throw new RoomflowError('invalid-request', `Unknown command "graph ${command}".\n\n${graphHelp}`);
  }
}

async function check(argv: readonly string[], terminal: Terminal): Promise<boolean> {
  const { values, positionals } = argumentsOf(argv, { json: { type: 'boolean', default: false } });
  const file = onlyFile('check', positionals);
  const { name, value } = await readJsonSource(file, terminal.in);
  const problems = validateDocument(value);
  const { out } = terminal;
  if (values.json) {
    out.write(`${JSON.stringify({ valid: problems.length === 0, problems }, null, 2)}\n`);
  } else if (problems.length === 0) {
    out.write(`${withinLine(`${name}: ${summaryOf(value as GraphDocument)}`)}\n`);
  } else {
    writeProblems(problems, name, terminal);
  }
  return problems.length === 0;
}

const themes = ['auto', 'light', 'dark'] as const satisfies readonly SvgOptions['theme'][];

async function draw(argv: readonly string[], terminal: Terminal): Promise<boolean> {
  const { values, positionals } = argumentsOf(argv, {
    out: { type: 'string', short: 'o', default: '-' },
    theme: { type: 'string', default: 'auto' },
  });
  const theme = themes.find((each) => each === values.theme);
  if (theme === undefined) {
    throw new RoomflowError(
      'invalid-request',
      `--theme is one of ${themes.join(', ')}; received "${values.theme}".\n\n${graphHelp}`,
    );
  }
  const { name, value } = await readJsonSource(onlyFile('draw', positionals), terminal.in);
  const problems = validateDocument(value);
  if (problems.length > 0) {
    writeProblems(problems, name, terminal);
    return false;
  }
  const document = value as GraphDocument;
  const svg = toSvg(layOut(documentDiagram(document)), { theme, title: document.name });
  await writeTo(values.out, svg, terminal);
  return true;
}

async function convert(argv: readonly string[], terminal: Terminal): Promise<boolean> {
  const { values, positionals } = argumentsOf(argv, { out: { type: 'string', short: 'o', default: '-' } });
  const { name, value } = await readJsonSource(onlyFile('from-workflow', positionals), terminal.in);
  const { document, notCarried } = fromWorkflow(value);
  const { err } = terminal;
  err.write(notCarried.map(({ node, reason }) => `${withinLine(`${name}: ${node}: ${reason}`)}\n`).join(''));
  if (Object.keys(document.nodes).length === 0) {
    err.write(`${name}: nothing of this workflow can be done by a graph\n`);
    return false;
  }
  await writeTo(values.out, `${JSON.stringify(document, null, 2)}\n`, terminal);
  const problems = validateDocument(document);
  writeProblems(problems, values.out === '-' ? 'the document' : values.out, { out: err });
  return problems.length === 0;
}

async function writeTo(file: string, content: string, { out }: Terminal): Promise<void> {
  if (file === '-') {
    out.write(content);
    return;
  }
  try {
    await writeFile(file, content);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RoomflowError('invalid-request', `"${file}" cannot be written: ${why}`, { cause });
  }
}

function writeProblems(
  problems: readonly GraphProblem[],
  name: string,
  { out }: Pick<Terminal, 'out'>,
): void {
  out.write(problemLines(problems, name));
}

/** What is wrong with a document, a line for each problem. Pure. */
export const problemLines = (problems: readonly GraphProblem[], name: string): string =>
  problems.map((problem) => `${withinLine(`${name}:${lineOf(problem)}`)}\n`).join('');

function onlyFile(command: string, [file, ...others]: readonly string[]): string {
  if (file === undefined || others.length > 0) {
    throw new RoomflowError('invalid-request', `graph ${command} takes one file.\n\n${graphHelp}`);
  }
  return file;
}

function argumentsOf<O extends ParseArgsOptionsConfig>(argv: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
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
