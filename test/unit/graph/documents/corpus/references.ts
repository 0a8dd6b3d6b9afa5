import { graph, joined, started, type BadDocument } from './bad-document.ts';

const recording = (params: unknown): unknown =>
  graph({ joined, file: { do: 'record', from: 'joined', with: params } });
const published = { on: 'track-published' };

/** References that lead nowhere, or to something that does not fit. */
export const references: readonly BadDocument[] = [
  [
    'points to no node',
    recording({ participantId: '$joind.participantId' }),
    [['/nodes/file/with/participantId', 'dangling-reference']],
  ],
  [
    'points to a key that is not told',
    recording({ participantId: '$joined.participantID' }),
    [['/nodes/file/with/participantId', 'dangling-reference']],
  ],
  [
    'points to a node alone',
    recording({ participantId: '$joined' }),
    [['/nodes/file/with/participantId', 'dangling-reference']],
  ],
  [
    'points to an empty key',
    recording({ participantId: '$joined.' }),
    [['/nodes/file/with/participantId', 'dangling-reference']],
  ],
  [
    'has an expression',
    recording({ participantId: '${joined.participantId}' }),
    [['/nodes/file/with/participantId', 'dangling-reference']],
  ],
  [
    'has an expression of n8n',
    recording({ participantId: '$json["participantId"]' }),
    [['/nodes/file/with/participantId', 'dangling-reference']],
  ],
  [
    'has a price that is not escaped',
    recording({ metadata: { price: '$5' } }),
    [['/nodes/file/with/metadata/price', 'dangling-reference']],
  ],
  [
    'points into a text',
    recording({ participantId: '$joined.participantId.first' }),
    [['/nodes/file/with/participantId', 'dangling-reference']],
  ],
  [
    'points to what every object has',
    recording({ participantId: '$joined.constructor' }),
    [['/nodes/file/with/participantId', 'dangling-reference']],
  ],
  [
    'points to itself',
    recording({ participantId: '$file.participantId' }),
    [['/nodes/file/with/participantId', 'dangling-reference']],
  ],
  [
    'points to a list',
    recording({ participantId: '$joined.permissions' }),
    [['/nodes/file/with/participantId', 'reference-mismatch']],
  ],
  [
    'points to a name beyond the end of a list',
    recording({ metadata: '$joined.permissions.first' }),
    [['/nodes/file/with/metadata', 'dangling-reference']],
  ],
  [
    'points to an event that starts another step',
    graph({
      joined,
      started,
      file: { do: 'record', from: 'joined' },
      room: { do: 'record', from: 'started', with: { source: 'room', metadata: '$joined.participantId' } },
    }),
    [['/nodes/room/with/metadata', 'dangling-reference']],
  ],
  [
    'points to a step beside it',
    graph({
      joined,
      one: { do: 'tap', from: 'joined' },
      two: { do: 'record', from: 'joined', with: { metadata: { tap: '$one.stepId' } } },
    }),
    [['/nodes/two/with/metadata/tap', 'dangling-reference']],
  ],
  [
    'points to the event that ends it',
    graph({
      joined,
      left: { on: 'participant-left' },
      file: { do: 'record', from: 'joined', until: 'left', with: { metadata: '$left.reason' } },
    }),
    [['/nodes/file/with/metadata', 'dangling-reference']],
  ],
  [
    'points to a key that a step does not have',
    graph({
      joined,
      tap: { do: 'tap', from: 'joined' },
      file: { do: 'record', from: 'tap', with: { metadata: '$tap.fileUrl' } },
    }),
    [['/nodes/file/with/metadata', 'dangling-reference']],
  ],
  [
    'takes words that are none of its own',
    graph({ published, file: { do: 'record', from: 'published', with: { fileFormat: '$published.kind' } } }),
    [['/nodes/file/with/fileFormat', 'reference-mismatch']],
  ],
  [
    'takes a text for a number',
    graph({ published, live: { do: 'hls', from: 'published', with: { dvrSeconds: '$published.codec' } } }),
    [['/nodes/live/with/dvrSeconds', 'reference-mismatch']],
  ],
  [
    'takes a text for a switch',
    graph({ published, live: { do: 'hls', from: 'published', with: { protected: '$published.codec' } } }),
    [['/nodes/live/with/protected', 'reference-mismatch']],
  ],
  [
    'has a wrong one in a list and a wrong one beside a key',
    graph({
      started,
      live: {
        do: 'rtmp',
        from: 'started',
        with: {
          outputs: [{ url: 'rtmp://a.example/app', streamKey: '$started.key' }],
          participants: [{ participantId: '$started.participantId' }],
        },
      },
    }),
    [
      ['/nodes/live/with/outputs/0/streamKey', 'dangling-reference'],
      ['/nodes/live/with/participants/0/participantId', 'dangling-reference'],
    ],
  ],
  [
    'points to no node out of a step that is unknown itself',
    graph({ joined, file: { do: 'recrod', from: 'joined', with: { a: '$nobody.name' } } }),
    [
      ['/nodes/file/do', 'unknown-step'],
      ['/nodes/file/with/a', 'dangling-reference'],
    ],
  ],
];
