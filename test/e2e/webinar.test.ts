import { mkdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { HlsStream, JoinLink, Page as PageOf, Poll, Recording } from '../../runtime/contract/index.ts';
import { guestColour, launchBrowser, openGuest, type Guest } from '../support/guests/index.ts';
import { itemsOf, startN8n, type N8nHost, type WorkflowDocument } from '../support/n8n-host/index.ts';
import { startRuntime, type InProcessRuntime } from '../support/runtime/index.ts';
import { installBeepAndFlash } from '../support/guests/beep-and-flash-page.ts';
import { beepAndFlashSignal } from '../support/guests/beep-and-flash-signal.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const artefacts = `${root}artifacts/webinar/`;
/** What the viewer who comes on stage sends; the host and the guests are 1 to 3. */
const VIEWER_NUMBER = 4;

let n8n: N8nHost;
let runtime: InProcessRuntime;
let browser: Browser;

beforeAll(async () => {
  await mkdir(artefacts, { recursive: true });
  runtime = await startRuntime();
  n8n = await startN8n({ packageDirectory: root });
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  await n8n.stop();
  await runtime[Symbol.asyncDispose]();
});

/** The template as people import it; only its five minutes are seconds, and its poll stays open for the votes. */
async function publishWebinar(): Promise<string> {
  const credential = await n8n.createCredential({
    name: 'Roomflow',
    type: 'roomflowApi',
    data: { baseUrl: runtime.url, apiKey: runtime.serverKey },
  });
  const template = JSON.parse(await readFile(`${root}workflows/webinar.json`, 'utf8')) as WorkflowDocument;
  const nodes = template.nodes.map((node) => ({
    ...node,
    ...(node.type.startsWith('n8n-nodes-roomflow.') ? { credentials: { roomflowApi: credential } } : {}),
    parameters: {
      ...node.parameters,
      ...(node.name === 'Five Minutes' ? { amount: 1, unit: 'seconds' } : {}),
      ...(node.name === 'Poll' ? { pollOptions: {} } : {}),
    },
  }));
  const { id } = await n8n.importWorkflow({ ...template, nodes, pinData: {} }, 'webinar');
  await n8n.activate(id);
  return id;
}

type Viewer = { page: Page; context: BrowserContext };

async function openViewer(url: string, name: string, number?: number): Promise<Viewer> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    permissions: ['camera', 'microphone'],
    bypassCSP: number !== undefined,
  });
  const page = await context.newPage();
  if (number !== undefined) {
    await page.addInitScript(installBeepAndFlash, beepAndFlashSignal(number));
  }
  await page.goto(url);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Watch' }).click();
  await page.waitForSelector('.player[data-player="playing"]', { timeout: 60_000 });
  return { page, context };
}

/** The share of the picture a viewer sees now that has a guest's colour, from 0 to 1. */
async function shareOfColour(page: Page, number: number): Promise<number> {
  return await page.evaluate(({ red, green, blue }) => {
    const video = document.querySelector('video');
    const canvas = new OffscreenCanvas(128, 72);
    const drawing = canvas.getContext('2d');
    if (!video || !drawing) {
      return 0;
    }
    drawing.drawImage(video, 0, 0, 128, 72);
    const { data } = drawing.getImageData(0, 0, 128, 72);
    let alike = 0;
    for (let at = 0; at < data.length; at += 4) {
      const distance = Math.hypot(
        (data[at] ?? 0) - red,
        (data[at + 1] ?? 0) - green,
        (data[at + 2] ?? 0) - blue,
      );
      alike += distance < 24 ? 1 : 0;
    }
    return alike / (128 * 72);
  }, guestColour(number));
}

