import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itemsOf, startN8n, type CredentialReference, type N8nHost } from '../../support/n8n-host/index.ts';
import { RuntimeDouble } from './support/runtime-double.ts';
import { chain } from './support/workflow.ts';

const packageDirectory = new URL('../../..', import.meta.url).pathname;

describe('triggers in a real n8n', () => {
  let n8n: N8nHost;
  let runtime: RuntimeDouble;
  let credential: CredentialReference;
  let workflowId: string;

  beforeAll(async () => {
    runtime = await RuntimeDouble.start();
    n8n = await startN8n({ packageDirectory });
    credential = await n8n.createCredential({
      name: 'Roomflow',
      type: 'roomflowApi',
      data: { baseUrl: runtime.url, apiKey: runtime.key },
    });
    const workflow = await n8n.importWorkflow(
      chain('joins', credential, [
        { name: 'Joined', type: 'n8n-nodes-roomflow.participantJoinedTrigger' },
        { name: 'Out', type: 'n8n-nodes-base.noOp' },
      ]),
    );
    workflowId = workflow.id;
    runtime.join('room-a', 'Before');
    await n8n.activate(workflowId);
  });
  afterAll(async () => {
    await n8n.stop();
    await runtime.stop();
  });

  const namesOf = async (): Promise<unknown[]> => {
    const summaries = await n8n.executions(workflowId);
    const executions = await Promise.all(summaries.map(async ({ id }) => await n8n.execution(id)));
    return executions
      .flatMap((execution) => itemsOf(execution, 'Joined').map((item) => item['participantName']))
      .sort();
  };

  it('starts the workflow once for each join after its publication, with one flat item', async () => {
    await runtime.listeners(1);
    const event = runtime.join('room-a', 'Ann');
    const [summary] = await n8n.waitForExecutions(workflowId, { atLeast: 1, timeoutMs: 20_000 });
    expect(summary?.status).toBe('success');
    expect(itemsOf(await n8n.execution(summary?.id ?? ''), 'Out')).toEqual([
      {
        event: 'participant-joined',
        eventId: event.id,
        at: event.at,
        roomId: 'room-a',
        meetingId: 'room-a',
        sessionId: 'room-a-session',
        participantId: 'ann',
        participantName: 'Ann',
        mode: 'SEND_AND_RECV',
        permissions: ['allow_join'],
        metaData: null,
      },
    ]);
  });

  it('delivers what happened while n8n was down, once', async () => {
    await n8n.kill();
    runtime.join('room-a', 'Bea');
    runtime.join('room-b', 'Cleo');
    await n8n.start();
    await n8n.waitForExecutions(workflowId, { atLeast: 3, timeoutMs: 30_000 });
    await runtime.listeners(1);
    expect(await namesOf()).toEqual(['Ann', 'Bea', 'Cleo']);
  });

  it('delivers what happened while the connection was lost, once', async () => {
    await runtime.stop();
    runtime.join('room-a', 'Dora');
    await runtime.start();
    await runtime.listeners(1);
    runtime.join('room-a', 'Eve');
    await n8n.waitForExecutions(workflowId, { atLeast: 5, timeoutMs: 30_000 });
    expect(await namesOf()).toEqual(['Ann', 'Bea', 'Cleo', 'Dora', 'Eve']);
  });

  it('starts with n8n while the runtime is away, and takes up work when it comes back', async () => {
    await runtime.stop();
    await n8n.restart();
    runtime.join('room-a', 'Finn');
    await runtime.start();
    await n8n.waitForExecutions(workflowId, { atLeast: 6, timeoutMs: 30_000 });
    expect(await namesOf()).toEqual(['Ann', 'Bea', 'Cleo', 'Dora', 'Eve', 'Finn']);
  });

  it('keeps its place from the moment of publication, even when n8n stops before the first event', async () => {
    const quiet = await n8n.importWorkflow(
      chain('quiet', credential, [
        {
          name: 'Ended',
          type: 'n8n-nodes-roomflow.meetingEventTrigger',
          parameters: { events: ['room-closed'] },
        },
      ]),
    );
    await n8n.activate(quiet.id);
    await n8n.kill();
    runtime.raise('room-closed', 'room-a', {});
    await n8n.start();
    const executions = await n8n.waitForExecutions(quiet.id, { atLeast: 1, timeoutMs: 30_000 });
    expect(executions).toHaveLength(1);
  });

  it('records a key that is withdrawn later as one failed execution, and takes up work when it is known again', async () => {
    const { key } = runtime;
    const before = (await n8n.executions(workflowId)).length;
    await runtime.stop();
    runtime.key = 'another-key';
    await runtime.start();
    const [failed] = await n8n.waitForExecutions(workflowId, { atLeast: before + 1, timeoutMs: 30_000 });
    expect(failed?.status).toBe('error');
    runtime.key = key;
    runtime.join('room-a', 'Gus');
    await n8n.waitForExecutions(workflowId, { atLeast: before + 2, timeoutMs: 30_000 });
    expect(await namesOf()).toEqual(['Ann', 'Bea', 'Cleo', 'Dora', 'Eve', 'Finn', 'Gus']);
  });

  it('refuses publication with a key the runtime does not know, and says what to do', async () => {
    const wrong = await n8n.createCredential({
      name: 'Wrong key',
      type: 'roomflowApi',
      data: { baseUrl: runtime.url, apiKey: 'nobody' },
    });
    const { id } = await n8n.importWorkflow(
      chain('wrong', wrong, [{ name: 'Joined', type: 'n8n-nodes-roomflow.participantJoinedTrigger' }]),
    );
    await expect(n8n.activate(id)).rejects.toThrow(/does not accept the API key/);
    await n8n.deactivate(id);
  });

  it('refuses publication for a room that does not exist', async () => {
    const { id } = await n8n.importWorkflow(
      chain('nowhere', credential, [
        {
          name: 'Joined',
          type: 'n8n-nodes-roomflow.participantJoinedTrigger',
          parameters: { room: { __rl: true, mode: 'id', value: 'nowhere' } },
        },
      ]),
    );
    await expect(n8n.activate(id)).rejects.toThrow(/There is no such room/);
    await n8n.deactivate(id);
  });
});
