import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JoinLink } from '../../../runtime/contract/index.ts';
import { launchBrowser, openGuest, type Guest } from '../../support/guests/index.ts';
import {
  encodeAudioClip,
  encodeVideoClip,
  joinWithBrowser,
  openWire,
  publishAs,
  publishWithWhip,
  startRuntimeProcess,
  watchAs,
  type EncodedClip,
  type RuntimeProcess,
  type SignallingParticipant,
} from '../../support/runtime/index.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/temporary/index.ts';

const artefacts = fileURLToPath(new URL('../../../artifacts/recovery/', import.meta.url));
const settings = { reconnectGraceMs: 6000 };

let clips: EncodedClip[];
let directory: TemporaryDirectory;
beforeAll(async () => {
  await mkdir(artefacts, { recursive: true });
  clips = [await encodeVideoClip('vp8'), await encodeAudioClip()];
  directory = await temporaryDirectory();
});
afterAll(() => directory[Symbol.asyncDispose]());

/** Kills the runtime, and with it all that it has started, without a word to anybody. */
async function kill(runtime: RuntimeProcess): Promise<void> {
  runtime.process.signal('SIGKILL');
  await runtime.process.ended;
  // Fails when a process outlives the runtime.
  await runtime[Symbol.asyncDispose]();
}

const startAgain = (runtime: RuntimeProcess): Promise<RuntimeProcess> =>
  startRuntimeProcess(runtime.dataDirectory, { ...settings, port: Number(new URL(runtime.url).port) });

/** The same participant on a new wire. */
async function comeBack(
  runtime: RuntimeProcess,
  before: SignallingParticipant,
): Promise<SignallingParticipant> {
  const { roomId, participantId, resumeToken } = before;
  const wire = await openWire(runtime.url, roomId, await runtime.token());
  const joined = await wire.call('join', { name: participantId, participantId, resumeToken });
  if (joined.state !== 'joined') {
    throw new Error(`"${participantId}" has to wait at the door`);
  }
  return {
    ...wire,
    ...joined,
    leave: async () => {
      await wire.call('leave');
    },
  };
}

