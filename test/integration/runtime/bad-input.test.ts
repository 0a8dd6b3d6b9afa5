import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { chmod, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeCodes } from '../../../runtime/contract/index.ts';
import { analysePicture } from '../../support/oracle/index.ts';
import {
  completedRecording,
  encodeAudioClip,
  encodeVideoClip,
  publishAs,
  publishWithWhip,
  runRoomflow,
  startRuntime,
  type EncodedClip,
  type InProcessRuntime,
  type SignallingWire,
} from '../../support/runtime/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

const run = promisify(execFile);

let clips: EncodedClip[];
beforeAll(async () => {
  clips = [await encodeVideoClip('vp8', { seconds: 3 }), await encodeAudioClip(3)];
});

describe('a client that sends nonsense', () => {
  let runtime: InProcessRuntime;
  beforeAll(async () => {
    runtime = await startRuntime();
  });
  afterAll(() => runtime[Symbol.asyncDispose]());

  it('is told what is wrong, keeps its socket, and harms nobody', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using guest = await publishWithWhip(runtime, roomId, { clips, participantId: 'ada' });
    await runtime.events.event('track-published', ({ data }) => data.kind === 'video');
    const { recordingId } = await runtime.api.record(roomId, 'ada');

    await using eve = await runtime.join(roomId, { participantId: 'eve' });
    const bad = async (message: string | Uint8Array<ArrayBuffer>, id = -1): Promise<unknown> =>
      ((await eve.sendRaw(message, id)) as { error?: unknown }).error;
    const malformed = { code: 'invalid-signalling', statusCode: 400 };
    expect(await bad('{"id":1,')).toMatchObject(malformed);
    expect(await bad('null')).toMatchObject(malformed);
    expect(await bad('"join"')).toMatchObject(malformed);
    expect(await bad(new Uint8Array([1, 2, 3]))).toMatchObject(malformed);
    expect(await bad('{"id":90,"method":"fly"}', 90)).toMatchObject(malformed);
    expect(await bad('{"id":91,"method":"constructor"}', 91)).toMatchObject(malformed);
    expect(
      await bad('{"id":92,"method":"set-muted","data":{"kind":"smell","muted":true}}', 92),
    ).toMatchObject({
      ...malformed,
      details: [
        { pointer: '/data/kind', message: 'must be one of audio, video, screen_audio, screen_video' },
      ],
    });

    await eve.call('media-start');
    const publish = (sdp: string) => eve.call('publish', { sdp, tracks: [{ mid: '0', kind: 'video' }] });
    for (const sdp of [
      'nonsense',
      'v=0\r\n',
      'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n',
      `v=0\r\n${'a=x\r\n'.repeat(10_000)}`,
    ]) {
      await expect(publish(sdp)).rejects.toMatchObject({ code: 'invalid-sdp' });
    }
    await expect(eve.call('subscribe-answer', { offerId: 99, sdp: 'nonsense' })).rejects.toMatchObject({
      code: expect.stringMatching(/^invalid-/) as string,
    });
    await eve.call('candidate', { connection: 'publish', candidate: { candidate: 'candidate:garbage' } });
    await expect(eve.call('set-muted', { kind: 'video', muted: true })).rejects.toMatchObject({
      code: 'track-not-found',
    });
    await eve.call('prefer', { trackId: 'trk_none', layer: 'low' });
    await eve.call('ping');

    await using watcher = await runtime.join(roomId, { mode: 'RECV_ONLY' });
    await expect(watcher.call('publish', { sdp: 'v=0', tracks: [] })).rejects.toMatchObject({
      code: 'unauthorized-request',
    });

    // And a client of good will, on the very same connection, gets through.
    await using media = await publishAs(eve, { clips });
    await runtime.events.event('track-published', ({ data }) => data.participantId === 'eve');
    await media.sentMore(30);
    await guest.sentMore(30);
    await runtime.api.stopRecording(roomId, 'ada');
    const [file] = await completedRecording(runtime, recordingId);
    const picture = await analysePicture(file!.filePath);
    expect(picture.decodeErrors).toEqual([]);
    expect(picture.longestFreezeMs).toBeLessThan(1000);
  });

  it('cannot disturb media by throwing datagrams at its port', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using guest = await publishWithWhip(runtime, roomId, { clips, participantId: 'ada', network: {} });
    await runtime.events.event('track-published', (event) => event.roomId === roomId);
    const { recordingId } = await runtime.api.record(roomId, 'ada');
    const socket = createSocket('udp4');
    const throwAt = (bytes: Buffer): Promise<unknown> =>
      new Promise((resolve) => socket.send(bytes, guest.relays[0]!.target.port, '127.0.0.1', resolve));
    const kinds = [
      Buffer.alloc(0),
      Buffer.of(0x80),
      Buffer.alloc(1200, 0x80),
      Buffer.concat([Buffer.of(0x80, 200, 0, 1), Buffer.alloc(24, 0xff)]),
      Buffer.concat([Buffer.of(0x00, 0x01, 0x00, 0x08, 0x21, 0x12, 0xa4, 0x42), Buffer.alloc(20, 7)]),
      Buffer.concat([Buffer.of(22, 254, 253), Buffer.alloc(60, 1)]),
      Buffer.concat([Buffer.of(0x9f, 96, 0xff, 0xff), Buffer.alloc(8, 0xff)]),
    ];
    for (let round = 0; round < 50; round++) {
      await Promise.all(kinds.map(throwAt));
    }
    await guest.sentMore(60);
    socket.close();
    await runtime.api.stopRecording(roomId, 'ada');
    const [file] = await completedRecording(runtime, recordingId);
    const picture = await analysePicture(file!.filePath);
    expect(picture.decodeErrors).toEqual([]);
    expect(picture.longestFreezeMs).toBeLessThan(1000);
  });

  it('is put out when it floods, and may come back', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using flooder: SignallingWire = await runtime.wire(roomId);
    const calls = Array.from({ length: 1000 }, () => flooder.call('ping').catch(() => undefined));
    expect(await flooder.closed).toMatchObject({ code: closeCodes.flooding });
    await Promise.all(calls);
    await using back = await runtime.wire(roomId);
    await back.call('ping');
  });

  it('is answered with the code, status and number of the table', async () => {
    const { api } = runtime;
    expect(await api.send('GET', '/v2/nowhere')).toMatchObject({
      status: 404,
      body: { code: 'route-not-found' },
    });
    expect(await api.send('GET', '/v2/rooms/not%20a%20room')).toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    });
    expect(await api.send('GET', '/v2/rooms/no-such-room')).toMatchObject({
      status: 404,
      body: {
        code: 'room-not-found',
        errorCode: 4003,
        fault: 'user',
        message: expect.stringContaining('no-such-room') as string,
      },
    });
    const json = { 'content-type': 'application/json' };
    expect(await api.send('POST', '/v2/rooms', '{"customRoomId":', json)).toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    });
    expect(
      await api.send('POST', '/v2/rooms', 'a=1', { 'content-type': 'application/x-yaml' }),
    ).toMatchObject({
      status: 415,
      body: { code: 'unsupported-media-type' },
    });
    expect(
      await api.send('POST', '/v2/rooms', `{"customRoomId":"${'x'.repeat(2_000_000)}"}`, json),
    ).toMatchObject({
      status: 413,
      body: { code: 'body-too-large' },
    });
    expect(
      await api.send('POST', '/v2/rooms', `{"x":${'['.repeat(100)}${']'.repeat(100)}}`, json),
    ).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', message: expect.stringContaining('deeper than 64') as string },
    });
    expect(await api.send('POST', '/v2/rooms', { unknownKey: 1 })).toMatchObject({
      status: 400,
      body: {
        code: 'invalid-request',
        details: [{ pointer: 'body/unknownKey', message: 'is not a known name here' }],
      },
    });
    expect(await api.as('').send('GET', '/v2/rooms')).toMatchObject({
      status: 401,
      body: { code: 'missing-token', errorCode: 4002 },
    });
    expect(await api.as('Bearer wrong').send('GET', '/v2/rooms')).toMatchObject({
      status: 401,
      body: { code: 'invalid-token', errorCode: 4002 },
    });
    const guest = api.as(await runtime.token({ permissions: ['allow_join'] }));
    const { roomId } = await api.createRoom();
    expect(await guest.send('POST', '/v2/rooms/deactivate', { roomId })).toMatchObject({
      status: 403,
      body: { code: 'unauthorized-request', errorCode: 4025 },
    });
  });
});

