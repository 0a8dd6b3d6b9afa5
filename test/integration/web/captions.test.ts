import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { launchBrowser } from '../../support/guests/index.ts';
import {
  RoomDouble,
  servePages,
  startLiveStream,
  type LiveStream,
  type ServedPages,
} from './room-double/index.ts';

const artefacts = fileURLToPath(new URL('../../../artifacts/captions/', import.meta.url));
const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};
const desktop: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };

let browser: Browser;
let served: ServedPages;
let stream: LiveStream;
let room: RoomDouble;
let page: Page;
let scriptErrors: string[];

beforeAll(async () => {
  await mkdir(artefacts, { recursive: true });
  [browser, served] = await Promise.all([launchBrowser(), servePages()]);
  stream = await startLiveStream(path.join(served.hlsFolder, 'live'));
});

afterAll(async () => {
  await browser.close();
  await stream.end();
  await served[Symbol.asyncDispose]();
});

beforeEach(() => {
  room = new RoomDouble(served.server);
  scriptErrors = [];
});

afterEach(async () => {
  await page.context().close();
  await room.end();
  expect(room.violations).toEqual([]);
  expect(scriptErrors).toEqual([]);
});

async function open(address: string, options: BrowserContextOptions): Promise<void> {
  const context = await browser.newContext({ colorScheme: 'light', ...options });
  page = await context.newPage();
  page.on('pageerror', (error) => scriptErrors.push(error.stack ?? error.message));
  await page.goto(`${served.origin}${address}?token=t.t.t&name=Mina`);
}

async function join(options: BrowserContextOptions = desktop): Promise<void> {
  await open('/join/test-room', options);
  await button(/^Join/).click();
  await page.waitForSelector('#app[data-state="joined"]');
}

async function watch(options: BrowserContextOptions = desktop): Promise<void> {
  const livestreamUrl = `${served.origin}/hls/live/live.m3u8`;
  room.audience.state.hls = { playbackHlsUrl: livestreamUrl, livestreamUrl, playable: true };
  await open('/watch/test-room', options);
  await button('Watch').click();
  await page.waitForSelector('.player[data-player="playing"]');
}

const button = (name: RegExp | string) => page.getByRole('button', { name });
const shoot = (name: string) =>
  page.screenshot({ path: path.join(artefacts, `${name}.png`), animations: 'disabled' });
const text = (segmentId: string) => page.locator(`.caption-text[data-segment-id="${segmentId}"]`);
const spoken = () => page.getByRole('log', { name: 'Captions' });