describe('a session whose runtime is killed and started again', () => {
  it('goes on: who comes back is the same person and sends the same tracks, who does not has left after the grace time', async () => {
    const first = await startRuntimeProcess(directory.entry('data'), settings);
    const { roomId } = await first.api.createRoom();
    const before = {
      ada: await first.join(roomId, { participantId: 'ada', name: 'Ada' }),
      bob: await first.join(roomId, { participantId: 'bob', name: 'Bob' }),
    };
    const { sessionId } = before.ada;
    await using sentByAda = await publishAs(before.ada, { clips });
    await using sentByBob = await publishAs(before.bob, { clips });
    await using whip = await publishWithWhip(first, roomId, { clips, participantId: 'obs' });
    const published = await Promise.all(
      ['ada', 'bob', 'obs'].flatMap((id) =>
        ['audio', 'video'].map((kind) =>
          first.events.event(
            'track-published',
            (event) => event.data.participantId === id && event.data.kind === kind,
          ),
        ),
      ),
    );
    const trackIdOf = (id: string): string =>
      published.find(({ data }) => data.participantId === id && data.kind === 'video')!.data.trackId;
    const startedAt = (await first.api.session(sessionId)).start;
    const lastSeq = Math.max(...published.map(({ seq }) => seq));
    await kill(first);
    await Promise.all([sentByAda.close(), sentByBob.close(), whip.close()]);

    await using runtime = await startAgain(first);
    const restartedAtMs = Date.now();
    const back = { ada: await comeBack(runtime, before.ada), bob: await comeBack(runtime, before.bob) };
    await using _ada = back.ada;
    await using _bob = back.bob;
    expect(back.ada).toMatchObject({ sessionId, resumed: true, participantId: 'ada' });
    expect(
      back.bob.participants.map(({ participantId, name, connected }) => [participantId, name, connected]),
    ).toEqual([
      ['ada', 'Ada', true],
      ['bob', 'Bob', true],
      ['obs', 'WHIP', false],
    ]);
    await Promise.all([back.ada, back.bob].map((one) => one.notified('media-restart')));
    await using _adasMedia = await publishAs(back.ada, { clips });
    await using _bobsMedia = await publishAs(back.bob, { clips });
    await using adaWatches = watchAs(back.ada);
    await using bobWatches = watchAs(back.bob);
    await Promise.all([
      adaWatches.received(trackIdOf('bob'), 100),
      bobWatches.received(trackIdOf('ada'), 100),
    ]);

    const left = await runtime.events.event('participant-left', (event) => event.roomId === roomId);
    expect(left.data).toMatchObject({ participantId: 'obs', reason: 'connection-lost' });
    expect(Date.parse(left.at) - restartedAtMs).toBeGreaterThan(settings.reconnectGraceMs - 1500);
    expect(await runtime.api.send('DELETE', whip.resourceUrl)).toMatchObject({ status: 404 });

    expect(await runtime.api.session(sessionId)).toMatchObject({
      start: startedAt,
      status: 'ongoing',
      end: null,
    });
    await back.bob.leave();
    await back.ada.leave();
    await runtime.events.event('session-ended', (event) => event.sessionId === sessionId);
    const after = runtime.events.events().filter(({ seq, roomId: id }) => seq > lastSeq && id === roomId);
    const told = (type: string): unknown[] =>
      after
        .filter((event) => event.type === type)
        .map(({ data }) => (data as { participantId: string }).participantId);
    expect(told('participant-reconnecting').sort()).toEqual(['ada', 'bob', 'obs']);
    expect(told('participant-reconnected').sort()).toEqual(['ada', 'bob']);
    expect(told('track-published')).toEqual([]);
    expect(told('track-unpublished').sort()).toEqual(['ada', 'ada', 'bob', 'bob', 'obs', 'obs']);
    const session = await runtime.api.session(sessionId);
    for (const { timelog, events } of session.participants) {
      for (const spans of [timelog, events.mic, events.webcam]) {
        expect(spans).toEqual([{ start: expect.any(String) as string, end: expect.any(String) as string }]);
      }
    }
  });

  it('ends as ever when nobody comes back', async () => {
    const first = await startRuntimeProcess(directory.entry('deserted'), settings);
    const { roomId } = await first.api.createRoom();
    await using ada = await first.join(roomId, { participantId: 'ada' });
    await kill(first);
    await using runtime = await startAgain(first);
    const listeningAtMs = Date.now();
    const ended = await runtime.events.event('session-ended', (event) => event.roomId === roomId);
    expect(ended.data.reason).toBe('everyone-left');
    const afterMs = Date.parse(ended.at) - listeningAtMs;
    expect(Math.abs(afterMs - settings.reconnectGraceMs)).toBeLessThan(1500);
    expect(await runtime.api.session(ada.sessionId)).toMatchObject({ status: 'ended', end: ended.data.end });
  });

  it('has a WHIP client that connects anew take its own place', async () => {
    const first = await startRuntimeProcess(directory.entry('whip'), settings);
    const { roomId } = await first.api.createRoom();
    await using before = await publishWithWhip(first, roomId, { clips, participantId: 'obs' });
    const { sessionId } = await first.events.event('track-published', ({ data }) => data.kind === 'video');
    const killedAtMs = Date.now();
    await kill(first);
    await before.close();
    await using runtime = await startAgain(first);
    await using _again = await publishWithWhip(runtime, roomId, { clips, participantId: 'obs' });
    const published = await runtime.events.event(
      'track-published',
      ({ data, at }) => data.kind === 'video' && Date.parse(at) > killedAtMs,
    );
    expect(published.sessionId).toBe(sessionId);
    const told = runtime.events
      .events()
      .flatMap(({ type, data }) =>
        type === 'participant-joined' || type === 'participant-left'
          ? [`${type} ${(data as { reason?: string }).reason ?? ''}`]
          : [],
      );
    expect(told).toEqual([
      'participant-joined ',
      'participant-left participant-replaced',
      'participant-joined ',
    ]);
  });

  it('is over when the runtime was away too long', async () => {
    const first = await startRuntimeProcess(directory.entry('late'), settings);
    const { roomId } = await first.api.createRoom();
    await using ada = await first.join(roomId, { participantId: 'ada' });
    const killedAtMs = Date.now();
    await kill(first);
    await delay(3500);
    await using runtime = await startRuntimeProcess(first.dataDirectory, {
      ...settings,
      sessionResumeSeconds: 1,
    });
    const session = await runtime.api.session(ada.sessionId);
    expect(session.status).toBe('ended');
    // Signs of life are given every two seconds.
    expect(Math.abs(Date.parse(session.end!) - killedAtMs)).toBeLessThan(2500);
  });
});

