import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Livestream } from '../../../runtime/contract/index.ts';
import {
  completedRecording,
  encodeAudioClip,
  encodeVideoClip,
  publishAs,
  startRuntimeProcess,
  type EncodedClip,
  type MediaPublisher,
  type RuntimeProcess,
  type SignallingParticipant,
} from '../../support/runtime/index.ts';
import { startReceiver } from '../events/receiver.ts';
import {
  filesHolding,
  readRecordedStream,
  startRtmpServer,
  startSilentServer,
  type RtmpServer,
} from '../../support/rtmp/index.ts';
import { freePort, temporaryDirectory, type TemporaryDirectory } from '../../support/temporary/index.ts';

let directory: TemporaryDirectory;
let runtime: RuntimeProcess;
let server: RtmpServer;
let clips: EncodedClip[];

beforeAll(async () => {
  directory = await temporaryDirectory('roomflow-livestreams-');
  clips = [await encodeVideoClip('vp8'), await encodeAudioClip()];
  server = await startRtmpServer();
  runtime = await startRuntimeProcess(directory.entry('data'));
});
afterAll(async () => {
  await runtime[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

type Stage = AsyncDisposable & { roomId: string; participant: SignallingParticipant; media: MediaPublisher };

/** A room in which somebody sends camera and microphone. */
async function stage(on: RuntimeProcess = runtime, sent = clips): Promise<Stage> {
  const { roomId } = await on.api.createRoom();
  const participant = await on.join(roomId, { participantId: 'ada', name: 'Ada' });
  const media = await publishAs(participant, { clips: sent });
  await on.events.event('track-published', (event) => event.roomId === roomId && event.data.kind === 'video');
  return {
    roomId,
    participant,
    media,
    [Symbol.asyncDispose]: async () => {
      await media.close();
      await participant.drop();
    },
  };
}

const start = (roomId: string, outputs: { url: string; streamKey: string }[], more: object = {}) =>
  runtime.api.call<Livestream & { message: string; livestreamId: string }>('POST', '/v2/livestreams/start', {
    roomId,
    outputs,
    config: { quality: 'low' },
    ...more,
  });

const outputChanged = (livestreamId: string, outputId: string, state: string) =>
  runtime.events.event(
    'livestream-output-changed',
    ({ data }) => data.livestreamId === livestreamId && data.outputId === outputId && data.state === state,
  );

const livestream = (id: string) => runtime.api.call<Livestream>('GET', `/v2/livestreams/${id}`);

describe('a livestream', () => {
  it('sends the composed room to a server unbroken, and is told of from its start to its end', async () => {
    await using ada = await stage();
    const started = await start(ada.roomId, [{ url: server.url, streamKey: 'unbroken' }], {
      metadata: { show: 1 },
    });
    expect(started).toMatchObject({
      message: 'Livestream started successfully',
      livestreamId: started.id,
      roomId: ada.roomId,
      meetingId: ada.roomId,
      metadata: { show: 1 },
    });
    await outputChanged(started.id, 'out_1', 'live');
    expect(await livestream(started.id)).toMatchObject({ status: 'running', end: null });
    const again = await runtime.api.send('POST', '/v2/livestreams/start', {
      roomId: ada.roomId,
      outputs: [{ url: server.url, streamKey: 'second' }],
    });
    expect(again).toMatchObject({ status: 409, body: { code: 'already-livestreaming', errorCode: 4019 } });
    await ada.media.sentMore(30 * 5);
    const ended = await runtime.api.call<Livestream>('POST', '/v2/livestreams/end', { roomId: ada.roomId });
    expect(ended).toMatchObject({
      message: 'Livestream ended successfully',
      status: 'stopped',
      error: null,
      outputs: [{ outputId: 'out_1', url: server.url, state: 'stopped', retries: 0, lastError: null }],
    });
    expect(ended.outputs[0]!.bytesSent).toBeGreaterThan(100_000);
    await runtime.events.event('livestream-stopped', ({ data }) => data.livestreamId === started.id);
    expect(runtime.events.types(ada.roomId).filter((type) => type.startsWith('livestream-'))).toEqual([
      'livestream-starting',
      'livestream-output-changed',
      'livestream-output-changed',
      'livestream-started',
      'livestream-stopping',
      'livestream-output-changed',
      'livestream-stopped',
    ]);
    const [file] = await server.recordings('unbroken');
    const recorded = await readRecordedStream(file!);
    expect(recorded).toMatchObject({ width: 854, height: 480, complaints: '' });
    expect(recorded.pictures).toBeGreaterThan(30 * 4);
    expect(recorded.longestPictureGapMs).toBeLessThanOrEqual(67);
    expect(recorded.longestSoundGapMs).toBeLessThanOrEqual(43);
    const stopped = await runtime.api.send('POST', '/v2/livestreams/stop', { roomId: ada.roomId });
    expect(stopped).toMatchObject({ status: 409, body: { code: 'not-livestreaming', errorCode: 4014 } });
    const { data } = await runtime.api.call<{ data: Livestream[] }>(
      'GET',
      `/v2/livestreams?roomId=${ada.roomId}`,
    );
    expect(data.map(({ id }) => id)).toEqual([started.id]);
  });

  it('is recorded beside it when asked to, and calls the webhook given for it', async () => {
    await using ada = await stage();
    await using receiver = await startReceiver(() => ({ status: 200 }));
    const started = await start(ada.roomId, [{ url: server.url, streamKey: 'recorded' }], {
      config: { quality: 'low', recording: { enabled: true } },
      webhookUrl: `${receiver.url}/job`,
    });
    expect(started.recordingId).toMatch(/^rec_/);
    await outputChanged(started.id, 'out_1', 'live');
    await ada.media.sentMore(30 * 3);
    await runtime.api.call('POST', '/v2/livestreams/end', { roomId: ada.roomId });
    const [file] = await completedRecording(runtime, started.recordingId!, 'meeting');
    expect(file!.meta).toMatchObject({ videoCodec: 'h264', audioCodec: 'aac' });
    expect(file!.meta.duration).toBeGreaterThan(2.5);
    const types = (await receiver.count(7)).map(
      ({ body }) => (JSON.parse(body) as { webhookType: string }).webhookType,
    );
    expect(types).toContain('livestream-started');
    expect(types.at(-1)).toBe('livestream-stopped');
  });

  it('is not disturbed by servers that are silent, away or refusing, and tells of each', async () => {
    await using ada = await stage();
    await using silent = await startSilentServer();
    const started = await start(ada.roomId, [
      { url: server.url, streamKey: 'undisturbed' },
      { url: `rtmp://127.0.0.1:${silent.port}/live`, streamKey: 'k-silent' },
      { url: `rtmp://127.0.0.1:${await freePort()}/live`, streamKey: 'k-away' },
      { url: server.refusingUrl, streamKey: 'k-refused' },
    ]);
    await outputChanged(started.id, 'out_1', 'live');
    const silentLost = await outputChanged(started.id, 'out_2', 'retrying');
    expect(silentLost.data.message).toMatch(/does not answer the RTMP handshake/);
    const { outputs } = await livestream(started.id);
    expect(outputs.map(({ outputId, framesDropped }) => [outputId, framesDropped === 0])[0]).toEqual([
      'out_1',
      true,
    ]);
    expect(outputs[2]).toMatchObject({ lastError: 'Connection refused', bytesSent: 0 });
    await runtime.api.call('POST', '/v2/livestreams/stop', { roomId: ada.roomId });
    const [file, ...more] = await server.recordings('undisturbed');
    expect(more).toEqual([]);
    const recorded = await readRecordedStream(file!);
    expect(recorded.complaints).toBe('');
    expect(recorded.longestPictureGapMs).toBeLessThanOrEqual(67);
    const states = runtime.events
      .events()
      .flatMap((event) =>
        event.type === 'livestream-output-changed' && event.data.outputId === 'out_3'
          ? [event.data.state]
          : [],
      );
    // Many attempts, one word of it.
    expect(states).toEqual(['connecting', 'retrying', 'stopped']);
  });

  it('hands a lone presenter’s own H.264 on, also to a server that is added long after its key frame', async () => {
    const camera = await encodeVideoClip('h264', { size: '854x480' });
    await using ada = await stage(runtime, [camera, clips[1]!]);
    const started = await start(ada.roomId, [{ url: server.url, streamKey: 'presenter' }], {
      participants: [{ participantId: 'ada' }],
    });
    await outputChanged(started.id, 'out_1', 'live');
    await expect
      .poll(async () => (await runtime.api.step(started.stepId)).progress['passthrough'], { timeout: 10_000 })
      .toBe(true);
    await ada.media.sentMore(30 * 3);
    await runtime.api.call('POST', `/v2/livestreams/${started.id}/outputs`, {
      url: server.url,
      streamKey: 'later',
    });
    await outputChanged(started.id, 'out_2', 'live');
    await ada.media.sentMore(30 * 2);
    await runtime.api.call('POST', '/v2/livestreams/end', { roomId: ada.roomId });
    for (const key of ['presenter', 'later']) {
      const [file] = await server.recordings(key);
      const recorded = await readRecordedStream(file!);
      expect(recorded).toMatchObject({ width: 854, height: 480, complaints: '' });
      expect(recorded.pictures).toBeGreaterThan(45);
    }
  });

  it('carries sound alone when asked to', async () => {
    await using ada = await stage();
    const started = await start(ada.roomId, [{ url: server.url, streamKey: 'sound' }], {
      config: { mode: 'audio' },
    });
    await outputChanged(started.id, 'out_1', 'live');
    await ada.media.sentMore(30 * 3);
    await runtime.api.call('POST', '/v2/livestreams/end', { roomId: ada.roomId });
    const [file] = await server.recordings('sound');
    const recorded = await readRecordedStream(file!);
    expect(recorded).toMatchObject({ pictures: 0, complaints: '' });
    expect(recorded.sounds).toBeGreaterThan(100);
    expect(recorded.longestSoundGapMs).toBeLessThanOrEqual(43);
  });

  it('can be sent to more servers and to fewer while it runs', async () => {
    await using ada = await stage();
    const started = await start(ada.roomId, [{ url: server.url, streamKey: 'one' }]);
    await outputChanged(started.id, 'out_1', 'live');
    const path = `/v2/livestreams/${started.id}/outputs`;
    const more = await runtime.api.call<Livestream>('POST', path, {
      url: server.url,
      streamKey: 'two',
      outputId: 'backup',
    });
    expect(more.outputs.map(({ outputId }) => outputId)).toEqual(['out_1', 'backup']);
    await outputChanged(started.id, 'backup', 'live');
    const taken = await runtime.api.send('POST', path, {
      url: server.url,
      streamKey: 'three',
      outputId: 'backup',
    });
    expect(taken).toMatchObject({ status: 422, body: { code: 'invalid-livestream-config' } });
    const fewer = await runtime.api.call<Livestream>('DELETE', `${path}/out_1`);
    expect(fewer.outputs[0]).toMatchObject({ outputId: 'out_1', state: 'stopped' });
    expect(await runtime.api.send('DELETE', `${path}/out_1`)).toMatchObject({
      status: 404,
      body: { code: 'output-not-found' },
    });
    await ada.media.sentMore(60);
    await runtime.api.call('POST', '/v2/livestreams/end', { roomId: ada.roomId });
    const [file] = await server.recordings('two');
    expect((await readRecordedStream(file!)).complaints).toBe('');
    expect(await runtime.api.send('POST', path, { url: server.url, streamKey: 'late' })).toMatchObject({
      status: 409,
      body: { code: 'not-livestreaming' },
    });
  });

  it('goes on in another worker, with the outputs of now, when its worker is killed', async () => {
    await using ada = await stage();
    const started = await start(ada.roomId, [{ url: server.url, streamKey: 'given-up' }]);
    await outputChanged(started.id, 'out_1', 'live');
    const path = `/v2/livestreams/${started.id}/outputs`;
    await runtime.api.call('POST', path, { url: server.url, streamKey: 'survivor' });
    await runtime.api.call('DELETE', `${path}/out_1`);
    await outputChanged(started.id, 'out_2', 'live');
    const [worker] = await workersOf(runtime.process.pid);
    process.kill(worker!, 'SIGKILL');
    await expect.poll(async () => (await server.recordings('survivor')).length, { timeout: 20_000 }).toBe(2);
    expect(await server.recordings('given-up')).toHaveLength(1);
    await runtime.api.call('POST', '/v2/livestreams/end', { roomId: ada.roomId });
  });

  it('ends as failed when it never reached anybody, and says why', async () => {
    await using ada = await stage();
    const url = `rtmp://127.0.0.1:${await freePort()}/live`;
    const started = await start(ada.roomId, [{ url, streamKey: 'nobody' }]);
    await outputChanged(started.id, 'out_1', 'retrying');
    const ended = await runtime.api.call<Livestream>('POST', '/v2/livestreams/end', { roomId: ada.roomId });
    expect(ended).toMatchObject({
      status: 'failed',
      error: {
        code: 'livestream-failed',
        message: expect.stringContaining(`${url}: Connection refused`) as string,
      },
    });
  });
});

describe('a livestream that cannot be', () => {
  it.each([
    ['no outputs', {}, /outputs/],
    ['no url', { outputs: [{ streamKey: 'hush' }] }, /url/],
    ['another scheme', { outputs: [{ url: 'https://host/live', streamKey: 'hush' }] }, /rtmps\?/],
    ['no key at all', { outputs: [{ url: 'rtmp://127.0.0.1/live' }] }, /streamKey is missing/],
    [
      'two outputs of one name',
      {
        outputs: [
          { url: 'rtmp://127.0.0.1/live', streamKey: 'hush', outputId: 'a' },
          { url: 'rtmp://127.0.0.1/live', streamKey: 'hush', outputId: 'a' },
        ],
      },
      /called "a"/,
    ],
    [
      'a page to render',
      { outputs: [{ url: 'rtmp://127.0.0.1/live', streamKey: 'hush' }], templateUrl: 'https://x/y' },
      /templateUrl/,
    ],
    [
      'a transcription without a recording',
      { outputs: [{ url: 'rtmp://127.0.0.1/live', streamKey: 'hush' }], transcription: { enabled: true } },
      /transcription/,
    ],
  ])('is refused with VideoSDK’s number: %s', async (_what, body, message) => {
    await using ada = await stage();
    const answer = await runtime.api.send('POST', '/v2/livestreams/start', { roomId: ada.roomId, ...body });
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'invalid-livestream-config', errorCode: 4015 },
    });
    expect((answer.body as { message: string }).message).toMatch(message);
    expect(JSON.stringify(answer.body)).not.toContain('hush');
  });

  it('is refused where the operator lets nobody connect to', async () => {
    await using strict = await startRuntimeProcess(directory.entry('strict'), {
      outboundAllowList: 'public',
    });
    await using ada = await stage(strict);
    const outputs = [{ url: 'rtmp://127.0.0.1/live', streamKey: 'hush' }];
    for (const [path, body] of [
      ['/v2/livestreams/start', { roomId: ada.roomId, outputs }],
      [`/v2/rooms/${ada.roomId}/steps`, { step: 'rtmp', with: { outputs } }],
    ] as const) {
      expect(await strict.api.send('POST', path, body)).toMatchObject({
        status: 422,
        body: { code: 'address-not-allowed' },
      });
    }
  });
});

