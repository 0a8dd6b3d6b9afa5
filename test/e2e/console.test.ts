import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Graph, GraphDocument, Transcription } from '../../runtime/contract/index.ts';
import { openConsole } from '../support/console/index.ts';
import { launchBrowser } from '../support/guests/index.ts';
import { startRtmpServer, type RtmpServer } from '../support/rtmp/index.ts';
import {
  completedRecording,
  encodeBeepAndFlash,
  encodeSpokenClip,
  publishAs,
  startRuntime,
  startRuntimeProcess,
  type EncodedClip,
  type InProcessRuntime,
  type MediaPublisher,
  type SignallingParticipant,
} from '../support/runtime/index.ts';
import { freePort, temporaryDirectory } from '../support/temporary/index.ts';

const MANY_STEPS = 200;
/** Two of three frames at 60 Hz: a change is seen at once, and the page answers meanwhile. */
const SMOOTH_MS = 50;
const sentences = ['he was not a man of many words', 'we will see the house in the morning'] as const;

let runtime: InProcessRuntime;
let browser: Browser;
let rtmp: RtmpServer;
let sent: { video: EncodedClip; audio: EncodedClip }[];

beforeAll(async () => {
  runtime = await startRuntime({ maxStepsPerRoom: MANY_STEPS + 20 });
  browser = await launchBrowser();
  rtmp = await startRtmpServer();
  sent = await Promise.all(
    sentences.map(async (sentence, index) => ({
      video: (await encodeBeepAndFlash(index + 1)).video,
      audio: await encodeSpokenClip(sentence),
    })),
  );
});

afterAll(async () => {
  await browser.close();
  await rtmp[Symbol.asyncDispose]();
  await runtime[Symbol.asyncDispose]();
});

type Stage = AsyncDisposable & {
  roomId: string;
  sessionId: string;
  /** Connects media anew, as the join page does by itself when a worker is lost. */
  comeBack(): Promise<void>;
};

/** A room in which Ada and Ben send camera and microphone, and Cleo listens. */
async function stage(customRoomId: string): Promise<Stage> {
  const { roomId } = await runtime.api.createRoom({ customRoomId });
  const join = (participantId: string, name: string): Promise<SignallingParticipant> =>
    runtime.join(roomId, { participantId, name });
  const senders = [await join('ada', 'Ada Okafor'), await join('ben', 'Ben Lindqvist')];
  const listener = await join('cleo', 'Cleo Marchetti');
  let media: MediaPublisher[] = [];
  const publish = async (): Promise<void> => {
    media = await Promise.all(
      senders.map((person, index) => {
        const { audio, video } = sent[index]!;
        return publishAs(person, { clips: [video, audio] });
      }),
    );
  };
  const unpublish = (): Promise<unknown> => Promise.all(media.map((each) => each.close()));
  await publish();
  return {
    roomId,
    sessionId: listener.sessionId,
    comeBack: async () => {
      await Promise.all(senders.map((person) => person.notified('media-restart')));
      await unpublish();
      await publish();
    },
    [Symbol.asyncDispose]: async () => {
      await unpublish();
      await Promise.all([...senders, listener].map((person) => person.drop()));
    },
  };
}

const everyGuest: GraphDocument = {
  version: 1,
  name: 'Every guest in a file',
  description: 'Records whoever joins, and stops when they leave',
  nodes: {
    joined: { on: 'participant-joined' },
    left: { on: 'participant-left' },
    tap: { do: 'tap', from: 'joined', with: { participantId: '$joined.participantId' } },
    file: { do: 'record', from: 'tap', until: 'left' },
  },
};

describe('signing in', () => {
  it('says what is wrong with a key that is not taken, and keeps none of it', async () => {
    const page = await browser.newPage();
    await page.goto(`${runtime.url}/console`);
    await page.getByLabel('Server key or token').fill('not-the-key');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page
      .getByRole('alert')
      .getByText(/neither the server key nor a token/)
      .waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    await page.close();
  });

  it('lets a token of a crawler in, and refuses one that is for joining only', async () => {
    const page = await browser.newPage();
    await page.goto(`${runtime.url}/console`);
    const field = page.getByLabel('Server key or token');
    await field.fill(await runtime.token({ roles: ['rtc'] }));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page
      .getByRole('alert')
      .getByText(/for joining rooms/)
      .waitFor();
    await field.fill(await runtime.token({ roles: ['crawler'] }));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Rooms', exact: true }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Rooms', exact: true }).waitFor();
    await page.close();
  });
});

it('is light or dark as the system is, or as one chooses, and keeps the choice', async () => {
  await using console = await openConsole(browser, runtime);
  const { page } = console;
  const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await ground();
  expect(dark).not.toBe(light);
  await page.getByTitle('Light').click();
  expect(await ground()).toBe(light);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByTitle('Dark').click();
  await page.reload();
  await page.getByRole('navigation', { name: 'Console' }).waitFor();
  expect(await ground()).toBe(dark);
  expect(console.complaints).toEqual([]);
});

