import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { RoomflowError } from '../../../runtime/contract/index.ts';
import { launchBrowser } from '../../support/guests/index.ts';
import { RoomDouble, servePages, type ServedPages } from './room-double/index.ts';

const artefacts = fileURLToPath(new URL('../../../artifacts/join/', import.meta.url));

let browser: Browser;
let served: ServedPages;
let room: RoomDouble;
let page: Page;
let scriptErrors: string[];

beforeAll(async () => {
  await mkdir(artefacts, { recursive: true });
  [browser, served] = await Promise.all([launchBrowser(), servePages()]);
});

afterAll(async () => {
  await browser.close();
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

async function open(
  query = 'token=t.t.t&name=Ana%20Horvat',
  options: BrowserContextOptions & { devices?: 'denied' | 'missing' } = {},
): Promise<void> {
  const { devices, ...contextOptions } = options;
  const context = await browser.newContext(contextOptions);
  page = await context.newPage();
  page.on('pageerror', (error) => scriptErrors.push(error.stack ?? error.message));
  if (devices !== undefined) {
    await page.addInitScript(
      (name) => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', name));
        navigator.permissions.query = () => Promise.reject(new TypeError('unknown name'));
      },
      devices === 'denied' ? 'NotAllowedError' : 'NotFoundError',
    );
  }
  await page.goto(`${served.origin}/join/test-room?${query}`);
}

const shoot = (name: string): Promise<unknown> =>
  page.screenshot({ path: path.join(artefacts, `${name}.png`) });
const state = (name: string): Promise<unknown> => page.waitForSelector(`#app[data-state="${name}"]`);
const button = (name: RegExp | string) => page.getByRole('button', { name });
const tile = (participantId: string) => page.locator(`[data-participant-id="${participantId}"]`);
const picture = (participantId: string) =>
  page.waitForSelector(`[data-participant-id="${participantId}"] video[data-showing="true"]`);

async function join(): Promise<void> {
  await button(/^Join/).click();
  await state('joined');
}

/** Resolves when `milestone` holds in the page. */
const connected = (): Promise<unknown> => page.waitForSelector('#app[data-media="connected"]');

describe('before joining', () => {
  it('shows one’s own picture and asks for a name, which the link may suggest', async () => {
    await open();
    await page.waitForSelector('.preview video[data-showing="true"]');
    expect(await page.getByLabel(/name/i).inputValue()).toBe('Ana Horvat');
    expect(await page.getByLabel('Camera').locator('option').count()).toBeGreaterThan(0);
  });

  it('takes the name of the token when the address has none', async () => {
    const claims = Buffer.from(JSON.stringify({ name: 'Zoë' })).toString('base64url');
    await open(`token=h.${claims}.s`);
    expect(await page.getByLabel(/name/i).inputValue()).toBe('Zoë');
  });

  it('can be passed with the keyboard alone', async () => {
    await open('token=t.t.t');
    await page.getByLabel(/name/i).focus();
    await page.keyboard.type('Ana');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await state('joined');
    expect(await room.request('join')).toMatchObject({ name: 'Ana' });
  });

  it.each([
    ['denied', /blocked/, /site settings/],
    ['missing', /found/, /Plug one in/],
  ] as const)('explains %s devices and lets one in without', async (devices, title, advice) => {
    await open(undefined, { devices });
    const help = page.locator('.device-help');
    await help.getByText(title).waitFor();
    expect(await help.textContent()).toMatch(advice);
    await join();
    expect(await tile('guest-1').getAttribute('data-muted')).toBe('true');
    await room.request('media-start');
    expect(room.requests('publish')).toEqual([]);
  });
});

describe('in the room', () => {
  it('sends sound and three layers of picture, and shows and plays what others send', async () => {
    await open();
    await join();
    await room.addPerson({ participantId: 'bruno', name: 'Bruno', camera: true, microphone: true });
    await picture('bruno');
    await page.waitForFunction(() => {
      const audio = document.querySelector('audio');
      return audio !== null && !audio.paused && audio.currentTime > 0;
    });
    const publish = await room.request('publish', ({ tracks }) => tracks.length === 2);
    expect(publish.tracks).toEqual([
      { mid: '0', kind: 'audio', muted: false },
      { mid: '1', kind: 'video', muted: false },
    ]);
    expect(publish.sdp).toContain('a=simulcast:send low;med;high');
    expect(publish.sdp).toContain('urn:ietf:params:rtp-hdrext:ssrc-audio-level');
    expect(publish.sdp).toMatch(/useinbandfec=1/);
    expect(room.mirror?.received.get('audio')).toBeGreaterThan(0);
    expect(room.mirror?.received.get('video')).toBeGreaterThan(0);
  });

  it('offers VP8 before every other codec', async () => {
    await open();
    await join();
    const { sdp } = await room.request('publish', ({ tracks }) => tracks.length === 2);
    const first = /^m=video \S+ \S+ (\d+)/m.exec(sdp)?.[1];
    expect(sdp).toContain(`a=rtpmap:${first} VP8/90000`);
  });

  it('turns the camera off and on without negotiating again', async () => {
    await open();
    await join();
    await connected();
    const before = room.requests('publish').length;
    await button(/turn off camera/i).click();
    await room.request('set-muted', ({ kind, muted }) => kind === 'video' && muted);
    await button(/turn on camera/i).click();
    await room.request('set-muted', ({ kind, muted }) => kind === 'video' && !muted);
    await picture('guest-1');
    expect(room.requests('publish')).toHaveLength(before);
  });

  it('adds a camera that is first turned on in mid-meeting, and names every track again', async () => {
    await open();
    await button(/turn off camera/i).click();
    await join();
    expect((await room.request('publish')).tracks.map(({ kind }) => kind)).toEqual(['audio']);
    await button(/turn on camera/i).click();
    const publish = await room.request('publish', ({ tracks }) => tracks.length === 2);
    expect(publish.tracks.map(({ kind }) => kind)).toEqual(['audio', 'video']);
  });

  it('rings who speaks and marks who is muted', async () => {
    await open();
    await join();
    await room.addPerson({ participantId: 'bruno', name: 'Bruno', microphone: true });
    room.event('speaker-changed', { participantId: 'bruno' });
    await page.waitForSelector('[data-participant-id="bruno"][data-speaking="true"][data-muted="false"]');
    room.updatePerson('bruno', { tracks: [] });
    await page.waitForSelector('[data-participant-id="bruno"][data-speaking="false"][data-muted="true"]');
  });

  it('gives a shared screen the main place', async () => {
    await open();
    await join();
    await room.addPerson({ participantId: 'bruno', name: 'Bruno', camera: true, screen: true });
    await page.waitForSelector('[data-screen-of="bruno"] video[data-showing="true"]');
    const screen = await page.locator('[data-screen-of="bruno"]').boundingBox();
    const person = await tile('bruno').boundingBox();
    expect(screen?.width).toBeGreaterThan((person?.width ?? Infinity) * 3);
  });

  it('asks for the layer that fits the tile', async () => {
    await open(undefined, { viewport: { width: 1280, height: 800 } });
    await join();
    await room.addPerson({ participantId: 'bruno', name: 'Bruno', camera: true });
    await room.request('prefer', ({ trackId, layer }) => trackId === 'bruno-video' && layer === 'high');
    await page.setViewportSize({ width: 500, height: 320 });
    await room.request('prefer', ({ trackId, layer }) => trackId === 'bruno-video' && layer === 'low');
  });

  it('chats, and counts what came in while the panel was closed', async () => {
    await open();
    await join();
    const at = new Date().toISOString();
    const bruno = { senderId: 'bruno', senderName: 'Bruno', payload: null, at };
    room.event('message', { ...bruno, messageId: 'm1', topic: 'CHAT', message: 'Hello' });
    room.event('message', { ...bruno, messageId: 'm2', topic: 'OTHER', message: 'for a machine' });
    await button('Chat, 1 unread').click();
    await page.getByLabel('Message', { exact: true }).fill('Hi <b>Bruno</b>');
    await page.keyboard.press('Enter');
    expect(await room.request('send-message')).toEqual({
      topic: 'CHAT',
      message: 'Hi <b>Bruno</b>',
      persist: true,
    });
    const messages = page.getByRole('log').locator('.message-text');
    await messages.nth(1).waitFor();
    expect(await messages.allTextContents()).toEqual(['Hello', 'Hi <b>Bruno</b>']);
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Chat');
  });

  it('tells that the meeting is being recorded', async () => {
    await open();
    await join();
    await room.addPerson({ participantId: 'bruno', name: 'Bruno' });
    room.event('recording-state-changed', { participantId: 'bruno', recording: true });
    const mark = page.locator('.recording');
    await mark.waitFor();
    room.event('recording-state-changed', { participantId: 'bruno', recording: false });
    await mark.waitFor({ state: 'detached' });
  });

  it('fits a phone without scrolling sideways', async () => {
    await open(undefined, { viewport: { width: 360, height: 740 } });
    const overflow = (): Promise<number> =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(await overflow()).toBe(0);
    await join();
    for (const name of ['Bruno', 'Chidi', 'Dora', 'Émile van der Berghe-Montgomery-Smith']) {
      await room.addPerson({ participantId: name.slice(1, 5), name });
    }
    await tile('mile').waitFor();
    expect(await overflow()).toBe(0);
    await button(/people/i).click();
    expect(await overflow()).toBe(0);
  });
});

describe('a host', () => {
  beforeEach(() => {
    room.isModerator = true;
  });

  it('lets in who knocks', async () => {
    await open();
    await join();
    room.event('entry-requested', { participantId: 'dora', name: 'Dora' });
    await button('Admit Dora').click();
    expect(await room.request('respond-entry')).toEqual({ participantId: 'dora', decision: 'allowed' });
    await button('Admit Dora').waitFor({ state: 'detached' });
  });

  it('mutes, and removes after a second question', async () => {
    await open();
    await join();
    await room.addPerson({ participantId: 'bruno', name: 'Bruno', microphone: true });
    await button(/people/i).click();
    await button('Mute Bruno').click();
    expect(await room.request('mute-participant')).toEqual({ participantId: 'bruno', kind: 'audio' });
    await button('Remove Bruno').click();
    expect(room.requests('remove-participant')).toEqual([]);
    await button('Yes, take Bruno out').click();
    await tile('bruno').waitFor({ state: 'detached' });
  });

  it('is obeyed when muting: the microphone is let go and only its owner turns it on again', async () => {
    await open();
    await join();
    await connected();
    room.event('mute-requested', { kind: 'audio', byName: 'Bruno' });
    await room.request('set-muted', ({ kind, muted }) => kind === 'audio' && muted);
    await page.getByText('Bruno muted you').waitFor();
    await button(/turn on microphone/i).waitFor();
  });
});

describe('a room with an audience', () => {
  const chidi = { participantId: 'chidi', participantName: 'Chidi Okafor' };

  it('tells those on stage that they are live and how many watch', async () => {
    await open();
    await join();
    room.audience.setViewers(128);
    room.audience.showHls({ playbackHlsUrl: '/hls/a', livestreamUrl: '/hls/b', playable: true });
    await page.locator('.room-head').getByText('128 watching').waitFor();
    await page.locator('.room-head').getByText('Live').waitFor();
  });

  it('lets a host run it from one panel: hands, polls and questions', async () => {
    room.isModerator = true;
    await open(undefined, { viewport: { width: 1280, height: 800 } });
    await join();
    await room.addPerson({ participantId: 'bruno', name: 'Bruno', camera: true });
    await picture('bruno');
    room.audience.setViewers(128);
    room.audience.raiseHand(chidi, true);
    await page.getByText('Chidi Okafor raised a hand').waitFor();
    await button('Audience, 1 new').click();
    await button('Invite Chidi Okafor on stage').click();
    expect(await room.request('invite-to-stage')).toEqual({ participantId: 'chidi', onStage: true });
    await shoot('host-hands');
    await page.getByRole('tab', { name: 'Polls' }).click();
    await button('New poll').click();
    await page.getByLabel('Question').fill('Which part should we show first?');
    await page.getByLabel('Option 1').fill('The canvas');
    await page.getByLabel('Option 2').fill('Recording a room');
    await shoot('host-new-poll');
    await button('Open poll').click();
    await room.request('create-poll');
    room.audience.othersVote('poll-1', [18, 41]);
    await page.getByText('59 votes').waitFor();
    await shoot('host-poll');
    room.audience.addQuestion('Will the recordings hold the shared screens?', chidi, 12);
    await page.getByRole('tab', { name: /Q&A/ }).click();
    await button('Answered live').waitFor();
    await shoot('host-questions');
    await button('Answered live').click();
    expect(await room.request('answer-question')).toMatchObject({ status: 'answered' });
  });

  it('lets a host pin people and send them to the audience', async () => {
    room.isModerator = true;
    await open();
    await join();
    await room.addPerson({ participantId: 'bruno', name: 'Bruno' });
    await room.addPerson({ participantId: 'chidi', name: 'Chidi Okafor', mode: 'SIGNALLING_ONLY' });
    room.audience.setViewers(1);
    await button('People, 2 here').click();
    await button('Pin Bruno').click();
    expect(await room.request('pin')).toEqual({ pinnedIds: ['bruno'] });
    await button('Unpin Bruno').click();
    expect(await room.request('pin', ({ pinnedIds }) => pinnedIds.length === 0)).toBeDefined();
    await button('Remove Bruno').click();
    await button('Send Bruno to the audience').click();
    expect(await room.request('invite-to-stage')).toEqual({ participantId: 'bruno', onStage: false });
    await button('Invite Chidi Okafor on stage').click();
    await room.request('invite-to-stage', ({ participantId }) => participantId === 'chidi');
    expect(await tile('chidi').count()).toBe(0);
  });

  it('fits a host’s phone', async () => {
    room.isModerator = true;
    await open(undefined, { viewport: { width: 360, height: 740 } });
    await join();
    room.audience.setViewers(3);
    room.audience.raiseHand(chidi, true);
    await button(/^Audience/).click();
    await button('Invite Chidi Okafor on stage').waitFor();
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
    ).toBe(0);
    await shoot('host-phone');
  });

  it('sends who has a viewer’s link to the watch page', async () => {
    const claims = Buffer.from(JSON.stringify({ mode: 'SIGNALLING_ONLY' })).toString('base64url');
    await open(`token=h.${claims}.s`);
    await page.waitForURL(/\/watch\/test-room\?token=/);
  });
});

