import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeCodes } from '../../../runtime/contract/index.ts';
import { signToken } from '../../../runtime/rooms/index.ts';
import { joinRoom, openWire, startRuntime, type InProcessRuntime } from '../../support/runtime/index.ts';

const GRACE_MS = 1500;

let runtime: InProcessRuntime;
beforeAll(async () => {
  runtime = await startRuntime({ reconnectGraceMs: GRACE_MS });
});
afterAll(() => runtime[Symbol.asyncDispose]());

const newRoom = async (body: Record<string, unknown> = {}): Promise<string> =>
  (await runtime.api.createRoom(body)).roomId;

/** What an upgrade to the signalling answers when it is refused. */
const refusal = async (roomId: string, token: string): Promise<unknown> =>
  (await runtime.api.as('').send('GET', `/v2/rooms/${roomId}/signal?token=${token}`)).body;

describe('the door', () => {
  it.each([
    { what: 'no token', code: 'missing-token', statusCode: 401, errorCode: 4002, make: () => '' },
    {
      what: 'an expired token',
      code: 'expired-token',
      statusCode: 401,
      errorCode: 4002,
      make: () => runtime.token({}, -10),
    },
    {
      what: 'a token of another runtime',
      code: 'foreign-token',
      statusCode: 401,
      errorCode: 4001,
      make: () =>
        signToken({ permissions: ['allow_join'] }, 60, { apiKey: 'theirs', secret: 'their-long-secret' }),
    },
    {
      what: 'a token with a forged signature',
      code: 'invalid-token',
      statusCode: 401,
      errorCode: 4002,
      make: () =>
        signToken({ permissions: ['allow_join'] }, 60, {
          apiKey: runtime.served.runtime.keys.apiKey,
          secret: 'not-the-secret-of-this-runtime',
        }),
    },
    {
      what: 'contradicting permissions',
      code: 'invalid-permissions',
      statusCode: 403,
      errorCode: 4008,
      make: () => runtime.token({ permissions: ['ask_join', 'allow_join'] }),
    },
  ])('refuses $what', async ({ make, ...error }) => {
    const { what: _what, ...expected } = error;
    const roomId = await newRoom();
    const token = await make();
    expect(await refusal(roomId, token)).toMatchObject(expected);
    await expect(openWire(runtime.url, roomId, token)).rejects.toThrow();
  });

  it.each([
    { what: 'another room', code: 'unauthorized-room', claims: { roomId: 'another-room' } },
    { what: 'another participant', code: 'unauthorized-participant', claims: { participantId: 'grace' } },
    { what: 'servers only', code: 'unauthorized-role', claims: { roles: ['crawler' as const] } },
  ])('refuses a token for $what', async ({ code, claims }) => {
    const roomId = await newRoom();
    await using wire = await openWire(runtime.url, roomId, await runtime.token(claims));
    await expect(wire.call('join', { name: 'Ada', participantId: 'ada' })).rejects.toMatchObject({ code });
  });

  it('refuses an unknown room, a closed room, a full room and who was not named', async () => {
    await using lost = await runtime.wire('no-such-room');
    await expect(lost.call('join', { name: 'Ada' })).rejects.toMatchObject({ code: 'room-not-found' });

    const closed = await newRoom();
    await runtime.api.call('POST', '/v2/rooms/deactivate', { roomId: closed });
    await using late = await runtime.wire(closed);
    await expect(late.call('join', { name: 'Ada' })).rejects.toMatchObject({ code: 'room-closed' });

    const small = await newRoom({ maxParticipants: 1 });
    await using first = await runtime.join(small, { participantId: 'first' });
    await using second = await runtime.wire(small);
    await expect(second.call('join', { name: 'Two' })).rejects.toMatchObject({ code: 'room-full' });
    // Who is replaced makes room for itself.
    await using again = await runtime.join(small, { participantId: 'first' });
    expect(again.sessionId).toBe(first.sessionId);

    const named = await newRoom({ allowedParticipantIds: ['ada'] });
    await using stranger = await runtime.wire(named);
    await expect(stranger.call('join', { name: 'Eve', participantId: 'eve' })).rejects.toMatchObject({
      code: 'unauthorized-participant',
    });
    await using ada = await runtime.join(named, { participantId: 'ada' });
    expect(ada.participantId).toBe('ada');
  });

  it('takes the participant id from a join link and does not open the REST API to it', async () => {
    const roomId = await newRoom({ customRoomId: 'daily-standup' });
    const link = await runtime.api.joinLink('daily-standup', { participantId: 'ada', name: 'Ada' });
    await using ada = await joinRoom(runtime.url, 'daily-standup', link.token, { name: 'Ada' });
    expect(ada).toMatchObject({ roomId, participantId: 'ada', permissions: ['allow_join'] });
    const guest = runtime.api.as(link.token);
    for (const path of [`/v2/rooms/${roomId}`, '/v2/rooms', '/v2/events', `/v2/sessions/${ada.sessionId}`]) {
      expect(await guest.send('GET', path)).toMatchObject({
        status: 403,
        body: { code: 'unauthorized-role', errorCode: 4024 },
      });
    }
  });

  it('refuses who brings data that lie too deep to be shown to others, and lets in who comes then', async () => {
    const roomId = await newRoom();
    const metaData = `${'['.repeat(4400)}${']'.repeat(4400)}`;
    await using eve = await runtime.wire(roomId, ['allow_join']);
    expect(
      await eve.sendRaw(`{"id":1,"method":"join","data":{"name":"Eve","metaData":${metaData}}}`, -1),
    ).toMatchObject({ error: { code: 'invalid-signalling' } });
    await eve.call('join', { name: 'Eve', metaData: { seats: [[1, 2], [3]] } });
    await using ada = await runtime.join(roomId, { name: 'Ada' });
    expect(ada.participantId).toBeTruthy();
  });

  it('puts out the older one when the same participant joins twice (4005)', async () => {
    const roomId = await newRoom();
    await using older = await runtime.join(roomId, { participantId: 'ada' });
    await using newer = await runtime.join(roomId, { participantId: 'ada' });
    expect(await older.notified('removed')).toMatchObject({ code: 'participant-replaced' });
    expect(await older.closed).toMatchObject({ code: closeCodes.replaced });
    expect(newer.sessionId).toBe(older.sessionId);
    expect(newer.participants.map((one) => one.participantId)).toEqual(['ada']);
    const left = await runtime.events.event('participant-left', (event) => event.roomId === roomId);
    expect(left.data.reason).toBe('participant-replaced');
    expect(runtime.events.types(roomId)).not.toContain('session-ended');
  });
});

