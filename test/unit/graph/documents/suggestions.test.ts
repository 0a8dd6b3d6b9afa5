import { describe, expect, it } from 'vitest';
import { validateDocument } from '../../../../runtime/graph/index.ts';
import { graph, joined, started } from './corpus/bad-document.ts';

const tap = { do: 'tap', from: 'joined' };
const record = { do: 'record', from: 'joined' };

describe('what is suggested instead', () => {
  it.each([
    [
      'the event',
      graph({ a: { on: 'participantJoined' }, b: { do: 'record', from: 'a' } }),
      'participant-joined',
    ],
    [
      'the event',
      graph({ a: { on: 'participant-join' }, b: { do: 'record', from: 'a' } }),
      'participant-joined',
    ],
    ['the step', graph({ joined, b: { ...record, do: 'recrod' } }), 'record'],
    ['the step', graph({ joined, b: { ...record, do: 'RECORD' } }), 'record'],
    ['the node that starts it', graph({ joined, b: { ...record, from: 'joind' } }), 'joined'],
    [
      'the node that ends it',
      graph({ joined, left: { on: 'participant-left' }, b: { ...record, until: 'letf' } }),
      'left',
    ],
    ['the port', graph({ joined, tap, b: { do: 'record', from: 'tap.frame' } }), 'tap.frames'],
    ['the event above', graph({ joined, record, b: { do: 'record', from: 'record' } }), 'joined'],
    ['the param', graph({ joined, b: { ...record, with: { file_format: 'mp4' } } }), 'fileFormat'],
    ['the word', graph({ joined, b: { ...record, with: { fileFormat: 'MP4' } } }), 'mp4'],
    ['the property', graph({ joined, b: { ...record, untill: 'x' } }), 'until'],
    ['the version', { version: 9, name: 'x', nodes: {} }, '1'],
    [
      'the scope',
      graph({ started: { on: 'session-started', scope: 'track' }, b: { do: 'hls', from: 'started' } }),
      'session',
    ],
    ['a name for the node', graph({ joined, 'my file': record }), 'my_file'],
    [
      'the node of a reference',
      graph({ joined, b: { ...record, with: { participantId: '$joind.participantId' } } }),
      '$joined.participantId',
    ],
    [
      'the key of a reference',
      graph({ joined, b: { ...record, with: { participantId: '$joined.participantID' } } }),
      '$joined.participantId',
    ],
    ['the dollar sign itself', graph({ joined, b: { ...record, with: { metadata: '$5' } } }), '$$5'],
    [
      'a name of which it is the beginning',
      graph({ joined, b: { ...record, restart: { policy: 'retry', backo: 5 } } }),
      'backoffMs',
    ],
    [
      'a list of it',
      graph({
        joined,
        b: { do: 'transcribe', from: 'joined', with: { participantIds: '$joined.participantId' } },
      }),
      '["$joined.participantId"]',
    ],
    [
      'the same key of the event above',
      graph({
        joined,
        started,
        b: { ...record, with: { metadata: '$started.sessionId' } },
        c: { do: 'hls', from: 'started' },
      }),
      '$joined.sessionId',
    ],
    [
      'the key of a condition',
      graph({ a: { on: 'participant-joined', where: { metadata: 'x' } }, b: { do: 'record', from: 'a' } }),
      'metaData',
    ],
    [
      'the word of a condition',
      graph({ a: { on: 'track-published', where: { kind: 'vidoe' } }, b: { do: 'record', from: 'a' } }),
      'video',
    ],
  ])('%s', (_what, document, suggestion) => {
    expect(validateDocument(document).map((problem) => problem.suggestion)).toEqual([suggestion]);
  });

  it('nothing, where nothing is near', () => {
    const document = graph({ joined, b: { ...record, do: 'snapshot' } });
    expect(validateDocument(document)).toMatchObject([{ suggestion: null, received: 'snapshot' }]);
  });
});

describe('a message', () => {
  it('quotes what was received', () => {
    const [problem] = validateDocument(graph({ joined, b: { ...record, with: { mode: 'sound' } } }));
    expect(problem?.message).toBe('must be one of video-and-audio, audio; received "sound"');
  });

  it.each([
    [
      { frames: { everyMs: '1s' } },
      'must be a number, or a reference such as $joined.participantId; received "1s"',
    ],
    [{ frames: 3 }, 'must be an object; received 3'],
    [{ kinds: 'audio' }, 'must be a list; received "audio"'],
    [
      { participantId: '$joined.permissions' },
      'points to a list, and this takes a text; received "$joined.permissions"',
    ],
  ])('says in words what %j is to be', (params, message) => {
    const [problem] = validateDocument(graph({ joined, b: { do: 'tap', from: 'joined', with: params } }));
    expect(problem?.message).toBe(message);
  });

  it('shortens what is long, and tells of lists and objects how large they are', () => {
    const document = graph({
      joined,
      b: { ...record, with: { mode: 'x'.repeat(5000), kind: [1, 2], fileFormat: {} } },
    });
    expect(validateDocument(document).map(({ received }) => received)).toEqual([
      '{…} (0 keys)',
      '[…] (2 items)',
      `${'x'.repeat(120)}…`,
    ]);
  });

  it('says what is missing by what it is for', () => {
    const [problem] = validateDocument(graph({ started, live: { do: 'rtmp', from: 'started', with: {} } }));
    expect(problem).toMatchObject({ message: 'is missing: Where the stream is sent to', received: null });
  });
});
