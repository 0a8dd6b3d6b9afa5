import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itemsOf } from '../../support/n8n-host/index.ts';
import { byId, ours, startN8nWithRuntime, type N8nWithRuntime } from './support/n8n-with-runtime.ts';
import { SignalledGuest } from './support/signalled-guest.ts';
import { chain } from './support/workflow.ts';

const record = {
  version: 1,
  name: 'Record who joins',
  nodes: {
    joined: { on: 'participant-joined' },
    file: { do: 'record', from: 'joined', with: { participantId: '$joined.participantId', mode: 'audio' } },
  },
};
const everyRoom = { __rl: true, mode: 'list', value: '' };

describe('Run Graph with the real runtime', () => {
  let host: N8nWithRuntime;

  beforeAll(async () => {
    host = await startN8nWithRuntime();
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });

  const runGraph = (parameters: Record<string, unknown>, document: unknown = record) =>
    ours('Graph', 'runGraph', { operation: 'run', document: JSON.stringify(document), ...parameters });

  it('runs a graph in a room for who is there, lists and gets it with its steps, and stops and deletes it', async () => {
    const { roomId, joinUrl } = await host.makeRoom('graphed');
    const guest = await SignalledGuest.join(joinUrl, { name: 'Ann', participantId: 'ann' });
    const [graph] = await host.only(runGraph({ room: byId(roomId) }));
    expect(graph).toMatchObject({ name: 'Record who joins', enabled: true, roomId, revision: 1 });
    const chosen = { graph: byId(String(graph?.['graphId'])) };

    expect(await host.only(ours('List', 'runGraph', { operation: 'getAll' }))).toMatchObject([
      { graphId: graph?.['graphId'] },
    ]);
    const [whole] = await host.only(ours('Get', 'runGraph', { operation: 'get', ...chosen }));
    expect(whole).toMatchObject({
      document: { nodes: record.nodes },
      instances: [{ nodeId: 'joined', scopeId: 'ann', state: 'running', steps: [{ nodeId: 'file' }] }],
    });
    const { results } = await host.n8n.listSearch({
      nodeType: { name: 'n8n-nodes-roomflow.runGraph', version: 1 },
      parameter: 'graph',
      method: 'searchGraphs',
      parameters: { operation: 'get' },
      credentials: { roomflowApi: host.credential },
    });
    expect(results).toMatchObject([
      { name: `Record who joins, ${roomId}`, value: String(graph?.['graphId']) },
    ]);

    expect(
      await host.only(ours('Stop', 'runGraph', { operation: 'stop', delete: true, ...chosen })),
    ).toMatchObject([
      { enabled: false, runningInstances: 0, endedInstances: [expect.any(String)], deleted: true },
    ]);
    expect((await host.run(ours('Get', 'runGraph', { operation: 'get', ...chosen }))).error).toBe(
      'There is no such graph',
    );
    await guest.leave();
  });

  it('replaces the graph of the same name, so that running the workflow again records nobody twice', async () => {
    const node = runGraph({ room: everyRoom });
    const [first] = await host.only(node);
    const [again] = await host.only(runGraph({ room: everyRoom }, { ...record, description: 'Anew' }));
    expect(again).toMatchObject({ graphId: first?.['graphId'], revision: 2, description: 'Anew' });
    const [beside] = await host.only(runGraph({ room: everyRoom, options: { replace: false } }));
    expect(beside?.['graphId']).not.toBe(first?.['graphId']);
    for (const graph of [again, beside]) {
      const chosen = byId(String(graph?.['graphId']));
      await host.only(ours('Stop', 'runGraph', { operation: 'stop', delete: true, graph: chosen }));
    }
  });

  it('takes the document from a field of the item, and says what is wrong with one as data', async () => {
    const wrong = { ...record, nodes: { ...record.nodes, file: { do: 'recrd', from: 'joind' } } };
    const from = (document: unknown) => ({
      name: 'Item',
      type: 'n8n-nodes-base.code',
      parameters: { jsCode: `return [{ json: ${JSON.stringify({ graph: document })} }]` },
    });
    const field = { documentFrom: 'field', documentField: 'graph' };
    const check = ours('Check', 'runGraph', { operation: 'validate', ...field });
    expect(itemsOf(await host.run(from(record), check), 'Check')).toMatchObject([
      { valid: true, problemCount: 0 },
    ]);
    expect(itemsOf(await host.run(from(wrong), check), 'Check')).toMatchObject([
      {
        valid: false,
        problems: expect.arrayContaining([
          expect.objectContaining({ code: 'unknown-step', pointer: '/nodes/file/do', suggestion: 'record' }),
        ]) as unknown,
      },
    ]);
    expect(itemsOf(await host.run(from('{"version":'), check), 'Check')).toMatchObject([
      { valid: false, problems: [{ code: 'not-a-document', pointer: '' }] },
    ]);
    const refused = await host.run(
      from(wrong),
      ours('Run', 'runGraph', { operation: 'run', ...field, room: everyRoom }),
    );
    expect(refused.error).toBe('The graph is not valid');
  });

  it('waits until what runs of it has ended, and goes on with what has run', async () => {
    const { roomId, joinUrl } = await host.makeRoom('awaited-graph');
    const { id } = await host.n8n.importWorkflow(
      chain('awaited graph', host.credential, [
        { name: 'Start', type: 'n8n-nodes-base.manualTrigger' },
        runGraph({ room: byId(roomId), wait: true }),
      ]),
    );
    await host.n8n.run(id, { trigger: 'Start' });
    await host.n8n.waitForExecutions(id, { atLeast: 1, timeoutMs: 30_000, until: 'waiting' });
    const guest = await SignalledGuest.join(joinUrl, { name: 'Ann', participantId: 'ann' });
    await guest.leave();
    const [summary] = await host.n8n.waitForExecutions(id, { atLeast: 1, timeoutMs: 60_000 });
    const execution = await host.n8n.execution(summary?.id ?? '');
    expect(execution.error).toBeUndefined();
    expect(itemsOf(execution, 'Graph')).toMatchObject([
      { status: 'ended', runningInstances: 0, instances: [{ scopeId: 'ann', steps: [{ step: 'record' }] }] },
    ]);
  });
});