it('shows a session as it goes, and starts, stops and recovers its steps before one’s eyes', async () => {
  await using onStage = await stage('product-launch');
  const { roomId, sessionId } = onStage;
  const graph = await runtime.api.call<Graph>('POST', '/v2/graphs', { document: everyGuest, roomId });
  await using console = await openConsole(browser, runtime);
  const { page } = console;

  await page.getByRole('link', { name: /product-launch/ }).waitFor();
  await console.shoot('rooms');
  await page.getByRole('link', { name: /product-launch.*3 people/ }).click();
  await console.card(/^Person: Ada Okafor, connected/).waitFor();
  await console
    .card(/^Track: Camera, .*, live/)
    .first()
    .waitFor();

  for (const body of [
    { step: 'record', with: { source: 'room', config: { quality: 'low' } } },
    { step: 'hls', with: { config: { quality: 'low' } } },
    { step: 'rtmp', with: { outputs: [{ url: rtmp.url, streamKey: 'k' }], config: { quality: 'low' } } },
  ]) {
    await runtime.api.startStep(roomId, body);
  }
  // By hand, as a person would.
  await page.getByRole('button', { name: 'Start a step' }).click();
  await page.getByRole('radio', { name: /Transcribe/ }).check();
  await console.shoot('start-step');
  await page.getByRole('dialog').getByRole('button', { name: 'Start', exact: true }).click();
  for (const type of ['record', 'hls', 'rtmp', 'transcribe']) {
    await console
      .card(new RegExp(`^Step: ${type}.*, running`))
      .first()
      .waitFor({ timeout: 60_000 });
  }
  await console.card(/^Asset: HLS stream/).waitFor();
  await console.card(/^Asset: Livestream/).waitFor();
  // Rates are measured while somebody looks.
  const measured = (): Promise<number> =>
    page
      .locator('.edge-figures')
      .filter({ hasText: /bit\/s/ })
      .count();
  await expect.poll(measured, { timeout: 30_000 }).toBeGreaterThanOrEqual(8);
  await runtime.events.event('transcription-text', ({ data }) => data.isFinal);
  await runtime.events.event('hls-playable');

  await console.card(/^Asset: HLS stream/).click();
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.5, undefined, {
    timeout: 60_000,
  });
  await console.shoot('session-hls');
  await console.card(/^Asset: Livestream/).click();
  await page.getByRole('complementary', { name: 'Details' }).getByText('live', { exact: true }).waitFor();
  await console.shoot('session-livestream');
  await console.card(/^Asset: Transcript/).click();
  await page.locator('.said li').first().waitFor();
  await console.shoot('session-transcript');

  // A worker that is killed: its steps say so, and come back.
  await console.card(/^Step: rtmp/).click();
  const retrying = console
    .card(/, retrying/)
    .first()
    .waitFor({ timeout: 10_000 });
  process.kill(runtime.served.runtime.pool.pidOf(sessionId)!, 'SIGKILL');
  await retrying;
  await console.shoot('worker-killed');
  await onStage.comeBack();
  await console.card(/^Step: rtmp.*, running/).waitFor({ timeout: 60_000 });
  await console
    .card(/^Step: record.*, running/)
    .first()
    .waitFor({ timeout: 60_000 });
  await expect.poll(() => console.card(/, retrying/).count(), { timeout: 60_000 }).toBe(0);
  await page
    .getByRole('list', { name: /Log of the step/ })
    .getByText(/running → retrying/)
    .waitFor();
  await expect.poll(measured, { timeout: 30_000 }).toBeGreaterThanOrEqual(15);
  await console.shoot('session');
  await page.setViewportSize({ width: 390, height: 844 });
  await console.shoot('session-phone');
  await page.setViewportSize({ width: 1440, height: 900 });

  // The button ends the step that is chosen.
  await page.getByRole('complementary', { name: 'Details' }).getByRole('button', { name: 'Stop' }).click();
  const stoppedAt = Date.now();
  await console.card(/^Step: rtmp.*, finished/).waitFor({ timeout: 15_000 });
  expect(await console.card(/^Step: rtmp/).getAttribute('data-tone')).toBe('done');
  const told = await runtime.events.event(
    'step-changed',
    ({ data }) => data.step === 'rtmp' && data.to === 'finished',
  );
  expect(Date.now() - Math.max(stoppedAt, Date.parse(told.at))).toBeLessThan(2_000);

  // By keys alone: to the picture, along it, and into what is known of a node.
  await page.keyboard.press('Escape');
  await page.locator('.picture [tabindex="0"]').first().focus();
  const first = await page.evaluate(() => document.activeElement?.getAttribute('data-node'));
  await page.keyboard.press('ArrowRight');
  const second = await page.evaluate(() => document.activeElement?.getAttribute('data-node'));
  expect([second === null, second === first]).toEqual([false, false]);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Close details' }).waitFor();

  await console.goTo('#/graphs');
  await page.getByRole('switch', { name: 'Every guest in a file enabled' }).waitFor();
  await console.shoot('graphs');
  await page.getByRole('link', { name: 'Every guest in a file' }).click();
  await console.card(/^Step: file.*, running/).waitFor();
  await console.shoot('graph');
  await page.getByRole('switch').uncheck();
  await expect
    .poll(async () => (await runtime.api.call<Graph>('GET', `/v2/graphs/${graph.graphId}`)).enabled)
    .toBe(false);

  await console.goTo('#/events');
  await page.getByLabel('Type of event').fill('step-changed');
  await page.locator('.event').first().waitFor();
  expect(await page.locator('.event:not([data-type="step-changed"])').count()).toBe(0);
  await page.locator('.event-line').nth(1).click();
  await console.shoot('events');

  await console.goTo('#/health');
  await page
    .getByRole('article', { name: /worker/ })
    .first()
    .waitFor();
  await console.shoot('health');
  expect(console.complaints).toEqual([]);
});

