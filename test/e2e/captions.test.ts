import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import type { JoinLink } from '../../runtime/contract/index.ts';
import { openGuest } from '../support/guests/index.ts';
import { startRuntime } from '../support/runtime/index.ts';
import { launchSpeakingBrowser, linesOf, speak, wordErrorRate } from '../support/speech/index.ts';

const artefacts = fileURLToPath(new URL('../../artifacts/captions/', import.meta.url));
/** Until the one who speaks has come in. */
const LEAD_MS = 8_000;
const LINES = 4;

beforeAll(async () => {
  await mkdir(artefacts, { recursive: true });
});

const shoot = (page: Page, name: string): Promise<unknown> =>
  page.screenshot({ path: `${artefacts}${name}.png`, animations: 'disabled' });

/** In the colours of the day and of the night. */
async function shootBoth(page: Page, name: string): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  await shoot(page, `${name}-light`);
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot(page, `${name}-dark`);
}

/** What the page has written down once so many texts are final. */
async function transcriptOf(page: Page, texts: number): Promise<string> {
  await page.getByRole('tab', { name: 'Transcript' }).click();
  const turns = page.locator('.transcript-text');
  const words = async (): Promise<string> => (await turns.allTextContents()).join(' ');
  await expect
    .poll(async () => page.locator('.transcript-text span').count(), { timeout: 60_000 })
    .toBeGreaterThanOrEqual(texts);
  return words();
}

it('shows what a guest says to another guest and to those who watch', async () => {
  const lines = linesOf('slt', 0, LINES);
  const speech = await speak(lines, { leadMs: LEAD_MS });
  await using microphone = await launchSpeakingBrowser(speech);
  const { browser } = microphone;
  await using runtime = await startRuntime();
  const { roomId } = await runtime.api.createRoom();
  const linkFor = async (name: string): Promise<string> =>
    (await runtime.api.joinLink(roomId, { name, participantId: name.toLowerCase() })).url;

  await using fay = await openGuest(browser, {
    url: await linkFor('Fay'),
    name: 'Fay',
    media: 'none',
    viewport: { width: 1280, height: 800 },
  });
  await fay.join();
  await runtime.api.call('POST', '/v2/hls/start', {
    roomId,
    config: { quality: 'med', layout: { type: 'GRID' } },
  });
  await runtime.api.call('POST', '/ai/v1/realtime-transcriptions/start', { roomId });
  await fay.page.getByRole('button', { name: 'Hide captions' }).waitFor();
  await runtime.events.event('hls-playable');

  const watchLink = await runtime.api.call<JoinLink>('POST', `/v2/rooms/${roomId}/join-links`, {
    page: 'watch',
    participantId: 'gus',
  });
  const audience = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const watching = await audience.newPage();
  await watching.goto(watchLink.url);
  await watching.getByLabel('Your name').fill('Gus');
  await watching.getByRole('button', { name: 'Watch' }).click();
  await watching.waitForSelector('.player[data-player="playing"]', { timeout: 60_000 });

  await using emil = await openGuest(browser, { url: await linkFor('Emil'), name: 'Emil' });
  await emil.join();

  const growing = fay.page.locator('.caption-text[data-final="false"]').first();
  await growing.waitFor({ timeout: 60_000 });
  const joinedName = fay.page.locator('.caption-name').first();
  expect(await joinedName.textContent()).toBe('Emil');
  await fay.page.locator('.caption-text[data-final="true"]').first().waitFor({ timeout: 60_000 });
  const saidAt = Date.now();
  await shootBoth(fay.page, 'join-desktop');
  await watching.locator('.caption-text[data-final="true"]').first().waitFor({ timeout: 60_000 });
  const seenAt = Date.now();
  // The broadcast is seen later than it is said, and so are its captions.
  expect(seenAt - saidAt).toBeGreaterThan(0);
  await shootBoth(watching, 'watch-desktop');

  await fay.page.setViewportSize({ width: 390, height: 844 });
  await watching.setViewportSize({ width: 390, height: 844 });
  await fay.page.locator('.caption-text').first().waitFor({ timeout: 60_000 });
  await shootBoth(fay.page, 'join-phone');
  await watching.locator('.caption-text').first().waitFor({ timeout: 60_000 });
  await shootBoth(watching, 'watch-phone');
  await fay.page.setViewportSize({ width: 1280, height: 800 });
  await watching.setViewportSize({ width: 1280, height: 800 });

  await fay.page.getByRole('button', { name: /^Chat/ }).click();
  const truth = lines.map(({ text }) => text).join(' ');
  for (const page of [fay.page, watching]) {
    const said = await transcriptOf(page, LINES);
    // The recogniser errs, and less than this for these voices; the pages show all that it has heard.
    expect([said, wordErrorRate(truth, said) < 0.35]).toEqual([said, true]);
  }
  await shoot(fay.page, 'join-transcript');
  await shoot(watching, 'watch-transcript');

  await runtime.api.call('POST', '/ai/v1/realtime-transcriptions/end', { roomId });
  await fay.page.getByRole('button', { name: 'Hide captions' }).waitFor({ state: 'detached' });
  expect(fay.consoleErrors).toEqual([]);
  await audience.close();
});