describe('the lobby', () => {
  it('lets nobody in who must ask until a host says so', async () => {
    const roomId = await newRoom();
    await using host = await runtime.join(roomId, { name: 'Host' });
    await using guest = await runtime.wire(roomId, ['ask_join']);
    expect(await guest.call('join', { name: 'Ada', participantId: 'ada' })).toEqual({
      state: 'waiting',
      participantId: 'ada',
    });
    expect(await host.notified('entry-requested')).toEqual({ participantId: 'ada', name: 'Ada' });
    await expect(guest.call('send-message', { topic: 'CHAT', message: 'hello' })).rejects.toMatchObject({
      code: 'invalid-signalling',
    });
    await expect(guest.call('media-start')).rejects.toMatchObject({ code: 'invalid-signalling' });
    expect(runtime.served.runtime.rooms.sessionOf(roomId)?.present()).toHaveLength(1);

    await host.call('respond-entry', { participantId: 'ada', decision: 'allowed' });
    expect(await guest.notified('entry-responded')).toMatchObject({ decision: 'allowed' });
    expect(await guest.notified('joined')).toMatchObject({ state: 'joined', participantId: 'ada' });
    expect(await host.notified('participant-joined')).toMatchObject({
      participant: { participantId: 'ada' },
    });
    await guest.call('send-message', { topic: 'CHAT', message: 'hello' });
    expect(runtime.events.types(roomId)).toEqual(
      expect.arrayContaining(['entry-requested', 'entry-responded', 'participant-joined']),
    );
  });

  it('sends away whom a host refuses, and shows who waits over REST even before anybody is in', async () => {
    const roomId = await newRoom();
    await using guest = await runtime.wire(roomId, ['ask_join']);
    await guest.call('join', { name: 'Eve', participantId: 'eve' });
    expect((await runtime.api.send('GET', `/v2/rooms/${roomId}/entries`)).body).toEqual({
      data: [{ participantId: 'eve', name: 'Eve' }],
    });
    await runtime.api.call('POST', `/v2/rooms/${roomId}/entries/respond`, {
      participantId: 'eve',
      decision: 'denied',
    });
    expect(await guest.notified('removed')).toMatchObject({ code: 'entry-denied' });
    expect(await guest.closed).toMatchObject({ code: closeCodes.forbidden });
    expect(runtime.events.types(roomId)).toEqual(['room-created', 'entry-requested', 'entry-responded']);
    const again = await runtime.api.send('POST', `/v2/rooms/${roomId}/entries/respond`, {
      participantId: 'eve',
      decision: 'allowed',
    });
    expect(again).toMatchObject({ status: 404, body: { code: 'participant-not-found', errorCode: 4004 } });
  });

  it('forgets who gives up waiting', async () => {
    const roomId = await newRoom();
    await using host = await runtime.join(roomId);
    const guest = await runtime.wire(roomId, ['ask_join']);
    await guest.call('join', { name: 'Ada', participantId: 'ada' });
    await guest.drop();
    expect(await host.notified('entry-responded')).toEqual({ participantId: 'ada', decision: 'denied' });
    expect((await runtime.api.send('GET', `/v2/rooms/${roomId}/entries`)).body).toEqual({ data: [] });
    expect(runtime.events.types(roomId)).not.toContain('participant-left');
  });
});

