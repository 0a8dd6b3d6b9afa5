import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphProblemCodes, isEventNode } from '../../../../runtime/contract/index.ts';
import {
  concealDocument,
  parseDocument,
  paramsOf,
  stepsBelow,
  validateDocument,
} from '../../../../runtime/graph/index.ts';
import { badDocuments } from './corpus/index.ts';
import { goodDocuments } from './corpus/good.ts';
import { hostile } from './corpus/hostile.ts';

/** Long enough to find what a change breaks, short enough to be run each time; a seed that fails is told. */
const LIMITS = { seed: 1, numRuns: 2500, interruptAfterTimeLimit: 8000, markInterruptAsFailure: false };
const TIMEOUT_MS = 30_000;

const keysOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

/** Whether there is something at a pointer, or at least an object in which it is missing. */
function leadsSomewhere(document: unknown, pointer: string): boolean {
  const keys = keysOf(pointer);
  let current = document;
  for (const [index, key] of keys.entries()) {
    if (typeof current !== 'object' || current === null) {
      return false;
    }
    if (!Object.hasOwn(current, key)) {
      return index === keys.length - 1;
    }
    current = (current as Record<string, unknown>)[key];
  }
  return true;
}

/** What must hold of anything that is validated. */
function holds(value: unknown): void {
  const text = JSON.stringify(value);
  const problems = validateDocument(value);
  expect(JSON.stringify(value)).toBe(text);
  const pointers = problems.map(({ pointer }) => pointer);
  expect(pointers).toEqual([...new Set(pointers)].sort((a, b) => (a < b ? -1 : 1)));
  for (const { pointer, code, message } of problems) {
    expect(graphProblemCodes).toContain(code);
    expect(message).not.toBe('');
    expect([pointer, leadsSomewhere(value, pointer)]).toEqual([pointer, true]);
  }
  if (problems.length === 0) {
    const document = parseDocument(value);
    concealDocument(document);
    const events = Object.keys(document.nodes).filter((id) => isEventNode(document.nodes[id]!));
    const steps = events.flatMap((id) => stepsBelow(document, id));
    expect([...events, ...steps].sort()).toEqual(Object.keys(document.nodes).sort());
    for (const id of steps) {
      paramsOf(document, id, new Map());
    }
  }
}

const json = fc.jsonValue({ maxDepth: 6 });
/** What documents are made of, so that chance makes some that are nearly right. */
const word = fc.constantFrom(
  ...['on', 'do', 'from', 'with', 'until', 'where', 'scope', 'restart', 'nodes', 'version', 'name', 'policy'],
  ...[
    'participant-joined',
    'session-started',
    'participant-left',
    'record',
    'tap',
    'rtmp',
    'hls',
    'compose',
    'retry',
  ],
  ...[
    'joined',
    'tap',
    'file',
    'tap.frames',
    '$joined.participantId',
    '$tap.stepId',
    '$',
    '$$',
    '$a.b',
    '*',
    'a*b',
  ],
  ...['outputs', 'url', 'streamKey', 'config', 'participants', 'kinds', 'audio', 'room', 'session', 'track'],
  ...['__proto__', 'constructor', 'toString', '', '/', '~', '~1', 'rtmp://a.example/app/key', '[hidden]'],
);
const scrap = fc.oneof(
  json,
  word,
  fc.integer(),
  fc.constant(null),
  fc.dictionary(word, fc.oneof(word, json), { noNullPrototype: true }),
);

type Edit = { at: number; how: 'replace' | 'remove' | 'add' | 'rename'; key: string; scrap: unknown };
const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('replace', 'remove', 'add', 'rename'),
  key: fc.oneof(word, fc.string()),
  scrap,
});

/** The document with one thing changed at a place that is chosen by a number. */
function edited(document: unknown, { at, how, key, scrap: value }: Edit): unknown {
  const copy: unknown = structuredClone(document);
  const places: [holder: Record<string, unknown>, key: string][] = [];
  const waiting: unknown[] = [copy];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next === 'object' && next !== null) {
      for (const [name, inner] of Object.entries(next)) {
        places.push([next as Record<string, unknown>, name]);
        waiting.push(inner ?? undefined);
      }
    }
  }
  const [holder, name] = places[at % Math.max(1, places.length)] ?? [{}, ''];
  const put = (under: string, what: unknown): void => {
    Object.defineProperty(holder, under, {
      value: what,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  };
  if (how === 'rename' && !Array.isArray(holder)) {
    const moved = holder[name];
    Reflect.deleteProperty(holder, name);
    put(key, moved);
  } else if (how === 'remove' && !Array.isArray(holder)) {
    Reflect.deleteProperty(holder, name);
  } else if (how === 'add' && !Array.isArray(holder)) {
    put(key, value);
  } else {
    put(name, value);
  }
  return copy;
}

/** What is hostile by its size is left alone: copying it takes longer than looking at it. */
const documents = [...goodDocuments, ...badDocuments.filter((bad) => !hostile.includes(bad))].map(
  ([, document]) => document,
);

describe('whatever is validated', () => {
  it(
    'is told of with pointers into it: any JSON',
    () => {
      fc.assert(fc.property(json, holds), LIMITS);
    },
    TIMEOUT_MS,
  );

  it(
    'is told of with pointers into it: nodes of anything',
    () => {
      const nodes = fc.dictionary(
        word,
        fc.oneof(fc.dictionary(word, scrap, { noNullPrototype: true }), scrap),
        { noNullPrototype: true },
      );
      fc.assert(
        fc.property(nodes, (made) => {
          holds({ version: 1, name: 'Fuzz', nodes: made });
        }),
        LIMITS,
      );
    },
    TIMEOUT_MS,
  );

  it(
    'is told of with pointers into it: documents that somebody has spoilt',
    () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...documents),
          fc.array(edit, { minLength: 1, maxLength: 4 }),
          (document, edits) => {
            holds(edits.reduce(edited, document));
          },
        ),
        LIMITS,
      );
    },
    TIMEOUT_MS,
  );
});
