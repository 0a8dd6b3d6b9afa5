import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdir, readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { selectors, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Page as PageOf, Recording, Room } from '../../runtime/contract/index.ts';
import { launchBrowser, openGuest, type Guest } from '../support/guests/index.ts';
import {
  startN8n,
  type CredentialReference,
  type N8nHost,
  type WorkflowDocument,
} from '../support/n8n-host/index.ts';
import { startRuntime, type InProcessRuntime } from '../support/runtime/index.ts';

const artefacts = fileURLToPath(new URL('../../artifacts/nodes/', import.meta.url));
const packageDirectory = fileURLToPath(new URL('../..', import.meta.url));

type NodeSpec = { name: string; type: string; parameters?: object; credential?: CredentialReference };

const byId = (value: string): object => ({ __rl: true, mode: 'id', value });
const fromList: object = { __rl: true, mode: 'list', value: '' };
const start: NodeSpec = { name: 'Start', type: 'n8n-nodes-base.manualTrigger' };

let n8n: N8nHost;
let runtime: InProcessRuntime;
let browser: Browser;
let credential: CredentialReference;
let context: BrowserContext;
let page: Page;

const credentialOf = (name: string, baseUrl: string, apiKey: string): Promise<CredentialReference> =>
  n8n.createCredential({ name, type: 'roomflowApi', data: { baseUrl, apiKey } });

/** A workflow whose nodes are all fed by its first one. */
function fan(name: string, first: NodeSpec, others: NodeSpec[] = []): WorkflowDocument {
  return {
    name,
    settings: { executionOrder: 'v1' },
    connections: {
      [first.name]: { main: [others.map((node) => ({ node: node.name, type: 'main', index: 0 }))] },
    },
    nodes: [first, ...others].map((node, index) => ({
      id: `node-${index}`,
      name: node.name,
      type: node.type.includes('.') ? node.type : `n8n-nodes-roomflow.${node.type}`,
      typeVersion: 1,
      position: [index === 0 ? 0 : 240, index * 160],
      parameters: { ...node.parameters },
      ...(node.type.includes('.') ? {} : { credentials: { roomflowApi: node.credential ?? credential } }),
    })),
  };
}

/** Saves the workflow and opens it in the editor. */
async function open(document: WorkflowDocument): Promise<string> {
  const { id } = await n8n.importWorkflow(document);
  await page.goto(`${n8n.url}/workflow/${id}`);
  await page
    .getByTestId('canvas-node')
    .nth(document.nodes.length - 1)
    .waitFor();
  return id;
}

const canvasNode = (name: string): Locator =>
  page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
const panel = (): Locator => page.getByTestId('ndv');
const output = (): Locator => page.getByTestId('output-panel');
const executeButton = (): Locator => page.getByTestId('node-execute-button').last();

async function openNode(name: string): Promise<void> {
  await canvasNode(name).dblclick();
  await panel().waitFor();
}

async function closeNode(): Promise<void> {
  await page.keyboard.press('Escape');
  await panel().waitFor({ state: 'hidden' });
}

const shoot = (name: string): Promise<Buffer> => page.screenshot({ path: `${artefacts}${name}.png` });

/** Somebody with a camera and a microphone at the join page of a new room. */
async function arrive(name: string, customRoomId: string): Promise<{ guest: Guest; room: Room }> {
  const room = await runtime.api.createRoom({ customRoomId });
  const { url } = await runtime.api.joinLink(room.roomId, { name });
  return { guest: await openGuest(browser, { url, name }), room };
}

/** Clicks the button of the open trigger; resolves when it has taken its place in the runtime's event log. */
async function listen(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const onFinish = (message: unknown): void => {
    const { request } = message as { request: IncomingMessage };
    if (request.url?.startsWith('/v2/events?') === true) {
      resolve(undefined);
    }
  };
  subscribe('http.server.response.finish', onFinish);
  await executeButton().click();
  await promise;
  unsubscribe('http.server.response.finish', onFinish);
  await expect.poll(() => executeButton().innerText()).toBe('Stop Listening');
}

beforeAll(async () => {
  selectors.setTestIdAttribute('data-test-id');
  await mkdir(artefacts, { recursive: true });
  runtime = await startRuntime();
  n8n = await startN8n({ packageDirectory });
  browser = await launchBrowser();
  credential = await credentialOf('Roomflow', runtime.url, runtime.serverKey);
});

afterAll(async () => {
  await browser.close();
  await n8n.stop();
  await runtime[Symbol.asyncDispose]();
});

beforeEach(async () => {
  context = await browser.newContext({
    storageState: n8n.browserState,
    viewport: { width: 1400, height: 900 },
  });
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
});

afterEach(async () => {
  await context.close();
});