describe('a stream key', () => {
  it('is in no answer, event, log, row or file, by whatever call it came', async () => {
    await using ada = await stage();
    const secret = 'N0body-may-kn0w';
    const started = await start(ada.roomId, [
      { url: `${server.url}?auth=${secret}-query`, streamKey: secret },
    ]);
    await outputChanged(started.id, 'out_1', 'live');
    await runtime.api.call('POST', `/v2/livestreams/${started.id}/outputs`, {
      url: `${server.refusingUrl}/${secret}?pass=${secret}`,
    });
    await outputChanged(started.id, 'out_2', 'retrying');
    await server.kill();
    await outputChanged(started.id, 'out_1', 'retrying');
    await server.start();
    const told = [
      started,
      await livestream(started.id),
      await runtime.api.step(started.stepId),
      await runtime.api.call('GET', `/v2/rooms/${ada.roomId}/steps`),
      await runtime.api.call('POST', '/v2/livestreams/end', { roomId: ada.roomId }),
      runtime.events.events(),
      runtime.process.output(),
    ];
    expect(JSON.stringify(told)).not.toContain(secret);
    expect(await filesHolding(runtime.dataDirectory, secret)).toEqual([]);
    expect(await filesHolding(runtime.dataDirectory, started.id)).not.toEqual([]);
  });
});

