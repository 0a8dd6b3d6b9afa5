import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it, vi } from 'vitest';
import { loadKeys } from '../../../runtime/config/index.ts';
import { createEventLog, createWebhookDelivery, type EventLog } from '../../../runtime/events/index.ts';
import {
  findOldestPending,
  insertRecording,
  insertRoom,
  listPendingUrls,
  listRecordingDeliveries,
  openStore,
  type Store,
} from '../../../runtime/store/index.ts';
import { freePort, temporaryDirectory } from '../../support/temporary/index.ts';
import { startReceiver, type Receiver } from './receiver.ts';

type Delivery = ReturnType<typeof createWebhookDelivery>;
type Runtime = AsyncDisposable & {
  store: Store;
  events: EventLog;
  delivery: Delivery;
  keys: ReturnType<typeof loadKeys>;
  /** Moves the clock on, and starts the delivery anew, as a restart of the runtime does. */
  restartLater: (ms: number) => Promise<void>;
};

const roomId = 'abcd-efgh-ijkl';
const recordingId = 'recording-1';
const ok = { status: 200 };
const sharedKeys = temporaryDirectory().then(async (folder) => {
  await using owned = folder;
  return loadKeys(owned.path);
});

async function startRuntime(
  options: {
    webhook?: { endPoint: string; events?: string[] };
    webhookUrl?: string;
    timeoutMs?: number;
  } = {},
): Promise<Runtime> {
  const store = await openStore({ file: ':memory:' });
  let shiftMs = 0;
  const now = (): number => Date.now() + shiftMs;
  const at = new Date().toISOString();
  insertRoom(store, {
    id: roomId,
    customRoomId: null,
    disabled: false,
    deactivated: false,
    webhook: options.webhook ?? null,
    autoCloseConfig: null,
    allowedParticipantIds: null,
    maxParticipants: null,
    maxForwardedSpeakers: null,
    createdAt: at,
    updatedAt: at,
  });
  insertRecording(store, {
    id: recordingId,
    stepId: 'step-1',
    mode: 'participant',
    kind: 'audio_video',
    roomId,
    sessionId: 'session-1',
    participantId: 'ada',
    participantName: 'Ada',
    fileFormat: 'webm',
    status: 'running',
    start: at,
    end: null,
    error: null,
    webhookUrl: options.webhookUrl ?? null,
    callbackUrl: null,
    metadata: null,
    composed: null,
    merged: null,
  });
  const keys = await sharedKeys;
  const events = createEventLog({ store, now });
  const make = (): Delivery =>
    createWebhookDelivery({
      store,
      events,
      keys,
      now,
      random: () => 0,
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    });
  const runtime = {
    store,
    events,
    keys,
    delivery: make(),
    restartLater: async (ms: number) => {
      await runtime.delivery.stop();
      shiftMs += ms;
      runtime.delivery = make();
      runtime.delivery.start();
    },
    [Symbol.asyncDispose]: async () => {
      await runtime.delivery.stop();
      events.close();
      await store.close();
    },
  };
  runtime.delivery.start();
  return runtime;
}

const join = (events: EventLog, participantId = 'ada'): string =>
  events.append('participant-joined', {
    roomId,
    sessionId: 'session-1',
    data: {
      participantId,
      participantName: 'Ada',
      mode: 'SEND_AND_RECV',
      permissions: ['allow_join'],
      metaData: null,
    },
  }).id;

const stopRecording = (events: EventLog): void => {
  events.append('participant-recording-stopped', {
    roomId,
    sessionId: 'session-1',
    data: { recordingId, stepId: 'step-1', participantId: 'ada', fileDetails: [] },
  });
};

const until = (reached: () => boolean): Promise<true> =>
  vi.waitUntil(reached, { interval: 2, timeout: 60_000 });

/** Resolves once nothing is pending any more. */
const settled = (runtime: Runtime): Promise<true> => until(() => listPendingUrls(runtime.store).length === 0);

/** Resolves once the answer to so many attempts at the oldest pending delivery is written down. */
const attempted = (runtime: Runtime, url: string, attempts: number): Promise<true> =>
  until(() => (findOldestPending(runtime.store, url)?.attempts ?? 0) >= attempts);

const namesOf = (receiver: Receiver): string[] =>
  receiver.received.map(
    ({ body }) => (JSON.parse(body) as { data: { participantId: string } }).data.participantId,
  );