describe('a trigger that is tried out', () => {
  it('listens until it is stopped, and shows the guest who comes once it listens again', async () => {
    const { guest, room } = await arrive('Ada', 'tried-out');
    await open(fan('Joined', { name: 'Participant Joined', type: 'participantJoinedTrigger' }));
    await openNode('Participant Joined');
    await listen();
    await shoot('1-listening');
    await executeButton().click();
    await page.getByText('Execution stopped').waitFor();
    expect(await executeButton().innerText()).toBe('Execute step');
    await using unheard = await runtime.join(room.roomId, { name: 'Unheard' });

    await listen();
    await guest.join();
    await output().getByText('1 item').waitFor();
    await output().getByRole('radio', { name: 'JSON' }).click();
    await expect.poll(() => output().innerText()).toMatch(/"participantName":\s*"Ada"/);
    await shoot('2-joined');
    await unheard.leave();
    await guest.close();
  });

  it('shows the event that was waited for', async () => {
    const { guest, room } = await arrive('Bea', 'any-event');
    await guest.join();
    const parameters = { events: ['participant-left', 'message-sent'], room: byId(room.roomId) };
    await open(fan('Event', { name: 'Meeting Event', type: 'meetingEventTrigger', parameters }));
    await openNode('Meeting Event');
    await listen();
    await guest.leave();
    await output().getByText('1 item').waitFor();
    await output().getByRole('radio', { name: 'JSON' }).click();
    await expect.poll(() => output().innerText()).toMatch(/"event":\s*"participant-left"/);
    await guest.close();
  });
});

it('records a guest picked from the lists of who is there, and hands the file on when the guest has left', async () => {
  const { guest } = await arrive('Cleo', 'interviews');
  await guest.join();
  const parameters = { operation: 'startAndWait', room: fromList, participant: fromList, download: true };
  const id = await open(fan('Download', start, [{ name: 'Record', type: 'record', parameters }]));
  await openNode('Record');
  const pick = async (field: string, entry: string): Promise<void> => {
    await page.getByTestId(`resource-locator-${field}`).getByTestId('rlc-input').click();
    await page.getByTestId('rlc-item').filter({ hasText: entry }).click();
  };
  await pick('room', 'interviews (1 person in it)');
  await pick('participant', 'Cleo');
  await closeNode();
  await page.getByTestId('execute-workflow-button').click();
  await n8n.waitForExecutions(id, { atLeast: 1, timeoutMs: 30_000, until: 'waiting' });
  await runtime.events.event('participant-recording-started');
  await shoot('3-recording');
  await guest.leave();
  await n8n.waitForExecutions(id, { atLeast: 1, timeoutMs: 30_000 });

  await openNode('Record');
  await output().getByRole('radio', { name: 'Binary' }).click();
  const { data } = await runtime.api.call<PageOf<Recording>>('GET', '/v2/recordings/participant');
  const file = data.find(({ participantName }) => participantName === 'Cleo')?.files[0];
  expect(file?.meta).toMatchObject({ format: 'webm', videoCodec: 'vp8', audioCodec: 'opus' });
  await expect.poll(() => output().innerText()).toMatch(/Mime Type:?\s*video\/webm/i);
  await shoot('4-file');
  const downloading = page.waitForEvent('download');
  await output().getByTestId('ndv-download-binary-data').click();
  const download = await downloading;
  const path = file?.filePath ?? '';
  expect(download.suggestedFilename()).toBe(basename(path));
  expect((await readFile(await download.path())).equals(await readFile(path))).toBe(true);
  await guest.close();
});

it('says on the canvas in words what each node does', async () => {
  const nodes: NodeSpec[] = [
    { name: 'Record', type: 'record' },
    { name: 'Screen', type: 'record', parameters: { operation: 'start', what: 'track:screen_video' } },
    { name: 'Tap', type: 'trackTap' },
    { name: 'Pictures', type: 'trackTap', parameters: { mode: 'frames', pictureOf: 'screen_video' } },
    { name: 'Minutes', type: 'transcribe', parameters: { resource: 'post', operation: 'startAndWait' } },
    { name: 'Speak', type: 'play' },
    { name: 'Waiting', type: 'meeting', parameters: { resource: 'participant', operation: 'getWaiting' } },
  ];
  await open(fan('Words', { name: 'Joined', type: 'participantJoinedTrigger' }, nodes));
  await expect.poll(() => canvasNode('Joined').innerText()).toContain('every room');
  for (const [name, words] of Object.entries({
    Record: 'record and wait',
    Screen: 'start: screen',
    Tap: 'start: microphone, camera',
    Pictures: 'start: pictures of screen',
    Minutes: 'transcribe and wait: recording',
    Speak: 'speak text',
    Waiting: 'get waiting: participant',
  })) {
    expect(await canvasNode(name).innerText()).toContain(words);
  }
});

