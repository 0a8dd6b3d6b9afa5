import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  itemsOf,
  startN8n,
  type CredentialReference,
  type Execution,
  type N8nHost,
} from '../../support/n8n-host/index.ts';
import { RuntimeDouble } from './support/runtime-double.ts';
import { chain, type NodeSpec } from './support/workflow.ts';

const packageDirectory = new URL('../../..', import.meta.url).pathname;

/** Puts out one item per entry. */
const items = (entries: Record<string, unknown>[]): NodeSpec => ({
  name: 'Items',
  type: 'n8n-nodes-base.code',
  parameters: { jsCode: `return ${JSON.stringify(entries.map((json) => ({ json })))}` },
});
const byHand: NodeSpec = { name: 'Start', type: 'n8n-nodes-base.manualTrigger' };
const out: NodeSpec = { name: 'Out', type: 'n8n-nodes-base.noOp' };
const record = (parameters: Record<string, unknown> = {}): NodeSpec => ({
  name: 'Record',
  type: 'n8n-nodes-roomflow.record',
  parameters,
});

describe('Record and Wait in a real n8n', () => {
  let n8n: N8nHost;
  let runtime: RuntimeDouble;
  let credential: CredentialReference;
  let joins: string;

  beforeAll(async () => {
    runtime = await RuntimeDouble.start();
    n8n = await startN8n({ packageDirectory });
    credential = await n8n.createCredential({
      name: 'Roomflow',
      type: 'roomflowApi',
      data: { baseUrl: runtime.url, apiKey: runtime.key },
    });
    const workflow = await n8n.importWorkflow(
      chain('record joins', credential, [
        { name: 'Joined', type: 'n8n-nodes-roomflow.participantJoinedTrigger' },
        { name: 'Tap', type: 'n8n-nodes-roomflow.trackTap' },
        record(),
        out,
      ]),
    );
    joins = workflow.id;
    await n8n.activate(joins);
    await runtime.listeners(1);
  });
  afterAll(async () => {
    await n8n.stop();
    await runtime.stop();
  });

  const start = async (name: string, nodes: NodeSpec[]): Promise<string> => {
    const { id } = await n8n.importWorkflow(chain(name, credential, [byHand, ...nodes]));
    await n8n.run(id, { trigger: 'Start' });
    return id;
  };
  const onlyExecution = async (workflowId: string, until: 'waiting' | 'finished'): Promise<Execution> => {
    const [summary] = await n8n.waitForExecutions(workflowId, { atLeast: 1, timeoutMs: 30_000, until });
    return await n8n.execution(summary?.id ?? '');
  };

  it('chains by default expressions, waits without running, and goes on with the file after a restart of n8n', async () => {
    runtime.posted.length = 0;
    runtime.join('room-a', 'Ann');
    expect((await onlyExecution(joins, 'waiting')).status).toBe('waiting');
    expect(runtime.posted).toMatchObject([
      { step: 'tap', with: { participantId: 'ann', kinds: ['audio', 'video'] } },
      { step: 'record', from: 'step-1', with: { mode: 'video-and-audio' } },
    ]);
    await n8n.restart();
    expect((await runtime.endRecording('rec-2')).at(-1)).toBe(200);
    const execution = await onlyExecution(joins, 'finished');
    expect(execution.status).toBe('success');
    expect(itemsOf(execution, 'Out')).toMatchObject([
      {
        recordingId: 'rec-2',
        stepId: 'step-2',
        status: 'completed',
        roomId: 'room-a',
        participantId: 'tapped',
        fileUrl: `${runtime.url}/v2/files/file-rec-2?signature=s`,
        fileName: 'file-rec-2.webm',
        durationSeconds: 12.5,
        videoCodec: 'VP8',
        audioCodec: 'opus',
      },
    ]);
  });

  it('takes the callback of a recording that ends before the execution is parked', async () => {
    runtime.posted.length = 0;
    const id = await start('short', [items([{ roomId: 'room-a', participantId: 'ann' }]), record()]);
    const called = (async () => {
      while (runtime.posted.length === 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      return await runtime.endRecording('rec-1');
    })();
    expect((await onlyExecution(id, 'finished')).status).toBe('success');
    expect((await called).at(-1)).toBe(200);
  });

  it('waits for the recordings of all items, and pairs each file with its item', async () => {
    runtime.posted.length = 0;
    const id = await start('several', [
      items([
        { roomId: 'room-a', participantId: 'ann' },
        { roomId: 'room-b', participantId: 'ben' },
      ]),
      record(),
      out,
    ]);
    await onlyExecution(id, 'waiting');
    expect((await runtime.endRecording('rec-2')).at(-1)).toBe(200);
    expect((await onlyExecution(id, 'waiting')).status).toBe('waiting');
    await runtime.endRecording('rec-1');
    const execution = await onlyExecution(id, 'finished');
    expect(itemsOf(execution, 'Out')).toMatchObject([
      { recordingId: 'rec-1', participantId: 'ann', status: 'completed' },
      { recordingId: 'rec-2', participantId: 'ben', status: 'completed' },
    ]);
  });

  it('asks again while the guest has not turned on a camera yet', async () => {
    runtime.posted.length = 0;
    runtime.refuseSteps = 2;
    const id = await start('early', [
      items([{ roomId: 'room-a', participantId: 'ann' }]),
      record({ operation: 'start' }),
    ]);
    const execution = await onlyExecution(id, 'finished');
    expect(itemsOf(execution, 'Record')).toMatchObject([
      { stepId: 'step-1', recordingId: 'rec-1', step: 'record' },
    ]);
  });

  it('says what to do when the guest turns on nothing in time', async () => {
    runtime.refuseSteps = 1000;
    const id = await start('silent', [
      items([{ roomId: 'room-a', participantId: 'ann' }]),
      record({ operation: 'start', options: { waitForMedia: 1 } }),
    ]);
    const execution = await onlyExecution(id, 'finished');
    runtime.refuseSteps = 0;
    expect(execution.status).toBe('error');
    expect(execution.error).toBe('The participant does not publish this track');
  });

  it('names the field that no incoming key fills', async () => {
    const id = await start('empty', [items([{ other: 1 }]), record({ operation: 'start' })]);
    expect((await onlyExecution(id, 'finished')).error).toBe('No room was given');
  });

  it('says where it looked for a runtime that is not there', async () => {
    const nowhere = await n8n.createCredential({
      name: 'Nowhere',
      type: 'roomflowApi',
      data: { baseUrl: 'http://127.0.0.1:1', apiKey: 'k' },
    });
    const { id } = await n8n.importWorkflow(
      chain('unreachable', nowhere, [byHand, { name: 'Create', type: 'n8n-nodes-roomflow.createRoom' }]),
    );
    await n8n.run(id, { trigger: 'Start' });
    expect((await onlyExecution(id, 'finished')).error).toBe(
      'The Roomflow runtime cannot be reached at http://127.0.0.1:1',
    );
  });
});
