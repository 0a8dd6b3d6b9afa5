import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { selectors, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JoinLink, Page as PageOf, Recording, Room } from '../../runtime/contract/index.ts';
import { launchBrowser, openGuest } from '../support/guests/index.ts';
import { startN8n, type N8nHost } from '../support/n8n-host/index.ts';
import { startRuntime, type InProcessRuntime } from '../support/runtime/index.ts';

const artefacts = fileURLToPath(new URL('../../artifacts/editor/', import.meta.url));
const packageDirectory = fileURLToPath(new URL('../..', import.meta.url));

type RecordingPage = PageOf<Recording>;

let n8n: N8nHost;
let runtime: InProcessRuntime;
let browser: Browser;

beforeAll(async () => {
  selectors.setTestIdAttribute('data-test-id');
  await mkdir(artefacts, { recursive: true });
  runtime = await startRuntime();
  n8n = await startN8n({ packageDirectory });
  browser = await launchBrowser();
  await n8n.createCredential({
    name: 'Roomflow',
    type: 'roomflowApi',
    data: { baseUrl: runtime.url, apiKey: runtime.serverKey },
  });
});

afterAll(async () => {
  await browser.close();
  await n8n.stop();
  await runtime[Symbol.asyncDispose]();
});

/** Looks a node up in the panel beside the canvas and opens it. */
async function findNode(page: Page, words: string, title: string): Promise<void> {
  await page.getByTestId('node-creator-search-bar').fill(words);
  await page.getByTestId('item-iterator-item').filter({ hasText: title }).first().click();
}

it('records whoever joins, with a workflow put together by hand in the editor', async () => {
  const context = await browser.newContext({
    storageState: n8n.browserState,
    viewport: { width: 1400, height: 900 },
  });
  const page = await context.newPage();
  const shoot = (name: string) => page.screenshot({ path: `${artefacts}${name}.png` });
  await page.goto(`${n8n.url}/workflow/new`);

  await page.getByTestId('canvas-plus-button').click();
  await findNode(page, 'participant joined', 'Participant Joined Trigger');
  await page.getByRole('button', { name: 'Add to workflow' }).click();
  await page.getByTestId('ndv').waitFor();
  await shoot('1-participant-joined');
  await page.keyboard.press('Escape');
  await page.getByTestId('ndv').waitFor({ state: 'hidden' });

  await page.getByTestId('node-creator-plus-button').click();
  await findNode(page, 'record', 'Record a live Roomflow room');
  await shoot('2-record-actions');
  await page
    .getByText('Start recording', { exact: true })
    .dragTo(page.getByTestId('canvas-wrapper'), { targetPosition: { x: 860, y: 420 } });
  await page.getByTestId('ndv').waitFor();
  await shoot('3-record');
  await page.keyboard.press('Escape');
  await page.getByTestId('ndv').waitFor({ state: 'hidden' });
  await expect.poll(() => page.getByTestId('canvas-node').count()).toBe(2);
  await expect.poll(() => page.locator('.vue-flow__edge').count()).toBe(1);
  await shoot('4-canvas');

  await page.getByTestId('workflow-open-publish-modal-button').click();
  await page.getByTestId('workflow-publish-button').click();
  await page.waitForURL(/\/workflow\/(?!new)/);
  const workflowId = /\/workflow\/([A-Za-z0-9]+)/.exec(page.url())?.[1] ?? '';
  await expect
    .poll(() => n8n.publicationStatus(workflowId), { timeout: 30_000 })
    .toMatchObject({ status: 'published', pendingVersionId: null });

  const { roomId } = await runtime.api.call<Room>('POST', '/v2/rooms', {});
  const { url } = await runtime.api.call<JoinLink>('POST', `/v2/rooms/${roomId}/join-links`, { name: 'Ada' });
  await using guest = await openGuest(browser, { url, name: 'Ada' });
  await guest.join();
  const [execution] = await n8n.waitForExecutions(workflowId, { atLeast: 1, timeoutMs: 60_000 });
  expect(execution?.status).toBe('success');

  await page.keyboard.press('Escape');
  await page.getByTestId('radio-button-executions').click();
  await page
    .getByText(/succeeded/i)
    .first()
    .waitFor();
  await page.getByTestId('canvas-node').nth(1).waitFor();
  await shoot('5-execution');
  await guest.leave();

  await expect
    .poll(
      async () => {
        const { data } = await runtime.api.call<RecordingPage>('GET', '/v2/recordings/participant');
        return data.map((recording) => [recording.participantName, recording.status]);
      },
      { timeout: 20_000 },
    )
    .toEqual([['Ada', 'completed']]);
  await context.close();
});