it('says in the editor what happened and what to do about it', async () => {
  const room = await runtime.api.createRoom({ customRoomId: 'troubled' });
  await using guest = await runtime.join(room.roomId, { name: 'Dan', participantId: 'dan' });
  const camera = {
    ...{ operation: 'start', room: byId(room.roomId), participant: byId('dan') },
    ...{ what: 'track:video', options: { waitForMedia: 0 } },
  };
  const nowhere = await credentialOf('Nowhere', 'http://127.0.0.1:9', runtime.serverKey);
  const cases = [
    {
      node: { name: 'Nobody there', type: 'createRoom', credential: nowhere },
      says: 'The Roomflow runtime cannot be reached at http://127.0.0.1:9',
      andToDo: 'Start it with “roomflow serve”',
    },
    {
      node: { name: 'No camera', type: 'record', parameters: camera },
      says: 'The participant does not publish this track',
      andToDo: 'Ask the guest to turn on the microphone or camera',
    },
  ];
  for (const { node, says, andToDo } of cases) {
    await open(fan(node.name, start, [node]));
    await openNode(node.name);
    await executeButton().click();
    await output().getByText(says, { exact: true }).waitFor();
    expect(await output().innerText()).toContain(andToDo);
    await shoot(`5-${node.name.toLowerCase().replace(' ', '-')}`);
  }
  await guest.leave();
});

it('shows what RTMP Out, HLS and a recording of everybody ask for, and nothing that does not belong there', async () => {
  const shown: { node: NodeSpec; asks: string[]; not: string[] }[] = [
    {
      node: { name: 'RTMP Out', type: 'rtmpOut', parameters: { platforms: ['youtube'] } },
      asks: ['Platforms', 'Destinations', 'Layout', 'Picture'],
      not: ['Participant', 'Destination ID'],
    },
    {
      node: { name: 'HLS', type: 'hls', parameters: { operation: 'start' } },
      asks: ['Layout', 'Picture', 'Options'],
      not: ['Participant', 'Download File'],
    },
    {
      node: { name: 'Record', type: 'record', parameters: { operation: 'start', what: 'room' } },
      asks: ['What to Record', 'Layout', 'Picture'],
      not: ['Participant', 'Track Tap'],
    },
    {
      node: {
        name: 'Poll',
        type: 'meeting',
        parameters: {
          resource: 'poll',
          operation: 'create',
          question: 'Tea or coffee?',
          answers: 'Tea\nCoffee',
        },
      },
      asks: ['Question', 'Answers', 'Options'],
      not: ['Poll ID'],
    },
  ];
  for (const { node, asks, not } of shown) {
    await open(fan(node.name, start, [node]));
    await openNode(node.name);
    const labels = panel().locator('label');
    for (const label of asks) {
      await labels.filter({ hasText: label }).first().waitFor();
    }
    const all = await labels.allInnerTexts();
    expect(all.filter((text) => not.includes(text.trim()))).toEqual([]);
    await shoot(`6-${node.name.toLowerCase().replace(' ', '-')}`);
    await closeNode();
  }
});

it('shows what nodes and triggers of speech ask for, with what to expect of each engine', async () => {
  const event = (events: string[]): NodeSpec => ({
    name: `Event ${events.join()}`,
    type: 'meetingEventTrigger',
    parameters: { events },
  });
  const shown: { node: NodeSpec; asks: string[]; not: string[] }[] = [
    {
      node: { name: 'Transcribe', type: 'transcribe' },
      asks: ['Resource', 'Room', 'Engine', 'Summary', 'Options'],
      not: ['Recording ID', 'Files', 'Summary Prompt'],
    },
    {
      node: {
        name: 'Transcribe and Wait',
        type: 'transcribe',
        parameters: { resource: 'post', operation: 'startAndWait', summary: true, files: ['srt', 'vtt'] },
      },
      asks: ['Recording ID', 'Engine', 'Summary Prompt', 'Include Segments', 'Files'],
      not: ['Room', 'Transcription'],
    },
    {
      node: { name: 'Play', type: 'play' },
      asks: ['Room', 'Text', 'Voice', 'Wait Until Finished', 'Options'],
      not: ['URL', 'Input Binary Field', 'Participant ID'],
    },
    {
      node: { name: 'Tap Utterances', type: 'trackTap', parameters: { mode: 'utterances' } },
      asks: ['What to Do', 'Participant', 'Options'],
      not: ['Tracks', 'Destinations', 'Picture Of'],
    },
    {
      node: { name: 'Tap Pictures', type: 'trackTap', parameters: { mode: 'frames' } },
      asks: ['Picture Of', 'Every (Seconds)', 'On Scene Change'],
      not: ['Tracks', 'Destinations'],
    },
    {
      node: { name: 'Tap RTP', type: 'trackTap', parameters: { mode: 'rtp' } },
      asks: ['Destinations'],
      not: ['Tracks', 'Picture Of'],
    },
    {
      node: { name: 'Said', type: 'transcriptTrigger' },
      asks: ['Room', 'Final Results Only', 'Speech Filters'],
      not: ['Events', 'Download File'],
    },
    { node: event(['transcription-text']), asks: ['Events', 'Final Results Only'], not: ['Download File'] },
    {
      node: event(['tap-audio', 'tap-frame']),
      asks: ['Events', 'Download File', 'Put Output File in Field'],
      not: ['Final Results Only', 'Speech Filters'],
    },
    { node: event(['participant-joined']), asks: ['Events'], not: ['Final Results Only', 'Download File'] },
  ];
  for (const { node, asks, not } of shown) {
    const isTrigger = node.type.endsWith('Trigger');
    await open(isTrigger ? fan(node.name, node) : fan(node.name, start, [node]));
    await openNode(node.name);
    const labels = panel().locator('label');
    for (const label of asks) {
      await labels.filter({ hasText: label }).first().waitFor();
    }
    const all = await labels.allInnerTexts();
    expect([node.name, all.filter((text) => not.includes(text.trim()))]).toEqual([node.name, []]);
    if (node.name === 'Transcribe') {
      await page.getByTestId('resource-locator-engine').getByTestId('rlc-input').click();
      await page
        .getByTestId('rlc-item')
        .filter({ hasText: 'pocketsphinx' })
        .filter({ hasText: /modest/i })
        .waitFor();
      await shoot('8-transcribe-engines');
      await page.keyboard.press('Escape');
    }
    await shoot(`8-${node.name.toLowerCase().replaceAll(/\W+/g, '-')}`);
    await page.goto(n8n.url);
  }
});

