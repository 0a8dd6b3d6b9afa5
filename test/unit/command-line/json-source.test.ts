import { Readable } from 'node:stream';
import { writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultIn, readJsonSource } from '../../../runtime/json-source.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Whether it is one is all that is asked.
    return false;
  }
};

describe('a text that is no JSON', () => {
  it.each([
    ['', 1, 1, 'expected a value, received the end'],
    ['  \n ', 2, 2, 'expected a value, received the end'],
    ['{"a":1,\n"b" 2}', 2, 5, 'expected :, received "2"'],
    ['{"a":1\n "b":2}', 2, 2, 'expected , or }, received "\\""'],
    ['{"a": x}', 1, 7, 'expected a value, received "x"'],
    ['{"a":1,}', 1, 8, 'expected a name in double quotes, received "}"'],
    ["{'a':1}", 1, 2, 'expected a name in double quotes or }, received "\'"'],
    ['[1,]', 1, 4, 'expected a value, received "]"'],
    ['[1}', 1, 3, 'expected , or ], received "}"'],
    ['[', 1, 2, 'expected a value or ], received the end'],
    ['1 2', 1, 3, 'expected the end, received "2"'],
    ['{"a":01}', 1, 6, 'expected a value, received "0"'],
    ['{"a":tru}', 1, 6, 'expected a value, received "t"'],
    ['// no\n{}', 1, 1, 'expected a value, received "/"'],
    [
      '{"a":\n  "b}',
      2,
      3,
      'the text that begins here has no end, or holds a line break, a tab or an unknown escape',
    ],
  ])('%j stops being one at %i:%i', (text, line, column, expected) => {
    expect(isJson(text)).toBe(false);
    expect(faultIn(text)).toEqual({ line, column, expected });
  });

  it('is found where it was spoilt or after, wherever that is', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.nat(),
        fc.constantFrom('}', ']', ',', ':', '"', 'x', ''),
        (value, at, sign) => {
          const text = JSON.stringify(value);
          const place = at % (text.length + 1);
          const spoilt = text.slice(0, place) + sign + (sign === '' ? '' : text.slice(place));
          const { line, column } = faultIn(spoilt);
          const isAtEnd = column === spoilt.length + 1;
          expect(line).toBe(1);
          // What is JSON still is gone through to its end.
          expect(!isJson(spoilt) || isAtEnd).toBe(true);
          expect(column).toBeLessThanOrEqual(spoilt.length + 1);
        },
      ),
      { seed: 1, numRuns: 2000 },
    );
  });
});

describe('a JSON text that is named on the command line', () => {
  const nothing = Readable.from([]);

  it('is a file, with or without a byte order mark', async () => {
    await using folder = await temporaryDirectory();
    const file = folder.entry('graph.json');
    await writeFile(file, '\uFEFF{"a":1}');
    expect(await readJsonSource(file, nothing)).toEqual({ name: file, value: { a: 1 } });
  });

  it('is standard input when it is a dash', async () => {
    const input = Readable.from([Buffer.from('{"a"'), Buffer.from(':1}')]);
    expect(await readJsonSource('-', input)).toEqual({ name: 'stdin', value: { a: 1 } });
  });

  it('is refused with its line and column', async () => {
    await expect(readJsonSource('-', Readable.from([Buffer.from('{\n"a":}')]))).rejects.toMatchObject({
      code: 'invalid-request',
      message: 'stdin:2:5 is no JSON: expected a value, received "}".',
    });
  });

  it('is refused by its name when it cannot be read', async () => {
    await using folder = await temporaryDirectory();
    await expect(readJsonSource(folder.entry('none.json'), nothing)).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringMatching(/none\.json" cannot be read: ENOENT/) as unknown,
    });
  });
});