describe('a lost connection', () => {
  it('comes back as the same participant within the grace time, with no leave and no join', async () => {
    const roomId = await newRoom();
    await using other = await runtime.join(roomId, { participantId: 'other' });
    const before = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
    await before.drop();
    expect(
      await other.notified('participant-updated', ({ participant }) => !participant.connected),
    ).toMatchObject({ participant: { participantId: 'ada' } });

    await using after = await runtime.join(roomId, { name: 'Ada', resumeToken: before.resumeToken });
    expect(after).toMatchObject({ participantId: 'ada', resumed: true, sessionId: before.sessionId });
    await runtime.events.event('participant-reconnected', (event) => event.roomId === roomId);
    const types = runtime.events.types(roomId).filter((type) => type.startsWith('participant'));
    expect(types).toEqual([
      'participant-joined',
      'participant-joined',
      'participant-reconnecting',
      'participant-reconnected',
    ]);
  });

  it('is a leave once the grace time is over, and its resume token is then worth nothing', async () => {
    const roomId = await newRoom();
    const ada = await runtime.join(roomId, { participantId: 'ada' });
    await ada.drop();
    const left = await runtime.events.event('participant-left', (event) => event.roomId === roomId);
    expect(left.data).toMatchObject({ participantId: 'ada', reason: 'connection-lost' });
    const ended = await runtime.events.event('session-ended', (event) => event.roomId === roomId);
    expect(ended.data.reason).toBe('everyone-left');
    await using back = await runtime.join(roomId, { resumeToken: ada.resumeToken });
    expect(back.resumed).toBe(false);
    expect(back.sessionId).not.toBe(ada.sessionId);
  });

  it('does not lose a participant whose new wire comes before the old one is seen to be broken', async () => {
    const roomId = await newRoom();
    await using ada = await runtime.join(roomId, { participantId: 'ada' });
    await using back = await runtime.join(roomId, { resumeToken: ada.resumeToken });
    expect(back).toMatchObject({ participantId: 'ada', resumed: true });
    expect(await ada.closed).toMatchObject({ code: closeCodes.replaced });
    await back.call('ping');
    expect(runtime.events.types(roomId)).not.toContain('participant-left');
    expect(back.notifications('removed')).toEqual([]);
  });
});