describe('the lobby', () => {
  it('waits, and joins when let in', async () => {
    room.joinAnswer = 'waiting';
    await open();
    await button(/^Join/).click();
    await state('waiting');
    room.admit();
    await state('joined');
    await room.request('publish');
  });

  it('says so when one is not let in, and lets one knock again', async () => {
    room.joinAnswer = 'waiting';
    await open();
    await button(/^Join/).click();
    await state('waiting');
    room.event('entry-responded', { participantId: 'guest-1', decision: 'denied' });
    await page.waitForSelector('#app[data-state="failed"][data-code="entry-denied"]');
    await button('Try again').click();
    await state('prejoin');
  });
});

describe('a loss', () => {
  it('of the socket brings the same participant back, with media flowing on', async () => {
    await open();
    await join();
    await room.addPerson({ participantId: 'bruno', name: 'Bruno', camera: true });
    await picture('bruno');
    await connected();
    const mirror = room.mirror;
    room.refusesConnections = true;
    room.dropConnection();
    await state('reconnecting');
    room.refusesConnections = false;
    await state('joined');
    expect(await room.request('join', ({ resumeToken }) => resumeToken !== undefined)).toMatchObject({
      resumeToken: 'resume-1',
      participantId: 'guest-1',
    });
    await room.request('set-muted', ({ kind, muted }) => kind === 'video' && !muted);
    expect(room.requests('media-start')).toHaveLength(1);
    expect(room.mirror).toBe(mirror);
    await picture('bruno');
  });

  it('of the media worker starts media anew with the same devices', async () => {
    await open();
    await join();
    await connected();
    const lost = room.mirror;
    const published = room.requests('publish').length;
    room.event('media-restart', { reason: 'the worker was lost' });
    await expect.poll(() => room.requests('media-start').length, { timeout: 10_000 }).toBe(2);
    await expect.poll(() => room.requests('publish').length, { timeout: 10_000 }).toBeGreaterThan(published);
    await expect.poll(() => room.mirror?.received.get('video') ?? 0, { timeout: 15_000 }).toBeGreaterThan(0);
    expect(room.mirror).not.toBe(lost);
    expect(await page.locator('#app').getAttribute('data-state')).toBe('joined');
  });

  it('of a peer connection starts media anew', async () => {
    await open();
    await join();
    await connected();
    await room.mirror?.close();
    await expect.poll(() => room.requests('media-start').length, { timeout: 30_000 }).toBe(2);
    await connected();
  });
});

