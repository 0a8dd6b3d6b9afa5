import { describe, expect, it } from 'vitest';
import { isEventNode } from '../../../../runtime/contract/index.ts';
import { concealDocument, parseDocument, validateDocument } from '../../../../runtime/graph/index.ts';
import { graph, started } from './corpus/bad-document.ts';

const KEY = 'live-s3cr3t-key';
const live = (params: object, rest: object = {}): unknown =>
  graph({ started, live: { do: 'rtmp', from: 'started', with: params, ...rest } });

describe('what is said of a wrong document never holds a stream key', () => {
  it.each([
    ['beside a wrong address', live({ outputs: [{ url: 'https://a.example', streamKey: KEY }] })],
    ['in an address', live({ outputs: [{ url: `rtmp://a.example/${KEY}` }] })],
    ['in an address with a user', live({ outputs: [{ url: `rtmp://me:${KEY}@a.example/app/x` }] })],
    ['under a misspelt name', live({ outputs: [{ url: 'rtmp://a.example/app/x', stremKey: KEY }] })],
    ['as the output itself', live({ outputs: [`rtmp://a.example/app/${KEY}`] })],
    ['as all outputs', live({ outputs: KEY })],
    ['under a misspelt param', live({ output: [{ url: 'rtmp://a.example', streamKey: KEY }], outputs: [] })],
    ['as a param', live({ streamKey: KEY, outputs: [{ url: 'rtmp://a.example/app/x' }] })],
    ['as a param of any name', live({ auth: KEY, outputs: [{ url: 'rtmp://a.example/app/x' }] })],
    ['as a property of the node', live({ outputs: [{ url: 'rtmp://a.example/app/x' }] }, { auth: KEY })],
    [
      'as a reference that is none',
      live({ outputs: [{ url: 'rtmp://a.example/app', streamKey: `$${KEY}` }] }),
    ],
    [
      'as a reference to nothing',
      live({ outputs: [{ url: 'rtmp://a.example/app', streamKey: `$${KEY}.x` }] }),
    ],
    [
      'of a misspelt step',
      graph({ started, live: { do: 'rtmps', from: 'started', with: { outputs: [KEY] }, key: KEY } }),
    ],
    [
      'of a step that is mistyped beyond knowing',
      graph({ started, live: { do: 'rmtp', from: 'started', auth: KEY } }),
    ],
    [
      'in a step of another type',
      graph({ started, live: { do: 'hls', from: 'started', with: { streamKey: KEY } } }),
    ],
    ['too long', live({ outputs: [{ url: 'rtmp://a.example/app', streamKey: KEY.repeat(100) }] })],
  ])('%s', (_where, document) => {
    const problems = validateDocument(document);
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toContain(KEY);
  });
});

describe('a document as it is shown', () => {
  const shown = (outputs: unknown[]): unknown => {
    const document = concealDocument(parseDocument(live({ outputs })));
    const node = document.nodes['live'];
    return node && !isEventNode(node) ? node.with?.['outputs'] : null;
  };

  it('has no stream key, wherever it stood', () => {
    expect(
      shown([
        { url: 'rtmp://a.example/app', streamKey: KEY, outputId: 'one' },
        { url: `rtmps://b.example/app/${KEY}` },
        { url: 'rtmp://c.example/app', streamKey: `$$${KEY}` },
      ]),
    ).toEqual([
      { url: 'rtmp://a.example/app', streamKey: '[hidden]', outputId: 'one' },
      { url: 'rtmps://b.example/app', streamKey: '[hidden]' },
      { url: 'rtmp://c.example/app', streamKey: '[hidden]' },
    ]);
  });

  it('keeps references, which are no secrets, and hides a key beside them', () => {
    expect(
      shown([
        { url: 'rtmp://a.example/app', streamKey: '$started.sessionId' },
        { url: '$started.roomId', streamKey: KEY },
      ]),
    ).toEqual([
      { url: 'rtmp://a.example/app', streamKey: '$started.sessionId' },
      { url: '$started.roomId', streamKey: '[hidden]' },
    ]);
  });

  it('is the same in all else, and the document itself stays as it is', () => {
    const document = parseDocument(
      live({ outputs: [{ url: `rtmp://a.example/app/${KEY}` }] }, { until: undefined }),
    );
    const before = structuredClone(document);
    const { nodes, ...rest } = concealDocument(document);
    expect(rest).toEqual({ version: 1, name: 'Test' });
    expect(nodes['started']).toEqual(started);
    expect(document).toEqual(before);
  });
});