describe('leaving', () => {
  it('ends the session with the last one, and a new one begins with the next', async () => {
    const roomId = await newRoom();
    await using ada = await runtime.join(roomId, { participantId: 'ada' });
    await using grace = await runtime.join(roomId, { participantId: 'grace' });
    await ada.leave();
    expect(await grace.notified('participant-left')).toMatchObject({ participantId: 'ada', reason: 'left' });
    await grace.leave();
    await runtime.events.event('session-ended', (event) => event.roomId === roomId);
    await using later = await runtime.join(roomId);
    expect(later.sessionId).not.toBe(ada.sessionId);
    const session = await runtime.api.session(ada.sessionId);
    expect(session).toMatchObject({ status: 'ended', roomId });
    expect(session.participants.map((one) => one.timelog.length)).toEqual([1, 1]);
    expect(session.participants.every((one) => one.timelog[0]!.end !== null)).toBe(true);
  });

  it('is done to a participant by a moderator, in the room and over REST', async () => {
    const roomId = await newRoom();
    await using host = await runtime.join(roomId, { name: 'Host', permissions: ['allow_join', 'allow_mod'] });
    await using ada = await runtime.join(roomId, { participantId: 'ada' });
    await using eve = await runtime.join(roomId, { participantId: 'eve' });
    await expect(ada.call('remove-participant', { participantId: 'eve' })).rejects.toMatchObject({
      code: 'unauthorized-request',
    });
    await host.call('remove-participant', { participantId: 'ada' });
    expect(await ada.notified('removed')).toMatchObject({ code: 'participant-removed' });
    expect(await ada.closed).toMatchObject({ code: closeCodes.forbidden });
    await runtime.api.call('POST', '/v2/sessions/participants/remove', { roomId, participantId: 'eve' });
    expect(await eve.notified('removed')).toMatchObject({ code: 'participant-removed' });
    const reasons = runtime.events
      .events()
      .flatMap((event) =>
        event.type === 'participant-left' && event.roomId === roomId ? [event.data.reason] : [],
      );
    expect(reasons).toEqual(['participant-removed', 'participant-removed']);
    const unknown = await runtime.api.send('POST', '/v2/sessions/participants/remove', {
      roomId,
      participantId: 'eve',
    });
    expect(unknown).toMatchObject({ status: 404, body: { code: 'participant-not-found', errorCode: 4004 } });
  });

  it('is done to all when a host ends the session or closes the room', async () => {
    const roomId = await newRoom();
    await using ada = await runtime.join(roomId);
    const ended = await runtime.api.endSession(roomId);
    expect(ended).toMatchObject({ sessionId: ada.sessionId, status: 'ended' });
    expect(await ada.notified('removed')).toMatchObject({ code: 'room-closed' });
    await using grace = await runtime.join(roomId);
    await runtime.api.call('POST', '/v2/rooms/deactivate', { roomId });
    expect(await grace.notified('removed')).toMatchObject({ code: 'room-closed' });
    expect(await grace.closed).toMatchObject({ code: closeCodes.notFound });
    expect(await runtime.api.send('POST', '/v2/sessions/end', { roomId })).toMatchObject({
      status: 404,
      body: { code: 'no-live-session' },
    });
    expect(await runtime.api.send('GET', `/v2/rooms/validate/${roomId}`)).toMatchObject({
      status: 404,
      body: { code: 'room-closed', errorCode: 4003 },
    });
  });

  it('closes the room with the session when the room was made so', async () => {
    const roomId = await newRoom({ autoCloseConfig: { type: 'session-end-and-deactivate', duration: 60 } });
    const ada = await runtime.join(roomId);
    await ada.leave();
    await runtime.events.event('room-closed', (event) => event.roomId === roomId);
    expect(await runtime.api.call('GET', `/v2/rooms/${roomId}`)).toMatchObject({ status: 'disabled' });
  });
});

