import { readFileSync, readdirSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { RoomflowError } from '../../../../runtime/contract/index.ts';
import { graphDocumentSchema, parseDocument, validateDocument } from '../../../../runtime/graph/index.ts';
import { goodDocuments } from './corpus/good.ts';

const folder = new URL('../../../../docs/examples/graphs/', import.meta.url);
const examples = readdirSync(folder).map((name): [string, unknown] => [
  name,
  JSON.parse(readFileSync(new URL(name, folder), 'utf8')),
]);
const all = [...goodDocuments, ...examples];

describe('a document that can run', () => {
  it.each(all)('%s', (_why, document) => {
    expect(validateDocument(document)).toEqual([]);
    expect(parseDocument(document)).toBe(document);
  });

  it('is also one for editors, by the published schema', () => {
    const ajv = new Ajv({ strict: true, allErrors: true });
    addFormats(ajv);
    const isDocument = ajv.compile(graphDocumentSchema());
    for (const [why, document] of all) {
      expect([why, isDocument(document), isDocument.errors]).toEqual([why, true, null]);
    }
    expect(isDocument({ version: 1, name: 'x', nodes: { a: { on: 'participant-join' } } })).toBe(false);
  });
});

it('refuses another with every problem in the details of one error', () => {
  const wrong = {
    version: 1,
    name: 'x',
    nodes: { joined: { on: 'participant-joined' }, f: { do: 'record' } },
  };
  const error = (() => {
    try {
      parseDocument(wrong);
    } catch (thrown) {
      return thrown;
    }
    return null;
  })();
  expect(error).toBeInstanceOf(RoomflowError);
  expect((error as RoomflowError).code).toBe('invalid-graph');
  expect((error as RoomflowError).details).toEqual(validateDocument(wrong));
});
