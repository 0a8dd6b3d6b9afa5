import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentDiagram, Graph, GraphDocument } from '../../../runtime/contract/index.ts';
import { startRuntime, type InProcessRuntime } from '../../support/runtime/index.ts';

const document: GraphDocument = {
  version: 1,
  name: 'Every guest in a file',
  nodes: {
    joined: { on: 'participant-joined' },
    left: { on: 'participant-left' },
    tap: { do: 'tap', from: 'joined', with: { participantId: '$joined.participantId' } },
    file: { do: 'record', from: 'tap', until: 'left' },
  },
};

let runtime: InProcessRuntime;

beforeAll(async () => {
  runtime = await startRuntime();
});
afterAll(async () => {
  await runtime[Symbol.asyncDispose]();
});

describe('the console', () => {
  it('is served to everybody, runs scripts of its own host alone, and cannot be framed elsewhere', async () => {
    const { status, headers, body } = await runtime.api.as('').send('GET', '/console');
    expect(status).toBe(200);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/script-src|unsafe-eval/);
    expect(policy).toContain("frame-ancestors 'self'");
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(body).not.toMatch(/<script(?![^>]*\bsrc=)/);
    const [, script = ''] = /<script[^>]*src="([^"]+)"/.exec(String(body)) ?? [];
    expect((await runtime.api.as('').send('GET', script)).status).toBe(200);
  });

  it('tells where a graph’s nodes and edges are to be drawn from, to those who may read it', async () => {
    const { graphId } = await runtime.api.call<Graph>('POST', '/v2/graphs', { document, enabled: false });
    const { nodes, edges } = await runtime.api.call<DocumentDiagram>('GET', `/v2/graphs/${graphId}/diagram`);
    expect(nodes.map(({ id, kind, type }) => [id, kind, type])).toEqual([
      ['joined', 'event', 'participant-joined'],
      ['left', 'event', 'participant-left'],
      ['tap', 'step', 'tap'],
      ['file', 'step', 'record'],
    ]);
    expect(edges.map(({ from, to, isEnd = false }) => [from, to, isEnd])).toEqual([
      ['joined', 'tap', false],
      ['tap', 'file', false],
      ['left', 'file', true],
    ]);
    const guest = runtime.api.as(await runtime.token({ roles: ['rtc'] }));
    expect((await guest.send('GET', `/v2/graphs/${graphId}/diagram`)).status).toBe(403);
    expect((await runtime.api.send('GET', '/v2/graphs/none/diagram')).status).toBe(404);
  });
});
