import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { RoomflowError, type Audience } from '../../../runtime/contract/index.ts';
import { launchBrowser } from '../../support/guests/index.ts';
import {
  RoomDouble,
  servePages,
  startLiveStream,
  writeReplay,
  type LiveStream,
  type ServedPages,
} from './room-double/index.ts';

const artefacts = fileURLToPath(new URL('../../../artifacts/watch/', import.meta.url));
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
let said = 0;

beforeAll(async () => {
  await mkdir(artefacts, { recursive: true });
  [browser, served] = await Promise.all([launchBrowser(), servePages()]);
  await writeReplay(path.join(served.hlsFolder, 'replay'), 4);
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

const ana = { participantId: 'ana', participantName: 'Ana Horvat' };
const chidi = { participantId: 'chidi', participantName: 'Chidi Okafor' };
const stage = { participantId: 'host', name: 'Dora Vidal', isModerator: true };

const broadcast = (change: Partial<NonNullable<Audience['hls']>> = {}): NonNullable<Audience['hls']> => ({
  playbackHlsUrl: `${served.origin}/hls/replay/index.m3u8`,
  livestreamUrl: `${served.origin}/hls/live/live.m3u8`,
  playable: true,
  ...change,
});

async function open(
  options: BrowserContextOptions = desktop,
  query = 'token=t.t.t&name=Mina',
): Promise<void> {
  const context = await browser.newContext({ colorScheme: 'light', ...options });
  page = await context.newPage();
  page.on('pageerror', (error) => scriptErrors.push(error.stack ?? error.message));
  await page.goto(`${served.origin}/watch/test-room?${query}`);
}

/** Somebody else writes in the chat. */
function say(name: string, message: string): void {
  said += 1;
  room.event('message', {
    ...{ messageId: `said-${said}`, topic: 'CHAT', message, senderId: name, senderName: name, payload: null },
    at: new Date().toISOString(),
  });
}

const state = (name: string) => page.waitForSelector(`#app[data-state="${name}"]`);
const scene = (name: string) => page.waitForSelector(`#app[data-scene="${name}"]`);
const playing = () => page.waitForSelector('.player[data-player="playing"]');
const button = (name: RegExp | string) => page.getByRole('button', { name });
const tab = (name: RegExp | string) => page.getByRole('tab', { name });
const shoot = (name: string) => page.screenshot({ path: path.join(artefacts, `${name}.png`) });

/** Opens the page and goes in, as a person does: the press also allows sound. */
async function watch(options?: BrowserContextOptions): Promise<void> {
  await open(options);
  await button('Watch').click();
  await state('joined');
}

/** Goes in and sees the broadcast. */
async function watchLive(options?: BrowserContextOptions): Promise<void> {
  room.audience.state.hls = broadcast();
  await watch(options);
  await playing();
}

const video = () =>
  page.evaluate(() => {
    const element = document.querySelector('video');
    return element === null
      ? null
      : {
          seconds: element.currentTime,
          width: element.videoWidth,
          muted: element.muted,
          paused: element.paused,
        };
  });

describe('before going in', () => {
  it('asks for a name, which the link may suggest, and says that nobody sees one', async () => {
    await open();
    expect(await page.getByLabel('Your name').inputValue()).toBe('Mina');
    await page.getByText('Nobody sees or hears you.').waitFor();
    await shoot('entrance-desktop');
  });

  it('takes the name of the token, and joins as one who watches', async () => {
    const claims = Buffer.from(JSON.stringify({ name: 'Zoë' })).toString('base64url');
    await open(phone, `token=h.${claims}.s`);
    await shoot('entrance-phone');
    await button('Watch').click();
    await state('joined');
    expect(await room.request('join')).toEqual({ name: 'Zoë', mode: 'SIGNALLING_ONLY' });
    expect(room.requests('media-start')).toEqual([]);
  });

  it('can be passed with the keyboard alone, and remembers the name', async () => {
    await open(desktop, 'token=t.t.t');
    await page.getByLabel('Your name').focus();
    await page.keyboard.type('Ana');
    await page.keyboard.press('Enter');
    await state('joined');
    await page.reload();
    expect(await page.getByLabel('Your name').inputValue()).toBe('Ana');
  });

  it.each([
    [new RoomflowError('room-not-found', 'No such room.'), /no such broadcast/],
    [new RoomflowError('room-full', 'Full.'), /audience is full/],
    [new RoomflowError('unauthorized-request', 'Another mode.'), /went wrong/],
  ] as const)('is told plainly when refused: %s', async (error, title) => {
    room.joinAnswer = error;
    await open();
    await button('Watch').click();
    await page.waitForSelector(`#app[data-state="failed"][data-code="${error.code}"]`);
    expect(await page.getByRole('heading').textContent()).toMatch(title);
  });

  it('is told plainly when the link has expired', async () => {
    room.closesWith = { code: 4401, reason: 'expired-token' };
    await open();
    await button('Watch').click();
    await page.waitForSelector('#app[data-state="failed"][data-code="expired-token"]');
    await shoot('refused-desktop');
  });

  it('is told plainly when the link holds no token', async () => {
    await open(desktop, '');
    await page.waitForSelector('#app[data-state="failed"][data-code="missing-token"]');
    expect(await page.getByRole('heading').textContent()).toMatch(/does not work/);
  });

  it('waits in the lobby until let in', async () => {
    room.joinAnswer = 'waiting';
    await open();
    await button('Watch').click();
    await state('waiting');
    room.admit();
    await state('joined');
  });
});

describe('the broadcast', () => {
  it('begins by itself when it becomes playable, with sound', async () => {
    await watch();
    await scene('soon');
    await shoot('soon-desktop');
    room.audience.showHls(broadcast({ playable: false }));
    await scene('starting');
    room.audience.showHls(broadcast());
    await playing();
    await expect.poll(async () => (await video())?.seconds ?? 0).toBeGreaterThan(0.5);
    expect(await video()).toMatchObject({ muted: false, paused: false });
    expect(await button('Tap for sound').count()).toBe(0);
    await page.getByText(/\d s behind/).waitFor();
  });

  it('plays without sound where the browser allows none, until tapped', async () => {
    // Coming back from the stage nothing was pressed on this page yet.
    room.audience.state.hls = broadcast();
    await open();
    await page.evaluate(() => {
      const handOver = { roomId: 'test-room', participantId: 'guest-1', resumeToken: 'r', name: 'Mina' };
      sessionStorage.setItem('roomflow.hand-over', JSON.stringify(handOver));
    });
    await page.addInitScript(() => {
      // As browsers do to a page that nobody has touched yet. Not asked of navigator.userActivation: whatever
      // Playwright evaluates in a page counts there as a touch, so who comes first would decide.
      let touched = false;
      addEventListener('pointerdown', () => (touched = true), { capture: true });
      const play = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'play')
        ?.value as () => Promise<void>;
      HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
        return this.muted || touched
          ? Reflect.apply(play, this, [])
          : Promise.reject(new DOMException('not yet', 'NotAllowedError'));
      };
    });
    room.changeMode('SIGNALLING_ONLY');
    await page.reload();
    await playing();
    await expect.poll(video).toMatchObject({ muted: true, paused: false });
    await shoot('tap-for-sound-desktop');
    await button('Tap for sound').click();
    await button('Tap for sound').waitFor({ state: 'detached' });
    await expect.poll(video).toMatchObject({ muted: false, paused: false });
  });

  it('can be paused and brought back to live, by mouse and by keyboard', async () => {
    await watchLive();
    await button('Pause').click();
    await button('Go live').waitFor();
    await button('Go live').click();
    await playing();
    await page.keyboard.press('m');
    await button('Unmute').waitFor();
    await page.locator('.about h1').click();
    await page.keyboard.press('k');
    await page.waitForSelector('.player[data-player="paused"]');
    await page.keyboard.press('l');
    await playing();
  });

  it('leaves keys to whoever is writing', async () => {
    await watchLive();
    await page.getByLabel('Message', { exact: true }).fill('');
    await page.keyboard.type('km m');
    expect(await page.getByLabel('Message', { exact: true }).inputValue()).toBe('km m');
    expect(await video()).toMatchObject({ muted: false, paused: false });
  });

  it('offers the qualities of the ladder', async () => {
    await watchLive();
    const quality = page.getByLabel('Quality');
    expect(await quality.locator('option').allTextContents()).toEqual(['Auto', '360p', '180p']);
    await quality.selectOption('180p');
    await expect.poll(async () => (await video())?.width, { timeout: 20_000 }).toBe(320);
  });

  it('comes back by itself after the stream could not be fetched for a while', async () => {
    await watchLive();
    await page.context().setOffline(true);
    await page.waitForSelector('.player[data-player="stalled"]', { timeout: 40_000 });
    await page.getByText('Reconnecting…').waitFor();
    await page.context().setOffline(false);
    await playing();
  });

  it('goes on while the chat is reconnecting', async () => {
    await watchLive();
    room.refusesConnections = true;
    room.dropConnection();
    await page.getByText('Reconnecting to the chat…').waitFor();
    const before = (await video())?.seconds ?? 0;
    await expect.poll(async () => (await video())?.seconds ?? 0).toBeGreaterThan(before);
    room.refusesConnections = false;
    await page.getByText('Reconnecting to the chat…').waitFor({ state: 'detached' });
    expect(room.requests('join').at(-1)).toMatchObject({ resumeToken: 'resume-1', mode: 'SIGNALLING_ONLY' });
  });

  it('says thank you at the end, and plays the replay when there is one', async () => {
    await watchLive();
    room.audience.showHls(null);
    await scene('over');
    await page.getByText('Thank you for watching').waitFor();
    await button('Watch the replay').click();
    await scene('replay');
    await playing();
    await shoot('replay-desktop');
    await page.getByText('/ 0:04').waitFor();
    await page.getByLabel('Position').fill('3');
    await expect.poll(async () => (await video())?.seconds ?? 0).toBeGreaterThanOrEqual(3);
  });

  it('offers no replay where none was kept, and shows the next broadcast', async () => {
    room.audience.state.hls = broadcast({ playbackHlsUrl: `${served.origin}/hls/none/index.m3u8` });
    await watch();
    await playing();
    room.audience.showHls(null);
    await page.getByText('Thank you for watching').waitFor();
    expect(await button('Watch the replay').count()).toBe(0);
    room.audience.showHls(broadcast());
    await playing();
  });

  it('ends with the room, and still offers the replay', async () => {
    await watchLive();
    room.event('removed', { code: 'room-closed', message: 'Over.' });
    room.close(1000, 'room-closed');
    await page.waitForSelector('#app[data-state="left"][data-code="room-closed"]');
    await page.getByRole('heading', { name: 'The broadcast is over' }).waitFor();
    await button('Watch the replay').waitFor();
    await shoot('farewell-desktop');
    await button('Watch the replay').click();
    await playing();
  });
});

