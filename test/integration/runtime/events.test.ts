import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Recording } from '../../../runtime/contract/index.ts';
import { openEventStream, startRuntime, type InProcessRuntime } from '../../support/runtime/index.ts';
import { startReceiver, type Received } from '../events/receiver.ts';

let runtime: InProcessRuntime;
beforeAll(async () => {
  runtime = await startRuntime();
});
afterAll(() => runtime[Symbol.asyncDispose]());

const testEvent = (roomId: string, note: string): Promise<{ epoch: string; seq: number }> =>
  runtime.api.call('POST', `/v2/rooms/${roomId}/test-event`, { note });

describe('the event socket', () => {
  it('replays what came after the cursor, says when it is live, and misses nothing', async () => {
    const { roomId } = await runtime.api.createRoom();
    const seen = await testEvent(roomId, 'seen');
    await testEvent(roomId, 'missed');
    await testEvent(roomId, 'missed too');
    const cursor = `${seen.epoch}:${seen.seq}`;
    await using stream = await openEventStream(runtime.url, runtime.serverKey, { cursor, roomId });
    await stream.ready();
    await testEvent(roomId, 'live');
    await stream.event('test-event', ({ data }) => data.note === 'live');
    const notes = stream.events().flatMap((event) => (event.type === 'test-event' ? [event.data.note] : []));
    expect(notes).toEqual(['missed', 'missed too', 'live']);
    expect(stream.messages.map((message) => message.type)).toEqual(['event', 'event', 'ready', 'event']);
  });

  it('begins with what happens next when no cursor is known, and filters by type', async () => {
    const { roomId } = await runtime.api.createRoom();
    await testEvent(roomId, 'before');
    const query = { cursor: 'latest', roomId, types: 'participant-*,session-started' };
    await using stream = await openEventStream(runtime.url, runtime.serverKey, query);
    await stream.ready();
    await testEvent(roomId, 'of another type');
    const ada = await runtime.join(roomId, { participantId: 'ada' });
    await ada.leave();
    await stream.event('participant-left');
    expect(stream.types()).toEqual(['session-started', 'participant-joined', 'participant-left']);
  });

  it('tells a subscriber of another log to begin anew', async () => {
    const { roomId } = await runtime.api.createRoom();
    await testEvent(roomId, 'kept');
    await using stream = await openEventStream(runtime.url, runtime.serverKey, { cursor: 'other:7', roomId });
    expect(await stream.reset()).toMatchObject({ reason: 'other-log' });
    await stream.ready();
    expect(stream.messages[0]!.type).toBe('reset');
    expect(stream.types()).toEqual(['room-created', 'test-event']);
  });

  it('gives the same events a page at a time over HTTP', async () => {
    const { roomId } = await runtime.api.createRoom();
    for (const note of ['one', 'two', 'three']) {
      await testEvent(roomId, note);
    }
    type Page = { events: { data: { note?: string } }[]; cursor: string };
    const first = await runtime.api.call<Page>('GET', `/v2/events?roomId=${roomId}&limit=2`);
    expect(first.events).toHaveLength(2);
    const second = await runtime.api.call<Page>('GET', `/v2/events?roomId=${roomId}&cursor=${first.cursor}`);
    expect(second.events.map((event) => event.data.note)).toEqual(['two', 'three']);
    expect(await runtime.api.send('GET', '/v2/events?cursor=nonsense')).toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    });
  });

  it('takes one token in its address, and none for two', async () => {
    const token = await runtime.token({ permissions: ['allow_join'] });
    const nobody = runtime.api.as('');
    expect(await nobody.send('GET', `/v2/events?token=${token}`)).toMatchObject({ status: 200 });
    expect(await nobody.send('GET', `/v2/events?token=${token}&token=${token}`)).toMatchObject({
      status: 401,
      body: { code: 'missing-token' },
    });
  });

  it('shows a guest nothing, and a token of one room only that room', async () => {
    const { roomId } = await runtime.api.createRoom();
    const guest = await runtime.token({ roles: ['rtc'] });
    await expect(openEventStream(runtime.url, guest)).rejects.toThrow();
    const ofRoom = runtime.api.as(await runtime.token({ roomId, permissions: ['allow_mod'] }));
    expect(await ofRoom.send('GET', '/v2/events')).toMatchObject({
      status: 403,
      body: { code: 'unauthorized-room', errorCode: 4022 },
    });
    expect(await ofRoom.send('GET', `/v2/events?roomId=${roomId}`)).toMatchObject({ status: 200 });
  });
});