it('holds a webinar: streamed and polled by a workflow, voted on, a viewer on stage and in the picture', async () => {
  const workflowId = await publishWebinar();
  const { roomId } = await runtime.api.createRoom({});
  const hostLink = await runtime.api.joinLink(roomId, {
    name: 'Dora',
    participantId: 'host',
    permissions: ['allow_join', 'allow_mod'],
  });
  await using host: Guest = await openGuest(browser, {
    url: hostLink.url,
    name: 'Dora',
    media: 'beep-and-flash',
    number: 1,
    viewport: { width: 1280, height: 800 },
  });
  await host.join();
  const guests: Guest[] = [];
  for (const [index, name] of ['Emil', 'Fay'].entries()) {
    const { url } = await runtime.api.joinLink(roomId, { name });
    const guest = await openGuest(browser, { url, name, media: 'beep-and-flash', number: index + 2 });
    await guest.join();
    guests.push(guest);
  }

  const watchLink = (participantId: string): Promise<JoinLink> =>
    runtime.api.call('POST', `/v2/rooms/${roomId}/join-links`, { page: 'watch', participantId });
  const first = await openViewer((await watchLink('gus')).url, 'Gus', VIEWER_NUMBER);
  const second = await openViewer((await watchLink('hana')).url, 'Hana');

  // The workflow's poll, and a vote of each.
  for (const [{ page }, answer] of [
    [first, 'A friend'],
    [second, 'A search'],
  ] as const) {
    await page.getByRole('tab', { name: /Polls/ }).click();
    await page.getByRole('button', { name: answer }).click({ timeout: 60_000 });
  }
  await second.page.getByText('2 votes').waitFor();
  await second.page.screenshot({ path: `${artefacts}1-viewer-voted.png` });
  const { data: polls } = await runtime.api.call<PageOf<Poll>>('GET', `/v2/rooms/${roomId}/polls`);
  expect(polls).toHaveLength(1);
  expect(polls[0]?.options.map(({ votes }) => votes)).toEqual([1, 1, 0]);
  expect(polls[0]?.totalVotes).toBe(2);
  await runtime.api.call('POST', `/v2/polls/${polls[0]?.pollId ?? ''}/close`);
  await second.page.getByRole('tab', { name: /Chat/ }).click();
  await second.page.getByText(/Result of “How did you hear of us\?”: A friend 1, A search 1/).waitFor();

  // A raised hand, the host's invitation, the stage.
  expect(await shareOfColour(second.page, VIEWER_NUMBER)).toBeLessThan(0.01);
  await first.page.getByRole('button', { name: 'Raise hand' }).click();
  await host.page.getByRole('button', { name: /^Audience/ }).click();
  await host.page.getByRole('tab', { name: /Hands/ }).click();
  await host.page.screenshot({ path: `${artefacts}2-host-sees-hand.png` });
  await host.page.getByRole('button', { name: 'Invite Gus on stage' }).click();
  await first.page.getByRole('dialog', { name: 'You are invited on stage' }).waitFor();
  await first.page.screenshot({ path: `${artefacts}3-viewer-invited.png` });
  await first.page.getByRole('button', { name: 'Accept' }).click();
  await first.page.waitForURL(/\/join\//);
  await first.page.getByRole('button', { name: 'Go on stage' }).click();
  await first.page.getByRole('button', { name: /leave/i }).first().waitFor();
  await expect
    .poll(() => shareOfColour(second.page, VIEWER_NUMBER), { timeout: 60_000 })
    .toBeGreaterThan(0.02);
  await first.page.screenshot({ path: `${artefacts}4-viewer-on-stage.png` });
  await second.page.screenshot({ path: `${artefacts}5-stage-in-the-picture.png` });

  // The end: the stream closes with the session, and the recording's link comes out of the workflow.
  await first.context.close();
  await second.context.close();
  for (const guest of guests) {
    await guest.leave();
    await guest.close();
  }
  await host.leave();
  await runtime.api.send('POST', '/v2/sessions/end', { roomId });
  const recordings = async () =>
    (await runtime.api.call<PageOf<Recording>>('GET', `/v2/recordings?roomId=${roomId}`)).data;
  await expect
    .poll(async () => (await recordings()).map(({ status }) => status), { timeout: 60_000 })
    .toEqual(['completed']);
  const { data: streams } = await runtime.api.call<PageOf<HlsStream>>('GET', `/v2/hls?roomId=${roomId}`);
  expect(streams.map(({ status }) => status)).toEqual(['stopped']);
  const linked = async (): Promise<unknown[]> => {
    const all = await n8n.executions(workflowId);
    const ended = await Promise.all(all.map(({ id }) => n8n.execution(id)));
    return ended
      .filter(({ nodes }) => nodes['Recording'] !== undefined)
      .flatMap((execution) => itemsOf(execution, 'Recording').map((item) => item['recordingId']));
  };
  await expect.poll(linked, { timeout: 60_000 }).toEqual((await recordings()).map(({ id }) => id));
});
