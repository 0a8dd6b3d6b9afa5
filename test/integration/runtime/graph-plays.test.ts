import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Graph, GraphInstance, Page } from '../../../runtime/contract/index.ts';
import { startRuntime, type InProcessRuntime } from '../../support/runtime/index.ts';

let runtime: InProcessRuntime;
beforeAll(async () => {
  runtime = await startRuntime();
});
afterAll(() => runtime[Symbol.asyncDispose]());

const greeting = (params: object): unknown => ({
  version: 1,
  name: 'Greet',
  nodes: {
    joined: { on: 'participant-joined', where: { participantName: 'Guest *' } },
    hello: {
      do: 'play',
      from: 'joined',
      with: { name: 'Host', metadata: '$joined.participantId', ...params },
    },
  },
});

/** Runs a graph in a room of its own. */
async function run(document: unknown): Promise<{ roomId: string; graph: Graph }> {
  const { roomId } = await runtime.api.createRoom();
  const graph = await runtime.api.call<Graph>('POST', '/v2/graphs', { document, roomId });
  return { roomId, graph };
}

/** The instances of a graph, once so many have ended. */
async function ended(graphId: string, count: number): Promise<GraphInstance[]> {
  const over = new Set<string>();
  while (over.size < count) {
    const { data } = await runtime.events.event(
      'graph-instance-changed',
      ({ data: { graphId: id, instanceId, to } }) =>
        id === graphId && !over.has(instanceId) && ['finished', 'failed', 'cancelled'].includes(to),
      { timeoutMs: 30_000 },
    );
    over.add(data.instanceId);
  }
  return (await runtime.api.call<Page<GraphInstance>>('GET', `/v2/graphs/${graphId}/instances`)).data;
}

describe('a graph that speaks', () => {
  it('greets each guest in turn, as one participant, and is over when all is said', async () => {
    const { roomId, graph } = await run(greeting({ text: 'Welcome.' }));
    await using _ada = await runtime.join(roomId, { participantId: 'ada', name: 'Guest Ada' });
    await using _bob = await runtime.join(roomId, { participantId: 'bob', name: 'Guest Bob' });
    const instances = await ended(graph.graphId, 2);
    expect(instances.map(({ state, scopeId }) => [state, scopeId]).sort()).toEqual([
      ['finished', 'ada'],
      ['finished', 'bob'],
    ]);
    const { data: plays } = await runtime.api.call<Page<Record<string, unknown>>>(
      'GET',
      `/v2/rooms/${roomId}/plays`,
    );
    expect(
      plays.map(({ participantName, status, metadata }) => [participantName, status, metadata]).sort(),
    ).toEqual([
      ['Host', 'finished', 'ada'],
      ['Host', 'finished', 'bob'],
    ]);
    expect(instances.flatMap(({ nodes }) => nodes.map(({ stepId }) => stepId)).sort()).toEqual(
      plays.map(({ stepId }) => stepId).sort(),
    );
  });

  it('says why it cannot', async () => {
    const { roomId, graph } = await run(greeting({ text: 'Welcome.', voice: 'nobody' }));
    await using _ada = await runtime.join(roomId, { participantId: 'ada', name: 'Guest Ada' });
    const [instance] = await ended(graph.graphId, 1);
    expect(instance).toMatchObject({
      state: 'failed',
      nodes: [{ nodeId: 'hello', state: 'failed', reason: expect.stringContaining('nobody') as unknown }],
    });
  });
});