describe('webhooks', () => {
  /** Checks both signatures as a receiver would, with the key that the runtime publishes. */
  async function expectSigned({ headers, body }: Received): Promise<void> {
    const pem = await runtime.api.as('').send('GET', '/v2/public/rsa-public-key');
    const signature = Buffer.from(String(headers['videosdk-signature']), 'base64');
    expect(verify('sha256', Buffer.from(body), createPublicKey(String(pem.body)), signature)).toBe(true);
    const standard = new Webhook(runtime.served.runtime.keys.webhookSecret);
    expect(() => standard.verify(body, headers as Record<string, string>)).not.toThrow();
  }

  it('of a room tell what was asked for, in order, signed, and again when they were not taken', async () => {
    await using receiver = await startReceiver((index) => ({ status: index === 0 ? 503 : 200 }));
    const { roomId } = await runtime.api.createRoom({
      webhook: {
        endPoint: `${receiver.url}/room`,
        events: ['session*', 'participant-joined', 'participant-left'],
      },
    });
    const ada = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
    await ada.call('send-message', { topic: 'CHAT', message: 'not for the webhook' });
    await ada.leave();
    const received = await receiver.count(5);
    const bodies = received.map(({ body }) => JSON.parse(body) as { webhookType: string; data: object });
    expect(bodies.map((body) => body.webhookType)).toEqual([
      'session-started',
      'session-started',
      'participant-joined',
      'participant-left',
      'session-ended',
    ]);
    expect(received[1]!.body).toBe(received[0]!.body);
    expect(received[1]!.headers['webhook-id']).toBe(received[0]!.headers['webhook-id']);
    expect(bodies[2]!.data).toMatchObject({
      meetingId: roomId,
      participantId: 'ada',
      participantName: 'Ada',
    });
    for (const request of received) {
      await expectSigned(request);
    }
  });

  it('of a job tell of that job alone, and its callback brings the finished recording once', async () => {
    let calls = 0;
    await using receiver = await startReceiver((_index, { path }) => ({
      // A workflow that is not waiting yet answers 404 at first.
      status: path === '/callback' && calls++ === 0 ? 404 : 200,
    }));
    const { roomId } = await runtime.api.createRoom();
    await using ada = await runtime.join(roomId, { participantId: 'ada' });
    await using grace = await runtime.join(roomId, { participantId: 'grace' });
    await runtime.api.record(roomId, 'grace');
    const step = await runtime.api.startStep(roomId, {
      step: 'record',
      with: {
        participantId: 'ada',
        webhookUrl: `${receiver.url}/job`,
        callbackUrl: `${receiver.url}/callback`,
        metadata: { order: 42 },
      },
    });
    await runtime.events.event('participant-recording-started', ({ data }) => data.stepId === step.stepId);
    await runtime.api.stopRecording(roomId, 'ada');
    await runtime.api.stopRecording(roomId, 'grace');
    const received = await receiver.count(6);
    const jobs = received.filter(({ path }) => path === '/job');
    expect(jobs.map(({ body }) => (JSON.parse(body) as { webhookType: string }).webhookType)).toEqual([
      'participant-recording-starting',
      'participant-recording-started',
      'participant-recording-stopping',
      'participant-recording-stopped',
    ]);
    for (const request of jobs) {
      await expectSigned(request);
      expect(JSON.parse(request.body)).toMatchObject({ data: { recordingId: step.recordingId } });
    }
    const callbacks = received.filter(({ path }) => path === '/callback');
    expect(callbacks).toHaveLength(2);
    const recording = JSON.parse(callbacks[1]!.body) as Recording;
    expect(recording).toMatchObject({ id: step.recordingId, status: 'completed', metadata: { order: 42 } });
    expect((await fetch(recording.files[0]!.fileUrl)).status).toBe(200);
    await expect
      .poll(async () => (await runtime.api.recording(step.recordingId!)).webhook)
      .toMatchObject({ totalCount: 5, successCount: 5 });
    expect(ada.notifications('removed')).toEqual([]);
    expect(grace.notifications('removed')).toEqual([]);
  });
});
