import { file, graph, joined, type BadDocument } from './bad-document.ts';

/** As it comes over the wire: `__proto__` is a key like any other there. */
const parsed = (text: string): unknown => JSON.parse(text);
const nested = (depth: number): unknown => {
  let value: unknown = 'deep';
  for (let level = 0; level < depth; level += 1) {
    value = { a: value };
  }
  return value;
};
const nodes = '"joined":{"on":"participant-joined"},"file":{"do":"record","from":"joined"}';

/** Documents of strangers who mean no good. */
export const hostile: readonly BadDocument[] = [
  [
    'has a node __proto__',
    parsed(`{"version":1,"name":"T","nodes":{${nodes},"__proto__":{"do":"record","from":"joined"}}}`),
    [['/nodes/__proto__', 'invalid-node-id']],
  ],
  [
    'has a node constructor',
    graph({ joined, file, constructor: file }),
    [['/nodes/constructor', 'invalid-node-id']],
  ],
  ['has a node toString', graph({ joined, toString: file }), [['/nodes/toString', 'invalid-node-id']]],
  ['has a node without a name', graph({ joined, '': file }), [['/nodes/', 'invalid-node-id']]],
  ['has a node with a dot', graph({ joined, 'my.file': file }), [['/nodes/my.file', 'invalid-node-id']]],
  ['has a node with a slash', graph({ joined, 'a/b': file }), [['/nodes/a~1b', 'invalid-node-id']]],
  ['has a node that begins with a digit', graph({ joined, '1': file }), [['/nodes/1', 'invalid-node-id']]],
  [
    'has a node of 65 letters',
    graph({ joined, ['n'.repeat(65)]: file }),
    [[`/nodes/${'n'.repeat(65)}`, 'invalid-node-id']],
  ],
  [
    'has a param __proto__',
    parsed(
      `{"version":1,"name":"T","nodes":{"joined":{"on":"participant-joined"},"file":{"do":"record","from":"joined","with":{"__proto__":{"mode":"audio"}}}}}`,
    ),
    [['/nodes/file/with/__proto__', 'unknown-param']],
  ],
  [
    'has a property __proto__',
    parsed(`{"version":1,"name":"T","__proto__":{"nodes":{}},"nodes":{${nodes}}}`),
    [['/__proto__', 'unknown-property']],
  ],
  [
    'has a condition on __proto__',
    parsed(
      `{"version":1,"name":"T","nodes":{"joined":{"on":"participant-joined","where":{"__proto__":{"a":"b"}}},"file":{"do":"record","from":"joined"}}}`,
    ),
    [['/nodes/joined/where/__proto__', 'invalid-condition']],
  ],
  [
    'is from constructor',
    graph({ joined, file: { ...file, from: 'constructor' } }),
    [['/nodes/file/from', 'unknown-node']],
  ],
  [
    'is a step hasOwnProperty',
    graph({ joined, file: { ...file, do: 'hasOwnProperty' } }),
    [['/nodes/file/do', 'unknown-step']],
  ],
  ['is on valueOf', graph({ joined: { on: 'valueOf' }, file }), [['/nodes/joined/on', 'unknown-event']]],
  [
    'has 257 nodes',
    graph(
      Object.fromEntries([
        ['joined', joined],
        ...Array.from({ length: 256 }, (_, index) => [`f${index}`, file]),
      ]),
    ),
    [['/nodes', 'invalid-value']],
  ],
  [
    'is deeper than anybody writes',
    graph({ joined, file: { ...file, with: { metadata: nested(100_000) } } }),
    [[`/nodes/file/with/metadata${'/a'.repeat(28)}`, 'invalid-value']],
  ],
  [
    'holds more values than anybody writes',
    graph({ joined, file: { ...file, with: { metadata: new Array(60_000).fill(0) } } }),
    [['', 'invalid-value']],
  ],
  [
    'holds more text than anybody writes',
    graph({ joined, file: { ...file, with: { metadata: 'x'.repeat(5_000_000) } } }),
    [['', 'invalid-value']],
  ],
];