describe('what is known of a session', () => {
  it('is listed with who took part and who is there now', async () => {
    const roomId = await newRoom();
    await using ada = await runtime.join(roomId, {
      participantId: 'ada',
      name: 'Ada',
      metaData: { team: 1 },
    });
    await using grace = await runtime.join(roomId, { participantId: 'grace', name: 'Grace' });
    await grace.leave();
    const { sessionId } = ada;
    const all = await runtime.api.participants(sessionId);
    expect(all.pageInfo).toEqual({ currentPage: 1, perPage: 20, lastPage: 1, total: 2 });
    expect(all.data.participants.map((one) => one.name)).toEqual(['Ada', 'Grace']);
    const active = await runtime.api.participants(sessionId, 'active');
    expect(active.data).toMatchObject({ id: sessionId, roomId, participants: [{ participantId: 'ada' }] });
    expect(active.data.participants).toHaveLength(1);
    expect(await runtime.api.call('GET', `/v2/sessions/${sessionId}/participants/ada`)).toMatchObject({
      name: 'Ada',
      metaData: { team: 1 },
      timelog: [{ end: null }],
    });
    const list = await runtime.api.call<{ data: { id: string }[] }>(
      'GET',
      `/v2/sessions?roomId=${roomId}&status=ongoing`,
    );
    expect(list.data.map((session) => session.id)).toEqual([sessionId]);
    expect(await runtime.api.call('GET', `/v2/rooms/${roomId}`)).toMatchObject({
      activeParticipants: 1,
      activeSessionId: sessionId,
    });
    expect(await runtime.api.send('GET', '/v2/sessions/none')).toMatchObject({
      status: 404,
      body: { code: 'session-not-found' },
    });
  });

  it('keeps persisted messages for late joiners, for REST and as CSV', async () => {
    const roomId = await newRoom();
    await using ada = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
    await using grace = await runtime.join(roomId, { participantId: 'grace', name: 'Grace' });
    const say = (message: string, options: object = {}) =>
      ada.call('send-message', { topic: 'CHAT', message, persist: true, ...options });
    await say('for all, "quoted"', { payload: { mood: 'fine' } });
    await say('passing', { persist: false });
    await say('for Grace alone', { sendOnly: ['grace'] });
    await runtime.api.call('POST', `/v2/rooms/${roomId}/messages`, {
      topic: 'CHAT',
      message: '=from a workflow',
      senderName: 'n8n',
    });
    expect(await grace.notified('message', ({ message }) => message === 'for Grace alone')).toMatchObject({
      senderName: 'Ada',
    });
    await using late = await runtime.join(roomId);
    expect(late.messages.map(({ message, senderName }) => [senderName, message])).toEqual([
      ['Ada', 'for all, "quoted"'],
      ['n8n', '=from a workflow'],
    ]);
    const kept = await runtime.api.messages(roomId, '?topic=CHAT');
    expect(kept).toEqual(late.messages);
    const csv = await runtime.api.send('GET', `/v2/sessions/${ada.sessionId}/chat.csv`);
    const [head, first, second, rest] = String(csv.body).split('\r\n');
    expect(head).toBe('timestamp,topic,senderId,senderName,message');
    expect(first).toContain('"for all, ""quoted"""');
    // A spreadsheet must not take a message for a formula.
    expect(second).toContain(",'=from a workflow");
    expect(rest).toBe('');
  });
});
