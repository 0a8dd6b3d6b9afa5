import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRuntime, type InProcessRuntime } from '../../support/runtime/index.ts';

let runtime: InProcessRuntime;
beforeAll(async () => {
  runtime = await startRuntime();
});
afterAll(() => runtime[Symbol.asyncDispose]());

const offer = 'v=0\r\n';
const sdpType = { 'content-type': 'application/sdp' };

describe('who knocks', () => {
  it('puts nobody out by suggesting the id of somebody in the room', async () => {
    const { roomId } = await runtime.api.createRoom({ maxParticipants: 2 });
    await using ada = await runtime.join(roomId, { participantId: 'ada' });
    await using guest = await runtime.wire(roomId, ['ask_join']);
    const waiting = await guest.call('join', { name: 'Not Ada', participantId: 'ada' });
    expect(waiting.state).toBe('waiting');
    expect(waiting.participantId).not.toBe('ada');
    await using bob = await runtime.join(roomId, { participantId: 'bob' });
    const admit = { participantId: waiting.participantId, decision: 'allowed' as const };
    await expect(ada.call('respond-entry', admit)).rejects.toMatchObject({ code: 'room-full' });
    await bob.leave();
    await ada.call('respond-entry', admit);
    await guest.notified('joined');
    expect(ada.notifications('removed')).toEqual([]);
  });

  it('is told once of a denial, and so are the hosts', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using ada = await runtime.join(roomId, { participantId: 'ada' });
    await using guest = await runtime.wire(roomId, ['ask_join']);
    await guest.call('join', { name: 'Gus', participantId: 'gus' });
    await ada.call('respond-entry', { participantId: 'gus', decision: 'denied' });
    await guest.closed;
    await ada.call('ping');
    expect(guest.notifications('removed')).toMatchObject([{ code: 'entry-denied' }]);
    expect(ada.notifications('entry-responded')).toHaveLength(1);
  });

  it('is told that the meeting is over, and nothing else, when it ends meanwhile', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using ada = await runtime.join(roomId, { participantId: 'ada' });
    await using guest = await runtime.wire(roomId, ['ask_join']);
    await guest.call('join', { name: 'Gus' });
    await runtime.api.endSession(roomId);
    await Promise.all([guest.closed, ada.closed]);
    expect(guest.notifications('removed')).toMatchObject([{ code: 'room-closed' }]);
  });

  it('cannot use WHIP or WHEP, where nobody can wait', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using ada = await runtime.join(roomId);
    const guest = runtime.api.as(await runtime.token({ permissions: ['ask_join'] }));
    const stranger = runtime.api.as(await runtime.token({ roomId: 'another-room' }));
    for (const kind of ['whip', 'whep']) {
      const path = `/v2/${kind}?roomId=${roomId}`;
      expect(await guest.send('POST', path, offer, sdpType)).toMatchObject({
        status: 403,
        body: { code: 'unauthorized-request', message: expect.stringContaining('ask_join') as string },
      });
      expect(await stranger.send('POST', path, offer, sdpType)).toMatchObject({
        body: { code: 'unauthorized-room' },
      });
    }
    expect(ada.notifications('entry-requested')).toEqual([]);
  });
});

describe('addresses that the runtime calls', () => {
  it('are set and seen by the operator only', async () => {
    const webhook = { endPoint: 'http://localhost:9/hook', events: ['session-started'] };
    const { roomId } = await runtime.api.createRoom({ webhook });
    await using ada = await runtime.join(roomId, { participantId: 'ada' });
    const host = runtime.api.as(await runtime.token({ permissions: ['allow_join', 'allow_mod'] }));
    const callbackUrl = 'http://localhost:9/resume';
    const record = { step: 'record', with: { participantId: ada.participantId, callbackUrl } };
    const refused = { status: 403, body: { code: 'unauthorized-request' } };
    expect(await host.send('POST', `/v2/rooms/${roomId}/steps`, record)).toMatchObject(refused);
    expect(await host.send('POST', '/v2/rooms', { webhook })).toMatchObject(refused);

    const crawler = runtime.api.as(await runtime.token({ roles: ['crawler'] }));
    const { stepId } = await crawler.startStep(roomId, record);
    const read = (api: typeof host) => api.call('GET', `/v2/steps/${stepId}`);
    expect(await read(crawler)).toMatchObject({ with: { callbackUrl } });
    expect(JSON.stringify(await read(host))).not.toContain('localhost:9');
    expect((await host.send('GET', `/v2/rooms/${roomId}`)).body).toMatchObject({
      webhook: { events: ['session-started'] },
    });
    for (const path of [`/v2/rooms/${roomId}`, '/v2/rooms', `/v2/rooms/${roomId}/steps`]) {
      expect(JSON.stringify((await host.send('GET', path)).body)).not.toContain('localhost:9');
    }
  });
});