describe('taking part', () => {
  it('chats with the others who watch', async () => {
    await watch();
    say('Bruno', 'Hello');
    await page.getByLabel('Message', { exact: true }).fill('Hi <b>Bruno</b>');
    await page.keyboard.press('Enter');
    expect(await room.request('send-message')).toMatchObject({ topic: 'CHAT', message: 'Hi <b>Bruno</b>' });
    const texts = page.getByRole('log').locator('.message-text');
    await texts.nth(1).waitFor();
    expect(await texts.allTextContents()).toEqual(['Hello', 'Hi <b>Bruno</b>']);
  });

  it('votes once in a poll and sees it grow and close', async () => {
    await watch();
    const poll = room.audience.openPoll({ question: 'Tea or coffee?', options: ['Tea', 'Coffee'] });
    await page.getByText('New poll: Tea or coffee?').waitFor();
    await tab('Polls, 1 new').click();
    await button('Coffee').click();
    expect(await room.request('vote-poll')).toEqual({ pollId: poll.pollId, optionId: `${poll.pollId}-2` });
    await page.getByText('1 vote', { exact: true }).waitFor();
    expect(await button('Tea').count()).toBe(0);
    room.audience.othersVote(poll.pollId, [3, 0]);
    await page.getByText('75 %').waitFor();
    room.audience.endPoll(poll.pollId);
    await page.getByText('4 votes · Final result').waitFor();
  });

  it('sees no results of a poll that hides them before it has closed', async () => {
    await watch();
    const poll = room.audience.openPoll({
      question: 'Who wins?',
      options: ['Reds', 'Blues'],
      hideResults: true,
    });
    await tab(/Polls/).click();
    await button('Reds').click();
    await page.getByText('You voted · Results are shown at the end').waitFor();
    expect(await page.getByText('%').count()).toBe(0);
    room.audience.endPoll(poll.pollId);
    await page.getByText('100 %').waitFor();
  });

  it('asks, upvotes once, and is told of the answer', async () => {
    await watch();
    const other = room.audience.addQuestion('Is it recorded?', ana, 2);
    await tab(/Q&A/).click();
    await page.getByLabel('Question', { exact: true }).fill('When is the next one?');
    await page.keyboard.press('Enter');
    expect(await room.request('ask-question')).toEqual({ text: 'When is the next one?' });
    await button('Upvote, 2 upvotes so far').click();
    expect(await room.request('upvote-question')).toEqual({ questionId: other.questionId });
    await button('3 upvotes, one of them yours').waitFor();
    expect(await button('3 upvotes, one of them yours').getAttribute('aria-disabled')).toBe('true');
    await tab('Chat').click();
    const own = room.audience.state.questions.at(-1);
    room.audience.changeQuestion(own?.questionId ?? '', { status: 'answered', answer: 'In May.' });
    await page.getByText('Your question was answered').waitFor();
    await tab(/Q&A/).click();
    await page.getByText('In May.').waitFor();
    expect(room.requests('upvote-question')).toHaveLength(1);
  });

  it('reacts, and sees the reactions of others rise', async () => {
    await watch();
    await button('Applause').click();
    expect(await room.request('send-reaction')).toEqual({ reaction: 'clap' });
    await page.waitForSelector('.floating-reaction[data-reaction="clap"][data-own="true"]');
    room.event('reaction-sent', { ...ana, reaction: 'wow' });
    await page.waitForSelector('.floating-reaction[data-reaction="wow"][data-own="false"]');
  });

  it('raises and lowers a hand', async () => {
    await watch();
    await button('Raise hand').click();
    await button('Lower hand').click();
    await button('Raise hand').waitFor();
    expect(room.requests('raise-hand')).toEqual([{ raised: true }, { raised: false }]);
  });

  it('sends gifts to the host and to others, with words', async () => {
    await room.addPerson(stage);
    await watch();
    await button('Send a gift').first().click();
    await page.getByRole('radio', { name: 'Rocket' }).check();
    await button('One more').click();
    await page.getByLabel(/few words/).fill('Bravo!');
    await button('Send 2 × Rocket').click();
    expect(await room.request('send-gift')).toEqual({ gift: 'rocket', count: 2, message: 'Bravo!' });
    await page.waitForSelector('.gift-moment[data-gift="rocket"]');
    await button('Dora Vidal, host: send a gift').click();
    await button('Send Rose').click();
    expect(await room.request('send-gift', ({ gift }) => gift === 'rose')).toEqual({
      gift: 'rose',
      count: 1,
      toId: 'host',
    });
  });

  it('counts who watches', async () => {
    await watch();
    room.audience.setViewers(1_234);
    await page.getByText('1.2K watching').waitFor();
  });

  it('says why when something is refused', async () => {
    await watch();
    const poll = room.audience.openPoll({ question: 'Again?', options: ['Yes', 'No'] });
    room.audience.votes.polls[poll.pollId] = 'elsewhere';
    await tab(/Polls/).click();
    await button('Yes').click();
    await page.getByText('Your vote was not counted. You have voted in this poll.').waitFor();
  });
});

