import { file, graph, joined, room, started, type BadDocument } from './bad-document.ts';

const tap = { do: 'tap', from: 'joined' };
const picture = { do: 'compose', from: 'started' };
const left = { on: 'participant-left' };

/** Nodes that do not hang together. */
export const edges: readonly BadDocument[] = [
  [
    'starts from a node that is not there',
    graph({ joined, file: { ...file, from: 'joind' } }),
    [['/nodes/file/from', 'unknown-node']],
  ],
  [
    'starts from a reference',
    graph({ joined, file: { ...file, from: '$joined' } }),
    [['/nodes/file/from', 'unknown-node']],
  ],
  [
    'starts two steps from nodes that are not there',
    graph({ joined, file: { ...file, from: 'a' }, other: { ...file, from: 'b' } }),
    [
      ['/nodes/file/from', 'unknown-node'],
      ['/nodes/other/from', 'unknown-node'],
    ],
  ],
  [
    'feeds a step from itself',
    graph({ joined, tap: { do: 'tap', from: 'tap' }, file }),
    [['/nodes/tap/from', 'cycle']],
  ],
  [
    'has a circle of two',
    graph({ joined, file, one: { do: 'tap', from: 'two' }, two: { do: 'tap', from: 'one' } }),
    [['/nodes/one/from', 'cycle']],
  ],
  [
    'has a circle of three with a step on it',
    graph({
      joined,
      file,
      end: { do: 'record', from: 'a' },
      c: { do: 'tap', from: 'b' },
      b: { do: 'tap', from: 'a' },
      a: { do: 'tap', from: 'c' },
    }),
    [['/nodes/c/from', 'cycle']],
  ],
  [
    'has two circles',
    graph({
      joined,
      file,
      a: { do: 'tap', from: 'b' },
      b: { do: 'tap', from: 'a' },
      c: { do: 'tap', from: 'c' },
    }),
    [
      ['/nodes/a/from', 'cycle'],
      ['/nodes/c/from', 'cycle'],
    ],
  ],
  ['has an event that starts nothing', graph({ joined, file, left }), [['/nodes/left', 'unreachable-node']]],
  [
    'has two events that start nothing',
    graph({ joined, file, left, started }),
    [
      ['/nodes/left', 'unreachable-node'],
      ['/nodes/started', 'unreachable-node'],
    ],
  ],
  [
    'names a port of an event',
    graph({ joined, file: { ...file, from: 'joined.frames' } }),
    [['/nodes/file/from', 'unknown-port']],
  ],
  [
    'names a port that a tap does not have',
    graph({ joined, tap, file: { ...file, from: 'tap.audio' } }),
    [['/nodes/file/from', 'unknown-port']],
  ],
  [
    'names a port with two dots',
    graph({ joined, tap, file: { ...file, from: 'tap.frames.audio' } }),
    [['/nodes/file/from', 'unknown-port']],
  ],
  [
    'takes media from a recording',
    graph({ joined, file, other: { do: 'record', from: 'file' } }),
    [['/nodes/other/from', 'port-mismatch']],
  ],
  [
    'takes the file of a recording',
    graph({ joined, file, words: { do: 'transcribe', from: 'file.file' } }),
    [['/nodes/words/from', 'port-mismatch']],
  ],
  [
    'sends a tap to a livestream',
    graph({
      joined,
      tap,
      live: { do: 'rtmp', from: 'tap', with: { outputs: [{ url: 'rtmp://a.example/app/key' }] } },
    }),
    [['/nodes/live/from', 'port-mismatch']],
  ],
  [
    'makes HLS of a tap',
    graph({ joined, tap, live: { do: 'hls', from: 'tap' } }),
    [['/nodes/live/from', 'port-mismatch']],
  ],
  [
    'transcribes a composition',
    graph({ started, picture, words: { do: 'transcribe', from: 'picture' } }),
    [['/nodes/words/from', 'port-mismatch']],
  ],
  [
    'taps a composition',
    graph({ started, picture, tap: { do: 'tap', from: 'picture' } }),
    [['/nodes/tap/from', 'port-mismatch']],
  ],
  [
    'plays into a composition',
    graph({ started, picture, hello: { do: 'play', from: 'picture', with: { text: 'Hello' } } }),
    [['/nodes/hello/from', 'port-mismatch']],
  ],
  [
    'feeds from a livestream',
    graph({ started, live: { do: 'hls', from: 'started' }, other: { do: 'hls', from: 'live' } }),
    [['/nodes/other/from', 'port-mismatch']],
  ],
  [
    'records nobody',
    graph({ started, file: { do: 'record', from: 'started' } }),
    [['/nodes/file/from', 'event-cannot-feed']],
  ],
  [
    'taps nobody',
    graph({ said: { on: 'message-sent' }, tap: { do: 'tap', from: 'said' } }),
    [['/nodes/tap/from', 'event-cannot-feed']],
  ],
  [
    'records who is at the door',
    graph({ asks: { on: 'entry-requested' }, file: { do: 'record', from: 'asks' } }),
    [['/nodes/file/from', 'event-cannot-feed']],
  ],
  [
    'records who has left',
    graph({ left: { on: 'participant-left', scope: 'session' }, file: { do: 'record', from: 'left' } }),
    [['/nodes/file/from', 'event-cannot-feed']],
  ],
  [
    'starts when the session is over',
    graph({ over: { on: 'session-ended', scope: 'room' }, room: { ...room, from: 'over' } }),
    [['/nodes/room/from', 'event-cannot-feed']],
  ],
  [
    'starts when the session is over, in whatever scope',
    graph({ over: { on: 'session-ended' }, room: { ...room, from: 'over' } }),
    [['/nodes/room/from', 'event-cannot-feed']],
  ],
  [
    'starts when the room is closed',
    graph({ closed: { on: 'room-closed' }, room: { ...room, from: 'closed' } }),
    [['/nodes/room/from', 'event-cannot-feed']],
  ],
  [
    'transcribes a room in which nobody is',
    graph({ made: { on: 'room-created' }, words: { do: 'transcribe', from: 'made' } }),
    [['/nodes/words/from', 'event-cannot-feed']],
  ],
  [
    'plays in a room in which nobody is',
    graph({ made: { on: 'room-created' }, hello: { do: 'play', from: 'made', with: { text: 'Hello' } } }),
    [['/nodes/hello/from', 'event-cannot-feed']],
  ],
  [
    'runs until a node that is not there',
    graph({ joined, file: { ...file, until: 'left' } }),
    [['/nodes/file/until', 'unknown-node']],
  ],
  [
    'runs until a step',
    graph({ joined, tap, file: { ...file, until: 'tap' } }),
    [['/nodes/file/until', 'invalid-value']],
  ],
  [
    'runs until it begins',
    graph({ joined, file: { ...file, until: 'joined' } }),
    [['/nodes/file/until', 'invalid-value']],
  ],
  [
    'runs until a number',
    graph({ joined, file: { ...file, until: 5 } }),
    [['/nodes/file/until', 'invalid-value']],
  ],
  [
    'stands for a participant of whom nothing is told',
    graph({ started: { on: 'session-started', scope: 'participant' }, room }),
    [['/nodes/started/scope', 'scope-mismatch']],
  ],
  [
    'stands for a track of which nothing is told',
    graph({ joined: { ...joined, scope: 'track' }, file }),
    [['/nodes/joined/scope', 'scope-mismatch']],
  ],
  [
    'stands for the session of an empty room',
    graph({ made: { on: 'room-created', scope: 'session' }, picture: { do: 'compose', from: 'made' } }),
    [['/nodes/made/scope', 'scope-mismatch']],
  ],
  [
    'stands for a participant who has left',
    graph({ left, words: { do: 'transcribe', from: 'left' } }),
    [['/nodes/left/scope', 'scope-mismatch']],
  ],
  [
    'stands for a track that has ended',
    graph({ off: { on: 'track-unpublished', scope: 'track' }, words: { do: 'transcribe', from: 'off' } }),
    [['/nodes/off/scope', 'scope-mismatch']],
  ],
  [
    'stands for an unknown scope',
    graph({ joined: { ...joined, scope: 'meeting' }, file }),
    [['/nodes/joined/scope', 'invalid-value']],
  ],
];