describe('webhooks of a room', () => {
  it('carry VideoSDK’s body, signed in VideoSDK’s way and as a Standard Webhook', async () => {
    await using receiver = await startReceiver(() => ok);
    await using runtime = await startRuntime({ webhook: { endPoint: receiver.url } });
    const eventId = join(runtime.events);
    const [request] = await receiver.count(1);
    if (request === undefined) {
      throw new Error('nothing was received');
    }
    expect(JSON.parse(request.body)).toEqual({
      webhookType: 'participant-joined',
      data: {
        roomId,
        meetingId: roomId,
        sessionId: 'session-1',
        participantId: 'ada',
        participantName: 'Ada',
        mode: 'SEND_AND_RECV',
        permissions: ['allow_join'],
        metaData: null,
      },
    });
    const signature = Buffer.from(String(request.headers['videosdk-signature']), 'base64');
    const publicKey = createPublicKey(runtime.keys.webhookPublicKey);
    expect(verify('sha256', Buffer.from(request.body), publicKey, signature)).toBe(true);
    expect(request.headers['webhook-id']).toBe(eventId);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    expect(() => new Webhook(runtime.keys.webhookSecret).verify(request.body, headers)).not.toThrow();
  });

  it('are sent for the events the room asked for only', async () => {
    await using receiver = await startReceiver(() => ok);
    await using runtime = await startRuntime({
      webhook: { endPoint: receiver.url, events: ['participant-j*'] },
    });
    stopRecording(runtime.events);
    join(runtime.events, 'bob');
    await receiver.count(1);
    await settled(runtime);
    expect(namesOf(receiver)).toEqual(['bob']);
  });

  it('keep their order while the receiver stumbles', async () => {
    await using receiver = await startReceiver((index) => (index === 0 ? { status: 503 } : ok));
    await using runtime = await startRuntime({
      webhook: { endPoint: receiver.url, events: ['participant-joined'] },
    });
    for (const name of ['ada', 'bob', 'eve']) {
      join(runtime.events, name);
    }
    await attempted(runtime, receiver.url, 1);
    await runtime.restartLater(6000);
    await settled(runtime);
    expect(namesOf(receiver)).toEqual(['ada', 'ada', 'bob', 'eve']);
  });

  it('go on after a body that the receiver never takes', async () => {
    await using receiver = await startReceiver((_, { body }) => ({
      status: body.includes('"ada"') ? 500 : 200,
    }));
    await using runtime = await startRuntime({
      webhook: { endPoint: receiver.url, events: ['participant-joined'] },
    });
    join(runtime.events, 'ada');
    join(runtime.events, 'bob');
    for (let attempts = 1; attempts < 4; attempts += 1) {
      await attempted(runtime, receiver.url, attempts);
      await runtime.restartLater(600_000);
    }
    await receiver.count(5);
    expect(namesOf(receiver)).toEqual(['ada', 'ada', 'ada', 'ada', 'bob']);
  });

  it('are given up at once when the receiver says 410', async () => {
    await using receiver = await startReceiver(() => ({ status: 410 }));
    await using runtime = await startRuntime({
      webhook: { endPoint: receiver.url, events: ['participant-joined'] },
    });
    join(runtime.events, 'ada');
    join(runtime.events, 'bob');
    await settled(runtime);
    expect(namesOf(receiver)).toEqual(['ada']);
  });

  it('do not follow a redirect with the body in hand', async () => {
    await using elsewhere = await startReceiver(() => ok);
    await using receiver = await startReceiver(() => ({ status: 307, headers: { location: elsewhere.url } }));
    await using runtime = await startRuntime({ webhookUrl: receiver.url });
    stopRecording(runtime.events);
    await attempted(runtime, receiver.url, 1);
    expect(runtime.delivery.summary(recordingId).data).toMatchObject([
      { status: 'pending', lastStatus: 307 },
    ]);
    expect(elsewhere.received).toHaveLength(0);
  });

  it('reach the receiver for events that happened while the runtime was down', async () => {
    await using receiver = await startReceiver(() => ok);
    await using runtime = await startRuntime({
      webhook: { endPoint: receiver.url, events: ['participant-joined'] },
    });
    await runtime.delivery.stop();
    join(runtime.events, 'ada');
    join(runtime.events, 'bob');
    await runtime.restartLater(0);
    await receiver.count(2);
    await settled(runtime);
    expect(namesOf(receiver)).toEqual(['ada', 'bob']);
  });
});

