import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Audience, JoinLink } from '../../../runtime/contract/index.ts';
import { verifyToken } from '../../../runtime/rooms/index.ts';
import {
  joinRoom,
  openWire,
  startRuntime,
  type InProcessRuntime,
  type SignallingParticipant,
} from '../../support/runtime/index.ts';

let runtime: InProcessRuntime;
beforeAll(async () => {
  runtime = await startRuntime({ maxParticipantsPerRoom: 3, maxViewersPerRoom: 400 });
});
afterAll(() => runtime[Symbol.asyncDispose]());

const newRoom = async (body: Record<string, unknown> = {}): Promise<string> =>
  (await runtime.api.createRoom(body)).roomId;
const joinHost = (roomId: string): Promise<SignallingParticipant> =>
  runtime.join(roomId, { participantId: 'host', name: 'Host', permissions: ['allow_join', 'allow_mod'] });
const watchLink = (roomId: string, body: Record<string, unknown> = {}): Promise<JoinLink> =>
  runtime.api.call('POST', `/v2/rooms/${roomId}/join-links`, { page: 'watch', ...body });
const ids = (people: readonly { participantId: string }[]): string[] =>
  people.map(({ participantId }) => participantId);

describe('a watch link', () => {
  it('opens the watch page, and its token joins as a viewer only', async () => {
    const roomId = await newRoom();
    const link = await watchLink(roomId, { name: 'Ada', participantId: 'ada' });
    expect(link).toMatchObject({ page: 'watch', mode: 'SIGNALLING_ONLY', permissions: ['allow_join'] });
    expect(link.url).toBe(`${runtime.url}/watch/${roomId}?token=${link.token}`);
    expect(await verifyToken(link.token, runtime.served.runtime.keys)).toMatchObject({
      claims: { mode: 'SIGNALLING_ONLY', roles: ['rtc'], roomId, name: 'Ada' },
    });

    for (const mode of ['SEND_AND_RECV', 'RECV_ONLY'] as const) {
      await using wire = await openWire(runtime.url, roomId, link.token);
      await expect(wire.call('join', { name: 'Ada', mode })).rejects.toMatchObject({
        code: 'unauthorized-request',
      });
    }
    await using ada = await joinRoom(runtime.url, roomId, link.token, { name: 'Ada' });
    expect(ada.participants).toMatchObject([{ participantId: 'ada', mode: 'SIGNALLING_ONLY' }]);
    expect(await runtime.api.participants(ada.sessionId)).toMatchObject({
      data: { participants: [{ participantId: 'ada', mode: 'SIGNALLING_ONLY' }] },
    });
  });

  it('is neither a way to publish nor to receive media', async () => {
    const roomId = await newRoom();
    const { token } = await watchLink(roomId);
    await using ada = await joinRoom(runtime.url, roomId, token, { name: 'Ada' });
    const refused = [
      ada.call('media-start'),
      ada.call('publish', { sdp: 'v=0', tracks: [] }),
      ada.call('candidate', { connection: 'subscribe', candidate: { candidate: 'candidate:1' } }),
      ada.call('subscribe-answer', { offerId: 1, sdp: 'v=0' }),
      ada.call('prefer', { trackId: 'trk_1', layer: 'low' }),
    ];
    for (const call of refused) {
      await expect(call).rejects.toMatchObject({ code: 'unauthorized-request' });
    }
    for (const path of ['whip', 'whep']) {
      const answer = await runtime.api
        .as(token)
        .send('POST', `/v2/${path}?roomId=${roomId}`, 'v=0\r\n', { 'content-type': 'application/sdp' });
      expect(answer.status).toBeGreaterThanOrEqual(400);
    }
    expect(runtime.events.types(roomId).filter((type) => type === 'participant-joined')).toHaveLength(1);
  });

  it.each([
    { page: 'watch', mode: 'SEND_AND_RECV' },
    { page: 'watch', mode: 'RECV_ONLY' },
    { page: 'join', mode: 'SIGNALLING_ONLY' },
    { page: 'theatre' },
  ])('is not made for %o', async (body) => {
    const roomId = await newRoom();
    expect(await runtime.api.send('POST', `/v2/rooms/${roomId}/join-links`, body)).toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    });
  });

  it('leaves join links as they were', async () => {
    const roomId = await newRoom();
    const link = await runtime.api.joinLink(roomId);
    expect(link).toMatchObject({ page: 'join', mode: null });
    expect(link.url).toContain(`/join/${roomId}?token=`);
    const receiving = await runtime.api.call<JoinLink>('POST', `/v2/rooms/${roomId}/join-links`, {
      mode: 'RECV_ONLY',
    });
    expect(receiving).toMatchObject({ page: 'join', mode: 'RECV_ONLY' });
  });
});

