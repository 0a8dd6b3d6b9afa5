import { file, graph, type BadDocument } from './bad-document.ts';

const when = (where: unknown): unknown => graph({ joined: { on: 'participant-joined', where }, file });
const published = (where: unknown): unknown =>
  graph({ on: { on: 'track-published', where }, file: { do: 'record', from: 'on' } });

/** Conditions that never hold. */
export const conditions: readonly BadDocument[] = [
  [
    'asks for a key that is not told',
    when({ kind: 'audio' }),
    [['/nodes/joined/where/kind', 'invalid-condition']],
  ],
  [
    'asks for a misspelt key',
    when({ participantname: 'Ada' }),
    [['/nodes/joined/where/participantname', 'invalid-condition']],
  ],
  [
    'asks a name to be a number',
    when({ participantName: 5 }),
    [['/nodes/joined/where/participantName', 'invalid-condition']],
  ],
  [
    'asks a name to be null',
    when({ participantName: null }),
    [['/nodes/joined/where/participantName', 'invalid-condition']],
  ],
  [
    'asks a name for its keys',
    when({ participantName: { first: 'Ada' } }),
    [['/nodes/joined/where/participantName', 'invalid-condition']],
  ],
  [
    'asks for one of none',
    when({ participantName: [] }),
    [['/nodes/joined/where/participantName', 'invalid-condition']],
  ],
  [
    'asks for one of lists',
    when({ participantName: [['Ada']] }),
    [['/nodes/joined/where/participantName/0', 'invalid-condition']],
  ],
  [
    'asks for one of numbers and names',
    when({ participantName: ['Ada', 5] }),
    [['/nodes/joined/where/participantName/1', 'invalid-condition']],
  ],
  [
    'asks for an unknown permission',
    when({ permissions: 'allow_all' }),
    [['/nodes/joined/where/permissions', 'invalid-condition']],
  ],
  [
    'asks for an unknown kind',
    published({ kind: 'camera' }),
    [['/nodes/on/where/kind', 'invalid-condition']],
  ],
  [
    'asks for a pattern that no kind is like',
    published({ kind: 'webcam_*' }),
    [['/nodes/on/where/kind', 'invalid-condition']],
  ],
  [
    'asks for one of two kinds of which one is unknown',
    published({ kind: ['video', 'screen'] }),
    [['/nodes/on/where/kind/1', 'invalid-condition']],
  ],
  [
    'has a list of conditions',
    when([{ participantName: 'Ada' }]),
    [['/nodes/joined/where', 'invalid-value']],
  ],
  ['has a condition as a text', when('participantName=Ada'), [['/nodes/joined/where', 'invalid-value']]],
  [
    'has a condition in another',
    when({ metaData: { role: [{ any: 'host' }] } }),
    [['/nodes/joined/where/metaData/role/0', 'invalid-condition']],
  ],
  [
    'has a pattern of 1001 characters',
    when({ participantName: '*a'.repeat(501) }),
    [['/nodes/joined/where/participantName', 'invalid-condition']],
  ],
];