describe('webhooks of a recording', () => {
  it('tell in the recording how they went', async () => {
    await using receiver = await startReceiver(() => ok);
    await using runtime = await startRuntime({ webhookUrl: receiver.url });
    stopRecording(runtime.events);
    await receiver.count(1);
    await settled(runtime);
    expect(runtime.delivery.summary(recordingId)).toEqual({
      totalCount: 1,
      successCount: 1,
      data: [
        {
          webhookType: 'participant-recording-stopped',
          kind: 'job',
          url: receiver.url,
          status: 'delivered',
          attempts: 1,
          lastStatus: 200,
          lastError: null,
        },
      ],
    });
  });

  it('reach a URL that the room names too only once', async () => {
    await using receiver = await startReceiver(() => ok);
    await using runtime = await startRuntime({
      webhook: { endPoint: receiver.url },
      webhookUrl: receiver.url,
    });
    stopRecording(runtime.events);
    await receiver.count(1);
    await settled(runtime);
    expect(receiver.received).toHaveLength(1);
  });

  it.each([
    ['nobody listens', undefined, /ECONNREFUSED/],
    ['the receiver hangs up', 'hang-up', /other side closed|socket hang up|ECONNRESET/],
    ['no answer comes in time', 'hang', /No answer within 200 ms/],
    [
      'the receiver is in trouble',
      { status: 500, body: 'database is locked' },
      /HTTP 500: database is locked/,
    ],
  ] as const)('are tried again when %s', async (_, reply, reason) => {
    await using receiver = await startReceiver(() => reply ?? ok);
    const webhookUrl = reply === undefined ? `http://127.0.0.1:${await freePort()}/` : receiver.url;
    await using runtime = await startRuntime({ webhookUrl, timeoutMs: 200 });
    stopRecording(runtime.events);
    await attempted(runtime, webhookUrl, 1);
    const [entry] = listRecordingDeliveries(runtime.store, recordingId);
    expect(entry).toMatchObject({ state: 'pending', attempts: 1 });
    expect(entry?.lastError).toMatch(reason);
    await runtime.restartLater(5001);
    await attempted(runtime, webhookUrl, 2);
  });

  it('end as failed after a day of trying', async () => {
    await using receiver = await startReceiver(() => ({ status: 500 }));
    await using runtime = await startRuntime({ webhookUrl: receiver.url });
    stopRecording(runtime.events);
    for (let attempts = 1; attempts < 10; attempts += 1) {
      await attempted(runtime, receiver.url, attempts);
      await runtime.restartLater(9 * 3_600_000);
    }
    await settled(runtime);
    expect(runtime.delivery.summary(recordingId)).toMatchObject({
      totalCount: 1,
      successCount: 0,
      data: [{ status: 'failed', attempts: 10, lastStatus: 500 }],
    });
  });
});

describe('callbacks', () => {
  const callback = (runtime: Runtime, url: string): void =>
    runtime.delivery.enqueueCallback({
      recordingId,
      roomId,
      url,
      body: { id: recordingId, status: 'completed' },
    });

  it('carry the recording itself', async () => {
    await using receiver = await startReceiver(() => ok);
    await using runtime = await startRuntime();
    callback(runtime, `${receiver.url}/webhook-waiting/7?signature=abc`);
    const [request] = await receiver.count(1);
    expect(request).toMatchObject({ path: '/webhook-waiting/7?signature=abc' });
    expect(JSON.parse(request?.body ?? '')).toEqual({ id: recordingId, status: 'completed' });
  });

  it('come back in a moment while n8n has not parked the execution yet', async () => {
    await using receiver = await startReceiver(
      (index) =>
        [{ status: 404 }, { status: 409, body: 'The execution "7" is running already.' }][index] ?? ok,
    );
    await using runtime = await startRuntime();
    callback(runtime, receiver.url);
    await receiver.count(3);
    await settled(runtime);
    expect(runtime.delivery.summary(recordingId)).toMatchObject({ successCount: 1 });
  });

  it('stop when the execution has finished already', async () => {
    await using receiver = await startReceiver(() => ({
      status: 409,
      body: 'The execution "7" has finished already.',
    }));
    await using runtime = await startRuntime();
    callback(runtime, receiver.url);
    await settled(runtime);
    expect(receiver.received).toHaveLength(1);
    expect(runtime.delivery.summary(recordingId).data).toMatchObject([
      { status: 'refused', lastStatus: 409 },
    ]);
  });

  it('are made once, however often they are asked for', async () => {
    await using receiver = await startReceiver(() => ok);
    await using runtime = await startRuntime();
    callback(runtime, receiver.url);
    callback(runtime, receiver.url);
    await settled(runtime);
    expect(receiver.received).toHaveLength(1);
  });

  it('are not made when the transaction that asked for them is rolled back', async () => {
    await using receiver = await startReceiver(() => ok);
    await using runtime = await startRuntime();
    expect(() =>
      runtime.store.transact(() => {
        callback(runtime, receiver.url);
        throw new Error('the recording could not be ended');
      }),
    ).toThrow('could not be ended');
    expect(runtime.delivery.summary(recordingId).totalCount).toBe(0);
    expect(receiver.received).toHaveLength(0);
  });
});