describe('the HTTP API', () => {
  it('keeps a deactivated room closed, and lets a disabled one be enabled', async () => {
    const { roomId } = await runtime.api.createRoom();
    const set = (status: string) => runtime.api.send('POST', `/v2/rooms/${roomId}`, { status });
    expect(await set('disabled')).toMatchObject({ body: { status: 'disabled' } });
    expect(await set('enabled')).toMatchObject({ body: { status: 'enabled' } });
    await runtime.api.call('POST', '/v2/rooms/deactivate', { roomId });
    expect(await set('enabled')).toMatchObject({ status: 404, body: { code: 'room-closed' } });
    expect(await runtime.api.call('GET', `/v2/rooms/${roomId}`)).toMatchObject({ disabled: true });
  });

  it('takes an empty body for none, and fills in after how long a session ends', async () => {
    const json = { 'content-type': 'application/json' };
    expect(await runtime.api.send('POST', '/v2/rooms', '', json)).toMatchObject({ status: 200 });
    expect(await runtime.api.createRoom({ autoCloseConfig: { type: 'session-ends' } })).toMatchObject({
      autoCloseConfig: { type: 'session-ends', duration: 480 },
    });
  });

  it('bounds the payload of messages and keeps the name of the server to itself', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using ada = await runtime.join(roomId, { participantId: 'ada' });
    const message = { topic: 'CHAT', message: 'hi', payload: 'x'.repeat(16_000) };
    await expect(ada.call('send-message', message)).rejects.toMatchObject({ code: 'body-too-large' });
    expect(await runtime.api.send('POST', `/v2/rooms/${roomId}/messages`, message)).toMatchObject({
      status: 413,
      body: { code: 'body-too-large' },
    });
    await expect(runtime.join(roomId, { participantId: 'server' })).rejects.toMatchObject({
      code: 'unauthorized-participant',
    });
  });

  it('says when a cursor could not be followed', async () => {
    await runtime.api.createRoom();
    expect(await runtime.api.call('GET', '/v2/events?cursor=another-log:1')).toMatchObject({
      reset: 'other-log',
    });
    expect(await runtime.api.call('GET', '/v2/events')).toMatchObject({ reset: null });
  });

  it('counts calls with bad tokens against the limit of calls', async () => {
    await using strict = await startRuntime({ requestsPerMinute: 10 });
    const guesser = strict.api.as('wrong');
    const statuses: number[] = [];
    for (let call = 0; call < 15; call++) {
      statuses.push((await guesser.send('GET', '/v2/rooms')).status);
    }
    expect(statuses).toContain(401);
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('who speaks into a room over the API', () => {
  it('is heard under an id that the token would let join, and under no other', async () => {
    const { roomId } = await runtime.api.createRoom({ allowedParticipantIds: ['ada', 'bob'] });
    await using ada = await runtime.join(roomId, { participantId: 'ada' });
    const path = `/v2/rooms/${roomId}/plays`;
    const ofBob = runtime.api.as(await runtime.token({ roomId, participantId: 'bob' }));
    const ofNobody = runtime.api.as(await runtime.token({ roomId }));
    const knocking = runtime.api.as(
      await runtime.token({ roomId, participantId: 'bob', permissions: ['ask_join'] }),
    );
    for (const [caller, participantId] of [
      [ofBob, 'eve'],
      [ofNobody, 'eve'],
      [ofNobody, undefined],
    ] as const) {
      expect(await caller.send('POST', path, { text: 'Hello', participantId })).toMatchObject({
        status: 403,
        body: { code: 'unauthorized-participant' },
      });
    }
    expect(await knocking.send('POST', path, { text: 'Hello' })).toMatchObject({ status: 403 });
    expect(await ofBob.send('POST', path, { text: 'Hello' })).toMatchObject({
      status: 200,
      body: { participantId: 'bob' },
    });
    expect(await ofBob.send('POST', `${path}/stop`, {})).toMatchObject({ status: 403 });
    expect(ada.notifications('participant-joined')).toHaveLength(1);
  });

  it('sees no more of an address that is played than where it is', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using _ada = await runtime.join(roomId, { participantId: 'ada' });
    const guest = runtime.api.as(await runtime.token({ roomId }));
    const url = `${runtime.url}/no-such-sound.wav?signature=secret`;
    const answer = await guest.send('POST', `/v2/rooms/${roomId}/plays`, { url });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).not.toContain('secret');
  });
});