describe('viewers', () => {
  it('hear of the people on stage, are counted, and are heard of by those on stage alone', async () => {
    const roomId = await newRoom();
    await using host = await joinHost(roomId);
    await using first = await runtime.join(roomId, { participantId: 'v1', mode: 'SIGNALLING_ONLY' });
    await using second = await runtime.join(roomId, { participantId: 'v2', mode: 'SIGNALLING_ONLY' });
    expect(ids(second.participants)).toEqual(['host', 'v2']);
    expect(second.audience.viewers).toBe(2);
    await host.notified('participant-joined', ({ participant }) => participant.participantId === 'v2');
    await first.notified('viewers-changed', ({ viewers }) => viewers === 2);

    await using guest = await runtime.join(roomId, { participantId: 'guest' });
    expect(ids(guest.participants)).toEqual(['host', 'v1', 'v2', 'guest']);
    await first.notified('participant-joined', ({ participant }) => participant.participantId === 'guest');
    await second.leave();
    await host.notified('participant-left', ({ participantId }) => participantId === 'v2');
    await first.notified('viewers-changed', ({ viewers }) => viewers === 1);
    expect(ids(first.notifications('participant-joined').map(({ participant }) => participant))).toEqual([
      'guest',
    ]);
    expect(first.notifications('participant-left')).toEqual([]);
    const joined = runtime.events
      .events()
      .flatMap((event) =>
        event.type === 'participant-joined' && event.roomId === roomId
          ? [[event.data.participantId, event.data.mode]]
          : [],
      );
    expect(joined).toEqual([
      ['host', 'SEND_AND_RECV'],
      ['v1', 'SIGNALLING_ONLY'],
      ['v2', 'SIGNALLING_ONLY'],
      ['guest', 'SEND_AND_RECV'],
    ]);
  });

  it('talk with everybody, and let nobody in who knocks', async () => {
    const roomId = await newRoom();
    await using host = await joinHost(roomId);
    await using ada = await runtime.join(roomId, { participantId: 'ada', mode: 'SIGNALLING_ONLY' });
    await using grace = await runtime.join(roomId, { participantId: 'grace', mode: 'SIGNALLING_ONLY' });
    await ada.call('send-message', { topic: 'CHAT', message: 'Hello from the audience' });
    for (const one of [host, grace]) {
      expect(await one.notified('message')).toMatchObject({ senderId: 'ada' });
    }
    await using knocking = await runtime.wire(roomId, ['ask_join']);
    await knocking.call('join', { name: 'Eve', participantId: 'eve' });
    await host.notified('entry-requested');
    expect(ada.notifications('entry-requested')).toEqual([]);
    await expect(
      ada.call('respond-entry', { participantId: 'eve', decision: 'allowed' }),
    ).rejects.toMatchObject({ code: 'unauthorized-request' });
    await host.call('respond-entry', { participantId: 'eve', decision: 'allowed' });
  });

  it('take no place of those on stage, and have a number of their own', async () => {
    await using small = await startRuntime({ maxParticipantsPerRoom: 1, maxViewersPerRoom: 2 });
    const { roomId } = await small.api.createRoom();
    await using _host = await small.join(roomId, { participantId: 'host' });
    await using _first = await small.join(roomId, { participantId: 'v1', mode: 'SIGNALLING_ONLY' });
    await using _second = await small.join(roomId, { participantId: 'v2', mode: 'SIGNALLING_ONLY' });
    for (const mode of ['SIGNALLING_ONLY', 'SEND_AND_RECV'] as const) {
      await using late = await small.wire(roomId);
      await expect(late.call('join', { name: 'Late', mode })).rejects.toMatchObject({ code: 'room-full' });
    }
    // Whoever comes in place of itself takes no further one.
    await using again = await small.join(roomId, { participantId: 'v1', mode: 'SIGNALLING_ONLY' });
    expect(again.audience.viewers).toBe(2);
  });

  it('are told of the stream to watch, also those who come late, and of its end', async () => {
    const roomId = await newRoom();
    await using ada = await runtime.join(roomId, { participantId: 'ada', mode: 'SIGNALLING_ONLY' });
    const session = runtime.served.runtime.rooms.requireSession(roomId);
    const hls = { playbackHlsUrl: '/hls/1/index.m3u8', livestreamUrl: '/hls/1/live.m3u8', playable: false };
    expect(ada.audience.hls).toBeNull();
    session.showHls(hls);
    session.showHls({ ...hls, playable: true });
    await ada.notified('hls-changed', (data) => data.hls?.playable === true);
    await using late = await runtime.join(roomId, { mode: 'SIGNALLING_ONLY' });
    expect(late.audience.hls).toEqual({ ...hls, playable: true });
    session.showHls(null);
    await late.notified('hls-changed', (data) => data.hls === null);
  });
});

it('lets three hundred viewers in with a handful of messages to each', async () => {
  const roomId = await newRoom();
  await using host = await joinHost(roomId);
  await using first = await runtime.join(roomId, { participantId: 'v0', mode: 'SIGNALLING_ONLY' });
  const token = await runtime.token();
  const startedAtMs = performance.now();
  const others = await Promise.all(
    Array.from({ length: 299 }, (_, index) =>
      joinRoom(runtime.url, roomId, token, {
        name: `Viewer ${index + 1}`,
        participantId: `v${index + 1}`,
        mode: 'SIGNALLING_ONLY',
      }),
    ),
  );
  const tookMs = performance.now() - startedAtMs;
  await first.notified('viewers-changed', ({ viewers }) => viewers === 300);
  expect(tookMs).toBeLessThan(30_000);
  expect(Math.max(...others.map(({ participants }) => participants.length))).toBe(2);
  expect(first.notifications('participant-joined')).toEqual([]);
  // One each 500 ms, however many came meanwhile.
  expect(first.notifications('viewers-changed').length).toBeLessThanOrEqual(Math.ceil(tookMs / 500) + 2);
  expect(host.notifications('participant-joined')).toHaveLength(300);
  expect(await runtime.api.call<Audience>('GET', `/v2/rooms/${roomId}/audience`)).toMatchObject({
    viewers: 300,
  });

  const { pollId } = (await host.call('create-poll', { question: 'Here?', options: ['Yes', 'No'] })).poll;
  const votingAtMs = performance.now();
  await Promise.all([first, ...others].map((viewer) => viewer.call('vote-poll', { pollId, optionId: '1' })));
  await first.notified('poll-changed', ({ poll }) => poll.totalVotes === 300);
  const votedMs = performance.now() - votingAtMs;
  expect(first.notifications('poll-changed').length).toBeLessThanOrEqual(Math.ceil(votedMs / 200) + 3);
  await Promise.all(others.map((viewer) => viewer.drop()));
});