describe('the stage', () => {
  it('is offered to an invited viewer, who may decline', async () => {
    await watch();
    room.audience.invite('Dora Vidal');
    await page.getByRole('dialog', { name: 'You are invited on stage' }).waitFor();
    await shoot('invitation-desktop');
    await button('Not now').click();
    expect(await room.request('respond-stage')).toEqual({ accept: false });
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('is reached as the same participant, who sees oneself first, and left again', async () => {
    await watchLive();
    room.audience.invite('Dora Vidal');
    await button('Accept').click();
    await state('stage-door');
    await page.waitForURL(/\/join\/test-room\?token=/);
    await page.waitForSelector('.preview video[data-showing="true"]');
    await shoot('stage-door-desktop');
    expect(room.requests('join').at(-1)).toEqual({
      name: 'Mina',
      participantId: 'guest-1',
      resumeToken: 'resume-1',
    });
    expect(room.requests('leave')).toEqual([]);
    expect(room.requests('publish')).toEqual([]);
    await button('Go on stage').click();
    expect(await room.request('respond-stage')).toEqual({ accept: true });
    await state('joined');
    await room.request('publish', ({ tracks }) => tracks.length === 2);
    room.changeMode('SIGNALLING_ONLY');
    await page.waitForURL(/\/watch\/test-room\?token=/);
    await playing();
    expect(room.requests('leave')).toEqual([]);
  });

  it('can still be declined before going on', async () => {
    await watch();
    room.audience.invite('Dora Vidal');
    await button('Accept').click();
    await state('stage-door');
    await button('Back to the audience').click();
    expect(await room.request('respond-stage')).toEqual({ accept: false });
    await page.waitForURL(/\/watch\/test-room/);
    await state('joined');
    expect(room.requests('publish')).toEqual([]);
  });
});

describe('a host who watches', () => {
  it('opens and closes polls, answers questions and invites who has raised a hand', async () => {
    room.isModerator = true;
    await watch();
    await tab('Polls').click();
    await button('New poll').click();
    await page.getByLabel('Question').fill('Ready?');
    await page.getByLabel('Option 1').fill('Yes');
    await page.getByLabel('Option 2').fill('No');
    await page.getByRole('combobox', { name: /^Closes/ }).selectOption('After 1 minute');
    await button('Open poll').click();
    expect(await room.request('create-poll')).toEqual({
      question: 'Ready?',
      options: ['Yes', 'No'],
      durationSeconds: 60,
    });
    await button('Close poll').click();
    await page.getByText('Closed without votes').waitFor();
    room.audience.addQuestion('Is it recorded?', ana);
    await tab(/Q&A/).click();
    await button('Write answer').click();
    await page.getByLabel('Answer').fill('Yes, all of it.');
    await button('Send answer').click();
    await page.getByText('Answered').waitFor();
    room.audience.raiseHand(chidi, true);
    await tab(/Hands/).click();
    await button('Invite Chidi Okafor on stage').click();
    expect(await room.request('invite-to-stage')).toEqual({ participantId: 'chidi', onStage: true });
    await button('Chidi Okafor was invited').waitFor();
  });
});

describe('how it looks', () => {
  it.each([
    ['desktop', desktop],
    ['dark', { ...desktop, colorScheme: 'dark' }],
    ['phone', phone],
  ] as const)('on a %s: everything at once, without scrolling sideways', async (name, options) => {
    await room.addPerson(stage);
    await room.addPerson({ participantId: 'ben', name: 'Ben Achterberg' });
    room.audience.state.viewers = 128;
    await watchLive(options);
    const overflow = (): Promise<number> =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    say('Ana', 'Good evening from Zagreb!');
    say('Chidi', 'Sound and picture are great. Notes: https://example.org/notes');
    say('Chidi', 'Looking forward to the demo.');
    room.audience.give({ gift: 'rocket', count: 3, from: 'Ana', message: 'What a launch!', toName: 'Dora' });
    for (const reaction of ['like', 'love', 'clap', 'laugh', 'wow', 'celebrate'] as const) {
      room.event('reaction-sent', { ...ana, reaction });
    }
    await page.waitForSelector('.floating-reaction[data-reaction="celebrate"]');
    await page.waitForFunction(
      () => Number(document.querySelector('.gift-moment')?.getAnimations()[0]?.currentTime ?? 0) > 900,
    );
    expect(await overflow()).toBe(0);
    await shoot(`chat-${name}`);
    const poll = room.audience.openPoll({
      question: 'Which part should we show first?',
      options: ['The canvas', 'Recording a room', 'Going live on YouTube'],
    });
    await tab(/Polls/).click();
    await button('Recording a room').click();
    room.audience.othersVote(poll.pollId, [18, 41, 23]);
    await page.getByText('83 votes').waitFor();
    await page.waitForFunction(() =>
      [...document.querySelectorAll('.poll-bar')].every((bar) => bar.getAnimations().length === 0),
    );
    await shoot(`poll-${name}`);
    room.audience.addQuestion('Will the recordings also hold the shared screens?', ana, 12);
    room.audience.addQuestion('Can I run it on a small server at home?', chidi, 5);
    const answered = room.audience.addQuestion('Is there an API for polls?', chidi, 3);
    room.audience.changeQuestion(answered.questionId, {
      status: 'answered',
      answer: 'Yes, see the reference.',
    });
    await tab(/Q&A/).click();
    await button(/Upvote, 12/).click();
    await shoot(`questions-${name}`);
    await button('Send a gift').first().click();
    await page.getByRole('dialog').waitFor();
    await page.waitForFunction(() => document.querySelector('dialog')?.getAnimations().length === 0);
    expect(await overflow()).toBe(0);
    await shoot(`gift-${name}`);
  });
});