it('shows what Run Graph asks for in a room and for a stored graph, and finds all nodes by the name of the package', async () => {
  const graph = (name: string, parameters: object): NodeSpec => ({ name, type: 'runGraph', parameters });
  const shown = [
    {
      node: graph('Run', { operation: 'run', wait: true }),
      asks: ['Document', 'Graph', 'Room', 'Wait Until It Has Ended', 'Options'],
      not: ['Delete', 'End What Runs', 'Field', 'Limit'],
    },
    {
      node: graph('Stop', { operation: 'stop' }),
      asks: ['Graph', 'End What Runs', 'Delete'],
      not: ['Document', 'Room', 'Options'],
    },
  ];
  for (const { node, asks, not } of shown) {
    await open(fan(node.name, start, [node]));
    await openNode(node.name);
    const labels = panel().locator('label');
    for (const label of asks) {
      await labels.filter({ hasText: label }).first().waitFor();
    }
    const all = await labels.allInnerTexts();
    expect([node.name, all.filter((text) => not.includes(text.trim()))]).toEqual([node.name, []]);
    await shoot(`9-${node.name.toLowerCase()}-graph`);
  }
  // All of them are in sight at a time.
  await page.setViewportSize({ width: 1400, height: 1250 });
  await page.goto(`${n8n.url}/workflow/new`);
  await page.getByTestId('canvas-plus-button').click();
  await page.getByTestId('node-creator-search-bar').fill('roomflow');
  const found = page.getByTestId('item-iterator-item');
  await found.filter({ hasText: 'Run Graph' }).waitFor();
  // The list grows by and by.
  await expect.poll(() => found.count(), { timeout: 15_000 }).toBe(12);
  await shoot('9-search');
});

it.each([
  'go-live-on-youtube',
  'webinar',
  'room-recording-layout-change',
  'live-captions-and-transcript',
  'meeting-minutes',
  'voice-agent',
  'look-at-the-screen-share',
  'run-a-meeting-as-one-graph',
])('opens the template %s with every node in its section', async (name) => {
  const text = await readFile(new URL(`../../workflows/${name}.json`, import.meta.url), 'utf8');
  const template = JSON.parse(text) as WorkflowDocument & { id: string };
  const { id } = await n8n.importWorkflow(template, template.id);
  await page.goto(`${n8n.url}/workflow/${id}`);
  for (const node of template.nodes.filter(({ type }) => !type.endsWith('stickyNote'))) {
    await canvasNode(node.name).waitFor();
  }
  await shoot(`7-${name}`);
  const notes = template.nodes.filter(({ type }) => type.endsWith('stickyNote'));
  for (const { name: title, position, type } of template.nodes) {
    const holders = notes.filter(({ position: [x, y], parameters }) => {
      const { width, height } = parameters as { width: number; height: number };
      return (
        position[0] >= x &&
        position[0] + 96 <= x + width &&
        position[1] >= y &&
        position[1] + 96 <= y + height
      );
    });
    expect([title, type.endsWith('stickyNote') || holders.length === 1]).toEqual([title, true]);
  }
});