describe('the pages, when the runtime is killed and started again', () => {
  it('wait, come back by themselves, and show the others again; who watches stays the same viewer, who knocked knocks again', async () => {
    const first = await startRuntimeProcess(directory.entry('pages'), { reconnectGraceMs: 15_000 });
    const { roomId } = await first.api.createRoom();
    await using browser = await launchBrowser();
    const guests: Guest[] = [];
    for (const participantId of ['ada', 'bob']) {
      guests.push(await joinWithBrowser(first, browser, roomId, { participantId }));
    }
    const [ada, bob] = [guests[0]!, guests[1]!];
    const shown = (guest: Guest, other: string) =>
      guest.page.waitForSelector(`[data-participant-id="${other}"] video[data-showing="true"]`);
    /** Resolves when the picture of the other one moves on. */
    const moves = (guest: Guest, other: string) =>
      guest.page.waitForFunction((id) => {
        const video = document.querySelector<HTMLVideoElement>(`[data-participant-id="${id}"] video`);
        if (video === null || video.readyState < 2) {
          return false;
        }
        const at = Number(video.dataset['seenAt'] ?? Number.NaN);
        video.dataset['seenAt'] = String(Number.isNaN(at) ? video.currentTime : at);
        return video.currentTime > at + 1;
      }, other);
    await Promise.all([shown(ada, 'bob'), shown(bob, 'ada')]);
    const { url } = await first.api.joinLink(roomId, { participantId: 'eve', permissions: ['ask_join'] });
    await using eve = await openGuest(browser, { url, name: 'Eve' });
    await eve.askToJoin();
    await ada.page.getByText('Eve').first().waitFor();
    const link = await first.api.call<JoinLink>('POST', `/v2/rooms/${roomId}/join-links`, {
      ...{ page: 'watch', participantId: 'mina', name: 'Mina' },
    });
    const viewer = await browser.newPage();
    await viewer.goto(link.url);
    await viewer.getByRole('button', { name: 'Watch' }).click();
    await viewer.waitForSelector('#app[data-state="joined"]');
    const { sessionId } = (await first.events.event('session-started')) as { sessionId: string };

    const killedAtMs = Date.now();
    await kill(first);
    await ada.page.waitForSelector('#app[data-state="reconnecting"]');
    await delay(3000);
    await ada.page.screenshot({ path: `${artefacts}join-while-away.png` });

    await using runtime = await startRuntimeProcess(first.dataDirectory, {
      reconnectGraceMs: 15_000,
      port: Number(new URL(first.url).port),
    });
    for (const guest of guests) {
      await guest.page.waitForSelector('#app[data-state="joined"]');
      await guest.page.waitForSelector('#app[data-media="connected"]');
    }
    await Promise.all([moves(ada, 'bob'), moves(bob, 'ada')]);
    await viewer.waitForSelector('#app[data-state="joined"]');
    for (const id of ['ada', 'bob', 'mina']) {
      await runtime.events.event('participant-reconnected', ({ data }) => data.participantId === id);
    }
    await ada.page.screenshot({ path: `${artefacts}join-afterwards.png` });
    expect((await runtime.api.session(sessionId)).status).toBe('ongoing');
    await runtime.events.event('entry-requested', ({ at }) => Date.parse(at) > killedAtMs);
    await ada.page
      .getByRole('button', { name: /^(admit|let in)/i })
      .first()
      .click();
    await runtime.events.event('participant-joined', ({ data }) => data.participantName === 'Eve');
    const joins = runtime.events.types(roomId).filter((type) => type === 'participant-joined');
    expect(joins).toHaveLength(4);
    await Promise.all(guests.map((guest) => guest.close()));
  });
});