/** The least contrast (WCAG 2.2, 1.4.3) that an element's text can have, whatever picture is behind its ground. */
const leastContrast = (selector: string): Promise<number> =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => {
      const channels = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).map(Number);
      const luminance = ([red = 0, green = 0, blue = 0]: number[]): number => {
        const [r = 0, g = 0, b = 0] = [red, green, blue].map((value) => {
          const part = value / 255;
          return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const ink = luminance(channels(getComputedStyle(element).color));
      const ground = element.closest('.caption-speaker')!;
      const [red = 0, green = 0, blue = 0, alpha = 1] = channels(getComputedStyle(ground).backgroundColor);
      return Math.min(
        ...[0, 255].map((behind) => {
          const seen = luminance([red, green, blue].map((value) => value * alpha + behind * (1 - alpha)));
          return (Math.max(ink, seen) + 0.05) / (Math.min(ink, seen) + 0.05);
        }),
      );
    });

describe('captions of a meeting', () => {
  it('can be had while what is said is written down, and one is told so', async () => {
    await join();
    expect(await button(/captions/).count()).toBe(0);
    room.transcribe(true);
    await button('Hide captions').waitFor();
    await page.getByText('Transcribing', { exact: true }).waitFor();
    await page.getByText('This meeting is being transcribed').waitFor();
    room.transcribe(false);
    await button('Hide captions').waitFor({ state: 'detached' });
    await page.getByText('Transcription has stopped').waitFor();
  });

  it('show the speaker’s name and a text that grows in its place until it is final, and then goes', async () => {
    await join();
    room.transcribe(true);
    const said = { segmentId: 's1', participantName: 'Bruno' };
    room.caption({ ...said, text: 'good mourning', isFinal: false });
    await text('s1').getByText('good mourning').waitFor();
    expect(await text('s1').getAttribute('data-final')).toBe('false');
    expect(await spoken().textContent()).toBe('');
    room.caption({ ...said, text: 'Good morning everybody.' });
    await text('s1').getByText('Good morning everybody.').waitFor();
    expect(await page.locator('.caption-text').count()).toBe(1);
    expect(await page.locator('.caption-name').textContent()).toBe('Bruno');
    expect(await spoken().textContent()).toBe('Bruno: Good morning everybody.');
    await text('s1').waitFor({ state: 'detached', timeout: 10_000 });
  });

  it('keep two who speak at once apart, in three lines at most, readable on any picture', async () => {
    await join();
    room.transcribe(true);
    await room.addPerson({ participantId: 'bruno', name: 'Bruno Keller', camera: true });
    await room.addPerson({ participantId: 'chidi', name: 'Chidi Okafor' });
    await page.waitForSelector('[data-participant-id="bruno"] video[data-showing="true"]');
    const long = 'and then we looked at the figures of last year once more because they did not fit. '.repeat(
      5,
    );
    room.caption({ segmentId: 's1', participantName: 'Bruno Keller', text: long });
    room.caption({
      segmentId: 's2',
      participantName: 'Chidi Okafor',
      text: 'wait which of the figures do you mean',
      isFinal: false,
    });
    await text('s2').waitFor();
    expect(await page.locator('.caption-name').allTextContents()).toEqual(['Bruno Keller', 'Chidi Okafor']);
    const lines = await page
      .locator('.caption-texts')
      .evaluateAll((all) =>
        all.map((element) =>
          Math.round(element.clientHeight / parseFloat(getComputedStyle(element).lineHeight)),
        ),
      );
    expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(3);
    for (const selector of ['.caption-name', '[data-final="true"]', '[data-final="false"]']) {
      expect([selector, (await leastContrast(selector)) >= 4.5]).toEqual([selector, true]);
    }
    await shoot('join-double-desktop-light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await shoot('join-double-desktop-dark');
    const size = () =>
      page
        .locator('.caption-text')
        .first()
        .evaluate((one) => parseFloat(getComputedStyle(one).fontSize));
    const wide = await size();
    await page.setViewportSize({ width: 700, height: 500 });
    expect(await size()).toBeLessThan(wide);
  });

  it('fit on a phone', async () => {
    await join(phone);
    room.transcribe(true);
    await room.addPerson({ participantId: 'bruno', name: 'Bruno Keller', camera: true });
    await page.waitForSelector('[data-participant-id="bruno"] video[data-showing="true"]');
    room.caption({
      segmentId: 's1',
      participantName: 'Bruno Keller',
      text: 'We looked at the figures of last year once more, because they did not fit.',
    });
    await text('s1').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await shoot('join-double-phone');
  });

  it('are switched by C and the button, not while writing, and the choice is remembered', async () => {
    await join();
    room.transcribe(true);
    await button('Hide captions').waitFor();
    await page.keyboard.press('c');
    await button('Show captions').waitFor();
    room.caption({ segmentId: 's1', participantName: 'Bruno', text: 'not to be seen' });
    await button(/^Chat/).click();
    await page.getByLabel('Message', { exact: true }).fill('');
    await page.keyboard.type('cc');
    expect(await button('Show captions').count()).toBe(1);
    expect(await page.locator('.caption-text').count()).toBe(0);
    await page.reload();
    await button(/^Join/).click();
    await button('Show captions').click();
    room.caption({ segmentId: 's2', participantName: 'Bruno', text: 'to be seen' });
    await text('s2').waitFor();
  });

  it('are kept in a transcript beside the chat, which can be copied', async () => {
    await join({ ...desktop, permissions: ['clipboard-read', 'clipboard-write'] });
    room.transcribe(true);
    await button(/^Chat/).click();
    await page.getByLabel('Message', { exact: true }).fill('half a message');
    room.caption({ segmentId: 's1', participantName: 'Bruno', text: 'Good morning.' });
    room.caption({
      segmentId: 's2',
      participantName: 'Bruno',
      text: 'Shall we begin?',
      startMs: 2000,
      endMs: 3000,
    });
    room.caption({ segmentId: 's3', participantName: 'Chidi', text: 'Yes.', startMs: 4000, endMs: 4400 });
    expect(await page.getByLabel('Message', { exact: true }).inputValue()).toBe('half a message');
    await page.getByRole('tab', { name: 'Transcript' }).click();
    const transcript = page.getByRole('list', { name: 'Transcript' });
    await transcript.getByText('Good morning. Shall we begin?').waitFor();
    await shoot('transcript');
    await button('Copy transcript').click();
    await button('Copied').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied.trim().split('\n')).toEqual([
      expect.stringMatching(/ Bruno: Good morning\. Shall we begin\?$/),
      expect.stringMatching(/ Chidi: Yes\.$/),
    ]);
  });
});

describe('captions of a broadcast', () => {
  it('are seen when the picture has come to where they were said', async () => {
    await watch();
    room.transcribe(true);
    await button('Hide captions').waitFor();
    const saidAt = Date.now();
    for (const [segmentId, afterMs] of [
      ['long-ago', -60_000],
      ['now', 0],
      ['later', 4000],
    ] as const) {
      room.caption({ segmentId, participantName: 'Dora', text: segmentId, timestamp: saidAt + afterMs });
    }
    await text('long-ago').waitFor();
    expect(await text('now').count()).toBe(0);
    await text('now').waitFor({ timeout: 20_000 });
    const seenAt = Date.now();
    await text('later').waitFor({ timeout: 20_000 });
    expect(Math.abs(Date.now() - seenAt - 4000)).toBeLessThan(1500);
  });

  it.each([
    ['desktop', desktop],
    ['phone', phone],
  ] as const)('stand over the picture and above its controls on a %s', async (name, options) => {
    await watch(options);
    room.transcribe(true);
    const timestamp = Date.now() - 60_000;
    room.caption({
      segmentId: 's1',
      participantName: 'Dora Vidal',
      text: 'Welcome to the broadcast.',
      timestamp,
    });
    room.caption({
      segmentId: 's2',
      participantName: 'Bruno',
      text: 'hello everybody',
      isFinal: false,
      timestamp,
    });
    await text('s2').waitFor();
    await page.locator('.player').hover();
    const [captions, controls] = await Promise.all([
      page.locator('.captions').boundingBox(),
      page.locator('.controls-row').boundingBox(),
    ]);
    expect(captions!.y + captions!.height).toBeLessThanOrEqual(controls!.y + 1);
    await shoot(`watch-double-${name}`);
    await page.getByRole('tab', { name: 'Transcript' }).click();
    await page.getByRole('list', { name: 'Transcript' }).getByText('Welcome to the broadcast.').waitFor();
  });

  it('are switched by C', async () => {
    await watch();
    room.transcribe(true);
    await button('Hide captions').waitFor();
    await page.keyboard.press('c');
    await button('Show captions').waitFor();
  });
});