describe('an end', () => {
  it('by leaving tells the runtime, turns the devices off and offers to come back', async () => {
    await open();
    await join();
    await button(/leave/i).click();
    await state('left');
    await room.request('leave');
    await button('Join again').click();
    await state('prejoin');
    await page.waitForSelector('.preview video[data-showing="true"]');
  });

  it.each([
    ['participant-removed', /removed/],
    ['participant-replaced', /somewhere else/],
    ['room-closed', /closed/],
  ] as const)('by the runtime (%s) says why', async (code, title) => {
    await open();
    await join();
    room.event('removed', { code, message: 'Over.' });
    room.close(code === 'participant-replaced' ? 4409 : 1000, code);
    await page.waitForSelector(`#app[data-state="left"][data-code="${code}"]`);
    expect(await page.getByRole('heading').textContent()).toMatch(title);
  });

  it.each([
    [new RoomflowError('room-not-found', 'No such room.'), /no such room/],
    [new RoomflowError('room-full', 'Full.'), /full/],
    [new RoomflowError('unauthorized-room', 'Another room.'), /something else/],
  ] as const)('before the start: %s', async (error, title) => {
    room.joinAnswer = error;
    await open();
    await button(/^Join/).click();
    await page.waitForSelector(`#app[data-state="failed"][data-code="${error.code}"]`);
    expect(await page.getByRole('heading').textContent()).toMatch(title);
  });

  it('before the start: a token that is refused when the socket opens', async () => {
    room.closesWith = { code: 4401, reason: 'expired-token' };
    await open();
    await button(/^Join/).click();
    await page.waitForSelector('#app[data-state="failed"][data-code="expired-token"]');
  });

  it('before the start: a link without a token', async () => {
    await open('name=Ana');
    await page.waitForSelector('#app[data-state="failed"][data-code="missing-token"]');
    expect(await page.getByRole('heading').textContent()).toMatch(/does not work/);
  });
});
