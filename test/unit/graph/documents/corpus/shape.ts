import { file, graph, joined, started, type BadDocument } from './bad-document.ts';

const nodes = { joined, file };

/** What is no document, or has something at its top or in a node that does not belong there. */
export const shape: readonly BadDocument[] = [
  ['is null', null, [['', 'not-a-document']]],
  ['is a list', [graph(nodes)], [['', 'not-a-document']]],
  ['is a text', '{}', [['', 'not-a-document']]],
  ['is a number', 7, [['', 'not-a-document']]],
  [
    'is empty',
    {},
    [
      ['/name', 'missing-property'],
      ['/nodes', 'missing-property'],
      ['/version', 'missing-property'],
    ],
  ],
  ['has no version', { name: 'Test', nodes }, [['/version', 'missing-property']]],
  ['is of a future version', { version: 2, name: 'Test', nodes }, [['/version', 'unsupported-version']]],
  [
    'is of a future version, in which everything else may be right',
    { version: 3, title: 'Test', steps: [] },
    [['/version', 'unsupported-version']],
  ],
  ['is of version 0', { version: 0, name: 'Test', nodes }, [['/version', 'unsupported-version']]],
  ['is of half a version', { version: 1.5, name: 'Test', nodes }, [['/version', 'unsupported-version']]],
  ['has its version as text', { version: '1', name: 'Test', nodes }, [['/version', 'invalid-value']]],
  ['has no name', { version: 1, nodes }, [['/name', 'missing-property']]],
  ['has an empty name', { version: 1, name: '', nodes }, [['/name', 'invalid-value']]],
  ['has a number for a name', { version: 1, name: 5, nodes }, [['/name', 'invalid-value']]],
  [
    'has a name of 201 characters',
    { version: 1, name: 'n'.repeat(201), nodes },
    [['/name', 'invalid-value']],
  ],
  [
    'has a property of its own',
    { version: 1, name: 'Test', nodes, author: 'me' },
    [['/author', 'unknown-property']],
  ],
  [
    'has a misspelt name',
    { version: 1, nmae: 'Test', nodes },
    [
      ['/name', 'missing-property'],
      ['/nmae', 'unknown-property'],
    ],
  ],
  [
    'has a key with a slash and a tilde',
    { version: 1, name: 'Test', nodes, 'a/b~c': 1 },
    [['/a~1b~0c', 'unknown-property']],
  ],
  ['has a list of nodes', { version: 1, name: 'Test', nodes: [joined, file] }, [['/nodes', 'invalid-value']]],
  ['has no node', graph({}), [['/nodes', 'empty-graph']]],
  ['has only an event', graph({ joined }), [['/nodes', 'empty-graph']]],
  ['has a node that is null', graph({ ...nodes, other: null }), [['/nodes/other', 'invalid-value']]],
  ['has a node that is a text', graph({ ...nodes, other: 'record' }), [['/nodes/other', 'invalid-value']]],
  ['has an empty node', graph({ ...nodes, other: {} }), [['/nodes/other', 'invalid-value']]],
  [
    'has a node that neither waits nor does',
    graph({ ...nodes, other: { from: 'joined' } }),
    [['/nodes/other/do', 'missing-property']],
  ],
  [
    'has a node that waits and does',
    graph({ ...nodes, other: { on: 'participant-joined', do: 'record', from: 'joined' } }),
    [['/nodes/other', 'invalid-value']],
  ],
  [
    'has an event with a property of a step',
    graph({ joined: { ...joined, from: 'file' }, file }),
    [['/nodes/joined/from', 'unknown-property']],
  ],
  [
    'has a step with a property of an event',
    graph({ joined, file: { ...file, where: {} } }),
    [['/nodes/file/where', 'unknown-property']],
  ],
  [
    'has a step with its params beside with',
    graph({ joined, file: { ...file, mode: 'audio' } }),
    [['/nodes/file/mode', 'unknown-property']],
  ],
  [
    'has a step from nowhere',
    graph({ joined, file: { do: 'record' } }),
    [['/nodes/file/from', 'missing-property']],
  ],
  [
    'has a step from a number',
    graph({ joined, file: { do: 'record', from: 1 } }),
    [['/nodes/file/from', 'invalid-value']],
  ],
  [
    'has a step from an empty text',
    graph({ joined, file: { ...file, from: '' } }),
    [['/nodes/file/from', 'invalid-value']],
  ],
  [
    'has a step of several sources',
    graph({ joined, started, file: { ...file, from: ['joined', 'started'] } }),
    [['/nodes/file/from', 'invalid-value']],
  ],
  [
    'waits for an unknown event',
    graph({ joined: { on: 'guest-joined' }, file }),
    [['/nodes/joined/on', 'unknown-event']],
  ],
  [
    'waits for a misspelt event',
    graph({ joined: { on: 'participantJoined' }, file }),
    [['/nodes/joined/on', 'unknown-event']],
  ],
  ['waits for a number', graph({ joined: { on: 1 }, file }), [['/nodes/joined/on', 'unknown-event']]],
  [
    'waits for what graphs themselves cause',
    graph({ joined: { on: 'step-changed' }, file: { ...file, with: { source: 'room' } } }),
    [['/nodes/joined/on', 'unknown-event']],
  ],
  [
    'does an unknown step',
    graph({ joined, file: { ...file, do: 'snapshot' } }),
    [['/nodes/file/do', 'unknown-step']],
  ],
  [
    'does a misspelt step, whose params cannot be known',
    graph({ joined, file: { ...file, do: 'recrod', with: { anything: 1 } } }),
    [['/nodes/file/do', 'unknown-step']],
  ],
  [
    'does what only a connection starts',
    graph({ joined, file: { ...file, do: 'publish' } }),
    [['/nodes/file/do', 'unknown-step']],
  ],
  ['does null', graph({ joined, file: { ...file, do: null } }), [['/nodes/file/do', 'unknown-step']]],
  [
    'describes with a number',
    graph({ joined: { ...joined, description: 1 }, file }),
    [['/nodes/joined/description', 'invalid-value']],
  ],
  [
    'has params in a list',
    graph({ joined, file: { ...file, with: [] } }),
    [['/nodes/file/with', 'invalid-param']],
  ],
  [
    'has an unknown restart policy',
    graph({ joined, file: { ...file, restart: { policy: 'always' } } }),
    [['/nodes/file/restart/policy', 'invalid-value']],
  ],
  [
    'has a restart policy as a text',
    graph({ joined, file: { ...file, restart: 'retry' } }),
    [['/nodes/file/restart', 'invalid-value']],
  ],
  [
    'has a restart without its policy, without a pause and without an end',
    graph({ joined, file: { ...file, restart: { backoffMs: 0, limit: 1e9 } } }),
    [
      ['/nodes/file/restart/backoffMs', 'invalid-value'],
      ['/nodes/file/restart/limit', 'invalid-value'],
      ['/nodes/file/restart/policy', 'missing-property'],
    ],
  ],
];
