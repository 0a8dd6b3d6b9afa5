import { graph, joined, started } from './bad-document.ts';

/** Documents that can run, each for something that a check might take for wrong. */
export const goodDocuments: readonly (readonly [why: string, document: unknown])[] = [
  ['records each participant', graph({ joined, file: { do: 'record', from: 'joined' } })],
  [
    'holds everything that a document may have',
    {
      $schema: 'http://127.0.0.1:7890/v2/graphs/schema',
      version: 1,
      name: 'Everything',
      description: 'All properties',
      nodes: {
        joined: {
          on: 'participant-joined',
          scope: 'session',
          where: { participantName: 'A*', metaData: { role: ['host', null], deep: { er: true } } },
          description: 'Hosts',
        },
        left: { on: 'participant-left', where: { reason: ['left', 'removed'] } },
        file: {
          do: 'record',
          from: 'joined',
          with: { mode: 'audio', metadata: { who: '$joined.participantName', price: '$$5' } },
          until: 'left',
          restart: { policy: 'retry', limit: 2, backoffMs: 500, then: 'stop-graph' },
          description: 'Sound alone',
        },
      },
    },
  ],
  [
    'feeds three steps from a tap, one by its port',
    graph({
      joined,
      tap: { do: 'tap', from: 'joined', with: { kinds: ['audio'], utterances: { minMs: 300 } } },
      file: { do: 'record', from: 'tap.frames' },
      words: {
        do: 'transcribe',
        from: 'tap',
        with: { metadata: { tap: '$tap.stepId', role: '$joined.metaData.role' } },
      },
      second: { do: 'tap', from: 'tap' },
    }),
  ],
  [
    'shares a composition',
    graph({
      started,
      picture: { do: 'compose', from: 'started', with: { config: { recording: { enabled: true } } } },
      file: { do: 'record', from: 'picture', with: { source: 'room' } },
      stream: { do: 'hls', from: 'picture.composition', with: { transcription: { enabled: true } } },
      live: { do: 'rtmp', from: 'picture', with: { outputs: [{ url: 'rtmp://a.example/app/key' }] } },
    }),
  ],
  [
    'starts a livestream before anybody is there',
    graph({
      made: { on: 'room-created' },
      live: {
        do: 'rtmp',
        from: 'made',
        with: { outputs: [{ url: 'rtmps://a.example:443/app', streamKey: '$$ecret' }] },
      },
    }),
  ],
  [
    'takes a key and an address from an event',
    graph({
      joined,
      live: {
        do: 'rtmp',
        from: 'joined',
        with: { outputs: [{ url: '$joined.metaData.url', streamKey: '$joined.metaData.key' }] },
      },
    }),
  ],
  [
    'records what was published, of its kind',
    graph({
      published: { on: 'track-published', where: { kind: 'screen_*' } },
      file: { do: 'record', from: 'published', with: { kind: '$published.kind' } },
    }),
  ],
  [
    'records somebody who is named',
    graph({ started, file: { do: 'record', from: 'started', with: { participantId: 'ada' } } }),
  ],
  [
    'asks for one permission of several',
    graph({
      host: { on: 'participant-joined', where: { permissions: 'allow_mod' } },
      file: { do: 'record', from: 'host' },
    }),
  ],
  [
    'goes on in the session when somebody has left',
    graph({ left: { on: 'participant-left', scope: 'session' }, words: { do: 'transcribe', from: 'left' } }),
  ],
  [
    'plays a greeting',
    graph({
      joined,
      hello: { do: 'play', from: 'joined', with: { text: 'Welcome', name: 'Host', stay: true } },
    }),
  ],
  [
    'has a clock of a time zone that the event tells',
    graph({
      joined,
      file: {
        do: 'record',
        from: 'joined',
        with: {
          source: 'room',
          config: { watermarks: [{ type: 'clock', timeZone: '$joined.metaData.zone' }] },
        },
      },
    }),
  ],
  [
    'asks nothing',
    graph({
      joined: { on: 'participant-joined', where: {} },
      words: { do: 'transcribe', from: 'joined', with: {} },
    }),
  ],
  [
    'has as many nodes as there may be',
    graph(
      Object.fromEntries([
        ['joined', joined],
        ...Array.from({ length: 255 }, (_, index) => [
          `tap${index}`,
          { do: 'tap', from: index === 0 ? 'joined' : `tap${index - 1}` },
        ]),
      ]),
    ),
  ],
];