describe('a disk that is full', () => {
  it('refuses a recording before it begins', async () => {
    await using runtime = await startRuntime({ minimumFreeDiskBytes: 10 ** 15 });
    const { roomId } = await runtime.api.createRoom();
    await using ada = await runtime.join(roomId, { participantId: 'ada' });
    const answer = await runtime.api.send('POST', '/v2/recordings/participant/start', {
      roomId,
      participantId: 'ada',
    });
    expect(answer).toMatchObject({
      status: 507,
      body: { code: 'disk-full', errorCode: 5012, fault: 'runtime', retryable: true },
    });
    expect(runtime.events.types(roomId).filter((type) => type.includes('recording'))).toEqual([]);
    expect(ada.notifications('recording-state-changed')).toEqual([]);
  });

  it('ends a running recording as failed, keeps what was recorded, and the meeting goes on', async () => {
    await using runtime = await startRuntime();
    const { roomId } = await runtime.api.createRoom();
    await using guest = await publishWithWhip(runtime, roomId, { clips, participantId: 'ada' });
    const { sessionId } = await runtime.events.event('track-published', ({ data }) => data.kind === 'video');
    const { recordingId } = await runtime.api.record(roomId, 'ada');
    await runtime.events.event('participant-recording-started');
    // No file of the worker may grow beyond this: to who writes it is the same as a full disk.
    const worker = runtime.served.runtime.pool.pidOf(sessionId!);
    await run('prlimit', ['--pid', String(worker), '--fsize=150000']);
    const failed = await runtime.events.event('participant-recording-failed');
    expect(failed.data).toMatchObject({ recordingId, code: 'disk-full' });
    const recording = await runtime.api.recording(recordingId);
    expect(recording).toMatchObject({ status: 'failed', error: { code: 'disk-full' } });
    expect((await analysePicture(recording.files[0]!.filePath)).frameCount).toBeGreaterThan(15);
    await guest.sentMore(10);
    expect(runtime.events.types(roomId)).not.toContain('participant-left');
    expect(runtime.served.runtime.pool.pidOf(sessionId!)).toBe(worker);
  });
});

