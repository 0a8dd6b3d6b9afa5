import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itemsOf, startN8n, type CredentialReference, type N8nHost } from '../../support/n8n-host/index.ts';
import { RuntimeDouble } from './support/runtime-double.ts';
import { chain, type NodeSpec } from './support/workflow.ts';

const packageDirectory = new URL('../../..', import.meta.url).pathname;
const out: NodeSpec = { name: 'Out', type: 'n8n-nodes-base.noOp' };
/** Puts the text of an item's file into its JSON; an item without a file does not come through. */
const readFile: NodeSpec = {
  name: 'File',
  type: 'n8n-nodes-base.moveBinaryData',
  parameters: { mode: 'binaryToJson', setAllData: false },
};

describe('triggers for what is said and shown, in a real n8n', () => {
  let n8n: N8nHost;
  let runtime: RuntimeDouble;
  let credential: CredentialReference;

  beforeAll(async () => {
    runtime = await RuntimeDouble.start();
    n8n = await startN8n({ packageDirectory });
    credential = await n8n.createCredential({
      name: 'Roomflow',
      type: 'roomflowApi',
      data: { baseUrl: runtime.url, apiKey: runtime.key },
    });
  });
  afterAll(async () => {
    await n8n.stop();
    await runtime.stop();
  });

  async function published(
    name: string,
    type: string,
    parameters: Record<string, unknown>,
    last = out,
  ): Promise<string> {
    const { id } = await n8n.importWorkflow(
      chain(name, credential, [
        { name: 'Event', type: `n8n-nodes-roomflow.${type}`, parameters },
        ...(last === out ? [] : [last]),
      ]),
    );
    await n8n.activate(id);
    return id;
  }

  async function itemsFrom(id: string, node: string, atLeast: number): Promise<Record<string, unknown>[]> {
    const summaries = await n8n.waitForExecutions(id, { atLeast, timeoutMs: 30_000 });
    const executions = await Promise.all(summaries.map(async (summary) => await n8n.execution(summary.id)));
    return executions.flatMap((execution) => itemsOf(execution, node)).reverse();
  }

  const say = (participantName: string, text: string, isFinal = true): unknown =>
    runtime.raise('transcription-text', 'room-a', {
      id: 'trn-1',
      transcriptionId: 'trn-1',
      type: 'realtime',
      stepId: 'step-1',
      recordingId: null,
      participantId: participantName.toLowerCase(),
      participantName,
      segmentId: `seg-${text.length}`,
      text,
      isFinal,
      startMs: 0,
      endMs: 1000,
      language: 'en-US',
      timestamp: 0,
    });

  const show = (fileId: string): void => {
    runtime.raise('tap-frame', 'room-a', {
      stepId: 'step-1',
      participantId: 'ann',
      participantName: 'Ann',
      kind: 'screen_video',
      startMs: 0,
      filePath: `/data/taps/${fileId}.jpg`,
      // As the runtime is known outside, which need not be how n8n reaches it.
      fileUrl: `https://meet.example/v2/taps/files/${fileId}?signature=s`,
      mimeType: 'image/jpeg',
      size: 3,
      width: 640,
      height: 360,
      sceneChange: false,
    });
  };

  it('starts with what was said to its end, by the speaker and with a keyword that is asked for', async () => {
    const all = await published('said', 'transcriptTrigger', {});
    const chosen = await published('chosen', 'transcriptTrigger', {
      speechFilters: { speakerContains: 'an', textContains: 'refund, my contract', notSaidBy: 'Hanna, ben' },
    });
    const interim = await published('interim', 'meetingEventTrigger', {
      events: ['transcription-text'],
      finalOnly: false,
    });
    await runtime.listeners(3);
    say('Ann', 'I want', false);
    say('Ann', 'I want a Refund please');
    say('Ben', 'No refund today');
    say('Hanna', 'My refund went through');
    say('Joanna', 'Then I cancel My Contract');
    say('Ann', 'Bye');
    const texts = async (id: string, atLeast: number): Promise<unknown[]> =>
      (await itemsFrom(id, 'Event', atLeast)).map((item) => item['text']).sort();
    expect(await texts(interim, 6)).toHaveLength(6);
    expect(await texts(all, 5)).toEqual([
      'Bye',
      'I want a Refund please',
      'My refund went through',
      'No refund today',
      'Then I cancel My Contract',
    ]);
    expect(await texts(chosen, 2)).toEqual(['I want a Refund please', 'Then I cancel My Contract']);
  });

  it('hands on the file of a picture as binary data', async () => {
    const id = await published('shown', 'meetingEventTrigger', { events: ['tap-frame'] }, readFile);
    await runtime.listeners(4);
    runtime.putFile('frm-1', Buffer.from('one'));
    show('frm-1');
    expect(await itemsFrom(id, 'File', 1)).toMatchObject([
      { event: 'tap-frame', participantId: 'ann', width: 640, data: 'one' },
    ]);
    await n8n.deactivate(id);
  });

  it('leaves the file out where only the facts are wanted', async () => {
    const id = await published('facts', 'meetingEventTrigger', { events: ['tap-frame'], download: false });
    await runtime.listeners(4);
    show('never-put');
    expect(await itemsFrom(id, 'Event', 1)).toMatchObject([{ event: 'tap-frame', kind: 'screen_video' }]);
    await n8n.deactivate(id);
  });

  it('delivers a picture whose download n8n did not live to see, and what came behind it, once and in order', async () => {
    const id = await published('killed', 'meetingEventTrigger', { events: ['tap-frame'] }, readFile);
    await runtime.listeners(4);
    show('frm-2');
    runtime.putFile('frm-3', Buffer.from('three'));
    show('frm-3');
    await n8n.kill();
    runtime.putFile('frm-2', Buffer.from('two'));
    await n8n.start();
    const items = await itemsFrom(id, 'File', 2);
    expect(items.map((item) => item['data'])).toEqual(['two', 'three']);
  });
});