it('plays a recording, marks what is being said, and goes to a sentence that is pressed', async () => {
  await using onStage = await stage('weekly-review');
  const { roomId } = onStage;
  const recording = await runtime.api.startStep(roomId, {
    step: 'record',
    with: { source: 'room', config: { quality: 'low' }, transcription: { enabled: true } },
  });
  const recordingId = recording.recordingId!;
  await runtime.events.event('recording-started', ({ data }) => data.recordingId === recordingId);
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  await runtime.api.step(recording.stepId, 'stop');
  await completedRecording(runtime, recordingId, 'meeting');
  await runtime.events.event('transcription-completed', ({ data }) => data.recordingId === recordingId);

  await using console = await openConsole(browser, runtime);
  const { page } = console;
  await console.goTo('#/recordings');
  await page.getByRole('row').nth(1).waitFor();
  await console.shoot('recordings');
  await console.goTo(`#/recordings/${recordingId}`);
  const sentence = page.locator('.sentences li').nth(1);
  await sentence.getByRole('button').click({ timeout: 30_000 });
  await page.waitForFunction(() => {
    const video = document.querySelector('video');
    return video !== null && !video.paused && video.currentTime > 1;
  });
  await page.locator('.sentences [aria-current="true"]').first().waitFor();
  await console.shoot('recording');
  const list = await runtime.api.call<{ transcriptions: Transcription[] }>(
    'GET',
    `/ai/v1/post-transcriptions?recordingId=${recordingId}`,
  );
  expect(await page.locator('.sentences li').count()).toBe(list.transcriptions[0]!.segments);
  expect(console.complaints).toEqual([]);
});

it('stays smooth with 200 steps in a session', async () => {
  await using onStage = await stage('large-room');
  const { roomId, sessionId } = onStage;
  for (let count = 0; count < MANY_STEPS; count++) {
    await runtime.api.startStep(roomId, {
      step: 'tap',
      with: {
        participantId: ['ada', 'ben', 'cleo'][count % 3],
        kinds: [count % 2 === 0 ? 'audio' : 'video'],
      },
    });
  }
  await using console = await openConsole(browser, runtime);
  const { page } = console;
  await console.goTo(`#/sessions/${sessionId}`);
  await console
    .card(/^Step: \d+ × tap, running/)
    .first()
    .waitFor();
  await console.shoot('many-folded');
  await page.getByRole('checkbox', { name: 'Fold what is alike' }).uncheck();
  await expect.poll(() => page.locator('[data-node^="step:"]').count()).toBe(MANY_STEPS);
  await console.shoot('many');
  await page.evaluate(() => performance.clearMeasures('roomflow-picture'));
  const durations = async (): Promise<number[]> =>
    page.evaluate(() => performance.getEntriesByName('roomflow-picture').map(({ duration }) => duration));
  await expect.poll(async () => (await durations()).length, { timeout: 60_000 }).toBeGreaterThanOrEqual(12);
  const sorted = (await durations()).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)]!;
  globalThis.console.log(
    `a picture of ${MANY_STEPS} steps is drawn anew in ${median.toFixed(1)} ms (median)`,
  );
  expect(median).toBeLessThan(SMOOTH_MS);
  expect(console.complaints).toEqual([]);
});

it('says that the runtime is away, and goes on when it is back', async () => {
  await using directory = await temporaryDirectory('roomflow-console-');
  const port = await freePort();
  const first = await startRuntimeProcess(directory.entry('data'), { port });
  const { roomId } = await first.api.createRoom({ customRoomId: 'before' });
  await using console = await openConsole(browser, first);
  const { page } = console;
  await page.getByText('before').waitFor();
  first.process.signal('SIGKILL');
  await page
    .getByRole('alert')
    .getByText(/Roomflow is away/)
    .waitFor();
  await console.shoot('away');
  await first[Symbol.asyncDispose]();
  await using second = await startRuntimeProcess(directory.entry('data'), { port });
  await second.api.createRoom({ customRoomId: 'afterwards' });
  await page.getByText('afterwards').waitFor({ timeout: 30_000 });
  await expect.poll(() => page.getByText(/Roomflow is away/).count()).toBe(0);
  expect(roomId).not.toBe('');
});