describe('the command line', () => {
  it('says that the port or the data folder is taken, and exits 1', async () => {
    await using directory = await temporaryDirectory();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await using taken = await runRoomflow([
      ...['serve', '--data-directory', directory.entry('data'), '--port', String(port)],
    ]);
    expect(await taken.ended).toMatchObject({ code: 1 });
    expect(taken.stderr()).toMatch(new RegExp(`${port}.*--port.*\\[port-in-use\\]`));
    server.close();

    await using runtime = await startRuntime();
    await using second = await runRoomflow([
      'serve',
      '--data-directory',
      runtime.dataDirectory,
      '--port',
      '0',
    ]);
    expect(await second.ended).toMatchObject({ code: 1 });
    expect(second.stderr()).toContain('[data-folder-in-use]');
    expect(await runtime.api.send('GET', '/health')).toMatchObject({ status: 200 });
  });

  it('refuses unknown commands, flags and values, and names them', async () => {
    for (const [args, message] of [
      [['fly'], /Unknown command "fly"/],
      [['serve', '--colour', 'red'], /colour.*\[invalid-config\]/s],
      [['serve', '--port', 'many'], /port.*many.*\[invalid-config\]/s],
      [['token', '--permissions', 'everything'], /permissions.*\[invalid-request\]/s],
    ] as const) {
      await using directory = await temporaryDirectory();
      const flags = args[0] === 'fly' ? [] : ['--data-directory', directory.entry('data')];
      await using process = await runRoomflow([...args, ...flags]);
      expect(await process.ended).toMatchObject({ code: 1 });
      expect(process.stderr()).toMatch(message);
    }
  });

  it('finds with doctor what is missing or too old, and says what to do', async () => {
    await using directory = await temporaryDirectory();
    const args = ['doctor', '--data-directory', directory.entry('data'), '--port', '0'];
    await using healthy = await runRoomflow(args);
    expect(await healthy.ended).toMatchObject({ code: 0 });
    expect(healthy.stdout()).toContain('Everything is in place.');

    await using missing = await runRoomflow(args, {
      FFMPEG_PATH: '',
      FFPROBE_PATH: '',
      PATH: directory.path,
    });
    expect(await missing.ended).toMatchObject({ code: 1 });
    expect(missing.stdout()).toMatch(/FAIL {2}.*ffmpeg.*\n.*apt-get install ffmpeg/);

    const old = directory.entry('ffmpeg');
    await writeFile(old, '#!/bin/sh\necho "ffmpeg version 4.2.7 Copyright (c) 2000-2022"\n');
    await chmod(old, 0o755);
    await using outdated = await runRoomflow(args, { FFMPEG_PATH: old, FFPROBE_PATH: old });
    expect(await outdated.ended).toMatchObject({ code: 1 });
    expect(outdated.stdout()).toMatch(/FAIL {2}.*4\.2\.7/);
  });
});
