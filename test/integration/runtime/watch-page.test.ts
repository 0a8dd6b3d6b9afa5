import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JoinLink, Page as PageOf, Poll } from '../../../runtime/contract/index.ts';
import { launchBrowser } from '../../support/guests/index.ts';
import {
  encodeAudioClip,
  encodeVideoClip,
  publishAs,
  startRuntime,
  type EncodedClip,
  type InProcessRuntime,
} from '../../support/runtime/index.ts';

const artefacts = fileURLToPath(new URL('../../../artifacts/watch/', import.meta.url));

let browser: Browser;
let runtime: InProcessRuntime;
let clips: EncodedClip[];

beforeAll(async () => {
  await mkdir(artefacts, { recursive: true });
  clips = [await encodeVideoClip('vp8', { seconds: 5 }), await encodeAudioClip(5)];
  [runtime, browser] = await Promise.all([startRuntime(), launchBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await runtime[Symbol.asyncDispose]();
});

/** What a page of the runtime says when its own policy forbids it something, or a script of it fails. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) {
      complaints.push(message.text());
    }
  });
  return complaints;
}

it('shows a viewer the broadcast, takes the vote, brings the viewer on stage and back, and ends with a replay', async () => {
  const { roomId } = await runtime.api.createRoom();
  const host = await runtime.join(roomId, {
    participantId: 'host',
    name: 'Dora Vidal',
    permissions: ['allow_join', 'allow_mod'],
  });
  await using publisher = await publishAs(host, { clips });
  await publisher.sentMore(5);
  const { url } = await runtime.api.call<JoinLink>('POST', `/v2/rooms/${roomId}/join-links`, {
    page: 'watch',
    participantId: 'mina',
    name: 'Mina',
  });

  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    permissions: ['camera', 'microphone'],
  });
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  const shoot = (name: string) => page.screenshot({ path: path.join(artefacts, `real-${name}.png`) });
  const button = (name: RegExp | string) => page.getByRole('button', { name });
  const playing = () => page.waitForSelector('.player[data-player="playing"]', { timeout: 30_000 });
  const seconds = () => page.evaluate(() => document.querySelector('video')?.currentTime ?? 0);

  await page.goto(url);
  await button('Watch').click();
  await page.waitForSelector('#app[data-state="joined"][data-scene="soon"]');
  await host.notified('viewers-changed', ({ viewers }) => viewers === 1);
  const config = { quality: 'low' };
  await runtime.api.call('POST', '/v2/hls/start', { roomId, config });
  await playing();
  const began = await seconds();
  await expect.poll(seconds, { timeout: 20_000 }).toBeGreaterThan(began + 3);
  const behind = page.getByText(/^\d+\.\d s behind$/);
  await behind.waitFor();
  expect(Number.parseFloat((await behind.textContent()) ?? '')).toBeLessThan(6);
  await shoot('live');

  await host.call('create-poll', { question: 'Which part first?', options: ['The canvas', 'A recording'] });
  await page.getByRole('tab', { name: 'Polls, 1 new' }).click();
  await button('A recording').click();
  await page.getByText('1 vote', { exact: true }).waitFor();
  await shoot('voted');
  const { data: polls } = await runtime.api.call<PageOf<Poll>>('GET', `/v2/rooms/${roomId}/polls`);
  expect(polls[0]?.options.map(({ votes }) => votes)).toEqual([0, 1]);

  await host.call('invite-to-stage', { participantId: 'mina', onStage: true });
  await button('Accept').click();
  await page.waitForSelector('#app[data-state="stage-door"] video[data-showing="true"]');
  await shoot('stage-door');
  await button('Go on stage').click();
  await host.notified(
    'participant-updated',
    ({ participant }) =>
      participant.participantId === 'mina' &&
      participant.mode === 'SEND_AND_RECV' &&
      participant.tracks.length === 2,
  );
  await page.waitForSelector('#app[data-state="joined"][data-media="connected"]');
  await shoot('on-stage');

  await host.call('invite-to-stage', { participantId: 'mina', onStage: false });
  await page.waitForURL(/\/watch\//);
  await playing();
  await host.notified('viewers-changed', ({ viewers }) => viewers === 1);

  await runtime.api.call('POST', '/v2/hls/end', { roomId });
  await page.getByText('Thank you for watching').waitFor();
  await button('Watch the replay').click();
  await page.waitForSelector('#app[data-scene="replay"]');
  await playing();
  await shoot('replay');
  expect(runtime.events.types(roomId)).not.toContain('participant-left');
  expect(complaints).toEqual([]);
  await context.close();
});
