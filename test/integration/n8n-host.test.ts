import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/guests/index.ts';
import { itemsOf, type N8nHost, startN8n, type WorkflowDocument } from '../support/n8n-host/index.ts';
import { isProcessAlive } from '../support/temporary/index.ts';

const webhookPath = `roomflow-${randomUUID()}`;

/** A webhook that answers, with a node that puts out one known field. */
const greeting: WorkflowDocument = {
  name: 'Greeting',
  nodes: [
    {
      id: randomUUID(),
      name: 'Webhook',
      type: 'n8n-nodes-base.webhook',
      typeVersion: 2,
      position: [0, 0],
      webhookId: randomUUID(),
      parameters: { path: webhookPath, httpMethod: 'POST', responseMode: 'lastNode' },
    },
    {
      id: randomUUID(),
      name: 'Greet',
      type: 'n8n-nodes-base.set',
      typeVersion: 3.4,
      position: [220, 0],
      parameters: {
        assignments: {
          assignments: [
            { id: randomUUID(), name: 'greeting', type: 'string', value: '=Hello {{ $json.body.name }}' },
          ],
        },
      },
    },
  ],
  connections: { Webhook: { main: [[{ node: 'Greet', type: 'main', index: 0 }]] } },
  settings: { executionOrder: 'v1' },
};

async function greet(n8n: N8nHost, name: string): Promise<unknown> {
  const answer = await fetch(`${n8n.url}/webhook/${webhookPath}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  return await answer.json();
}

describe('the n8n host', () => {
  const workflowId = 'greeting';
  let n8n: N8nHost;

  beforeAll(async () => {
    n8n = await startN8n();
    await n8n.importWorkflow(greeting, workflowId);
  });

  afterAll(async () => {
    await n8n.stop();
  });

  it('runs a published workflow and shows what each node put out', async () => {
    await n8n.activate(workflowId);

    expect(await greet(n8n, 'Ada')).toEqual({ greeting: 'Hello Ada' });

    const [execution] = await n8n.waitForExecutions(workflowId, { atLeast: 1, timeoutMs: 30_000 });
    const detail = await n8n.execution(execution!.id);
    expect(detail.status).toBe('success');
    expect(itemsOf(detail, 'Greet')).toEqual([{ greeting: 'Hello Ada' }]);
  });

  it('keeps a published workflow in service across a restart', async () => {
    await n8n.restart();

    expect(await greet(n8n, 'Grace')).toEqual({ greeting: 'Hello Grace' });
  });

  it('replaces a workflow that is imported again under its id, and takes it out of service', async () => {
    const changed = structuredClone(greeting);
    changed.name = 'Greeting, changed';
    const again = await n8n.importWorkflow(changed, workflowId);
    expect(again).toMatchObject({ id: workflowId, name: 'Greeting, changed' });

    await n8n.deactivate(workflowId);

    expect((await n8n.publicationStatus(workflowId)).status).toBe('not_published');
    expect(await n8n.executions(workflowId)).toHaveLength(2);
  });

  it('lets a browser into the editor as the owner', async () => {
    const browser = await launchBrowser();
    try {
      const context = await browser.newContext({ storageState: n8n.browserState });
      const page = await context.newPage();

      await page.goto(`${n8n.url}/workflow/${workflowId}`);

      await page.getByText('Greet', { exact: true }).first().waitFor({ state: 'visible' });
    } finally {
      await browser.close();
    }
  });

  it('offers the node types of the editor, and their pickers', async () => {
    const nodeTypes = await n8n.nodeTypes();
    expect(nodeTypes.map(({ name }) => name)).toContain('n8n-nodes-base.webhook');

    const { results } = await n8n.listSearch({
      nodeType: { name: 'n8n-nodes-base.dataTable', version: 1 },
      parameter: 'dataTableId',
      method: 'tableSearch',
    });

    expect(results).toEqual([]);
  });

  it('says which trigger could not start, and why', async () => {
    const broken = await n8n.importWorkflow({
      name: 'No such time',
      nodes: [
        {
          id: randomUUID(),
          name: 'Schedule',
          type: 'n8n-nodes-base.scheduleTrigger',
          typeVersion: 1.2,
          position: [0, 0],
          parameters: { rule: { interval: [{ field: 'cronExpression', expression: 'at noon' }] } },
        },
      ],
      connections: {},
    });

    await expect(n8n.activate(broken.id)).rejects.toThrow(/cron expression/i);
  });

  it('leaves no process and no folder when it stops', async () => {
    const { pid, userFolder } = n8n;

    await n8n.stop();

    expect(await isProcessAlive(pid)).toBe(false);
    expect(existsSync(userFolder)).toBe(false);
  });
});