describe('when the whole runtime is killed and its sessions do not go on', () => {
  it('ends the livestream on the next start, and tells of it', async () => {
    const data = directory.entry('killed');
    let id: string;
    {
      await using doomed = await startRuntimeProcess(data);
      await using ada = await stage(doomed);
      ({ id } = await doomed.api.call<Livestream>('POST', '/v2/livestreams/start', {
        roomId: ada.roomId,
        outputs: [{ url: server.url, streamKey: 'cut-off' }],
        config: { quality: 'low' },
      }));
      await doomed.events.event('livestream-started');
      doomed.process.signal('SIGKILL');
      await doomed.process.ended;
      // The end of this scope fails when an ffmpeg outlives the runtime.
    }
    await using next = await startRuntimeProcess(data, { sessionResumeSeconds: 0 });
    expect(await next.api.call<Livestream>('GET', `/v2/livestreams/${id}`)).toMatchObject({
      status: 'failed',
      end: expect.any(String) as string,
      error: { code: 'livestream-failed' },
      outputs: [{ state: 'stopped' }],
    });
    await next.events.event('livestream-failed', (event) => event.data.livestreamId === id);
  });
});

/** The media workers of a runtime. Source: proc(5). */
async function workersOf(pid: number): Promise<number[]> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'))
    .split(' ')
    .filter(Boolean)
    .map(Number);
  const commandLines = await Promise.all(children.map((child) => readFile(`/proc/${child}/cmdline`, 'utf8')));
  return children.filter((_child, index) => commandLines[index]?.includes('media-worker-process') === true);
}
