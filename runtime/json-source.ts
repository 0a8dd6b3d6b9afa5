import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { RoomflowError } from './contract/index.ts';

/** A JSON text that was named on the command line: a file, or `-` for standard input. */
export type JsonSource = {
  /** As it is called in messages. */
  name: string;
  value: unknown;
};

/**
 * Reads a JSON text.
 *
 * @throws RoomflowError `invalid-request` when it cannot be read or is no JSON, with its line and column
 */
export async function readJsonSource(file: string, input: AsyncIterable<Uint8Array>): Promise<JsonSource> {
  const name = file === '-' ? 'stdin' : file;
  const source = (await readText(file, input)).replace(/^\uFEFF/, '');
  try {
    return { name, value: JSON.parse(source) };
  } catch (cause) {
    const { line, column, expected } = faultIn(source);
    throw new RoomflowError('invalid-request', `${name}:${line}:${column} is no JSON: ${expected}.`, {
      cause,
    });
  }
}

async function readText(file: string, input: AsyncIterable<Uint8Array>): Promise<string> {
  try {
    return file === '-' ? await text(input) : await readFile(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RoomflowError('invalid-request', `"${file}" cannot be read: ${why}.`, { cause });
  }
}

/** A text, a number or word, or a sign of JSON (RFC 8259), behind any space. */
const token =
  /[ \t\n\r]*(?:("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w))|([{}[\],:]))/y;
const space = /[ \t\n\r]*/y;

type Awaited = 'value' | 'value or ]' | 'name' | 'name or }' | ':' | ', or the end' | 'the end';

/** Where a text that is no JSON stops being one, and what is expected there: engines do not always say where. Pure. */
export function faultIn(source: string): { line: number; column: number; expected: string } {
  const open: ('{' | '[')[] = [];
  let awaited: Awaited = 'value';
  let at = 0;
  for (;;) {
    token.lastIndex = at;
    const found = token.exec(source);
    const next: Awaited | null = found && afterToken(awaited, found, open);
    if (next === null) {
      break;
    }
    awaited = next;
    at = token.lastIndex;
  }
  space.lastIndex = at;
  space.exec(source);
  const lines = source.slice(0, space.lastIndex).split('\n');
  const there = source[space.lastIndex];
  if (there === '"' && /value|name/.test(awaited)) {
    // It is what is expected, but for how it goes on.
    return {
      line: lines.length,
      column: (lines.at(-1) ?? '').length + 1,
      expected: 'the text that begins here has no end, or holds a line break, a tab or an unknown escape',
    };
  }
  return {
    line: lines.length,
    column: (lines.at(-1) ?? '').length + 1,
    expected: `expected ${wordsOf(awaited, open)}, received ${there === undefined ? 'the end' : JSON.stringify(there)}`,
  };
}

/** What is to come after a token, or null when it should not have come. Opens and closes what it opens and closes. */
function afterToken(awaited: Awaited, found: RegExpExecArray, open: ('{' | '[')[]): Awaited | null {
  const [, string, word, sign] = found;
  const afterValue = (): Awaited => (open.length > 0 ? ', or the end' : 'the end');
  const takesValue = awaited === 'value' || awaited === 'value or ]';
  const takesName = awaited === 'name' || awaited === 'name or }';
  if (string !== undefined && takesName) {
    return ':';
  }
  if (string !== undefined || word !== undefined) {
    return takesValue ? afterValue() : null;
  }
  switch (sign) {
    case '{':
    case '[':
      if (!takesValue) {
        return null;
      }
      open.push(sign);
      return sign === '{' ? 'name or }' : 'value or ]';
    case '}':
    case ']': {
      const isEmpty = awaited === (sign === '}' ? 'name or }' : 'value or ]');
      if (!isEmpty && (awaited !== ', or the end' || open.at(-1) !== (sign === '}' ? '{' : '['))) {
        return null;
      }
      open.pop();
      return afterValue();
    }
    case ':':
      return awaited === ':' ? 'value' : null;
    default:
      return awaited === ', or the end' ? (open.at(-1) === '{' ? 'name' : 'value') : null;
  }
}

function wordsOf(awaited: Awaited, open: readonly ('{' | '[')[]): string {
  switch (awaited) {
    case ', or the end':
      return open.at(-1) === '{' ? ', or }' : ', or ]';
    case 'name':
      return 'a name in double quotes';
    case 'name or }':
      return 'a name in double quotes or }';
    case 'value':
    case 'value or ]':
      return `a ${awaited}`;
    default:
      return awaited;
  }
}
