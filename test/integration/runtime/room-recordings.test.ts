import { execFile } from 'node:child_process';
import { access, open, readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ComposedRecording, Page } from '../../../runtime/contract/index.ts';
import { analysePicture, analyseTones, median } from '../../support/oracle/index.ts';
import {
  beepHzOf,
  completedRecording,
  encodeBeepAndFlash,
  encodeVideoClip,
  publishAs,
  startRuntime,
  type BeepAndFlashClips,
  type EncodedClip,
  type InProcessRuntime,
  type MediaPublisher,
  type SignallingParticipant,
} from '../../support/runtime/index.ts';
import { startReceiver } from '../events/receiver.ts';

const run = promisify(execFile);

type Started = { message: string; recordingId: string; stepId: string; status: string };

let runtime: InProcessRuntime;
let picture: EncodedClip;
/** One long tone a person. */
const people: BeepAndFlashClips[] = [];

beforeAll(async () => {
  picture = await encodeVideoClip('vp8');
  for (const number of [1, 2, 3]) {
    people.push(await encodeBeepAndFlash(number, { beeps: false }));
  }
  runtime = await startRuntime();
});
afterAll(() => runtime[Symbol.asyncDispose]());

type Guest = AsyncDisposable & { participant: SignallingParticipant; media: MediaPublisher };

/** Joins and sends camera and tone number `number`. */
async function guest(roomId: string, participantId: string, number: number): Promise<Guest> {
  const participant = await runtime.join(roomId, { participantId, name: participantId });
  const media = await publishAs(participant, { clips: [picture, people[number - 1]!.audio] });
  for (const kind of ['audio', 'video']) {
    await runtime.events.event(
      'track-published',
      ({ data, ...event }) =>
        event.roomId === roomId && data.participantId === participantId && data.kind === kind,
    );
  }
  return {
    participant,
    media,
    [Symbol.asyncDispose]: async () => {
      await media.close();
      await participant.drop();
    },
  };
}

const post = <T = Started>(path: string, body: unknown): Promise<T> =>
  runtime.api.call<T>('POST', path, body);
const refused = (path: string, body: unknown) => runtime.api.send('POST', path, body);
const eventsOf = (roomId: string): string[] =>
  runtime.events.types(roomId).filter((type) => type.includes('recording'));

/** How loud a person's tone mostly is in a file, in dB. */
const levelOf = async (path: string, number: number): Promise<number> =>
  median((await analyseTones(path))(beepHzOf(number)).map(({ db }) => db));

describe('a recording of the room', () => {
  it('is one MP4 of everybody, told and shown, listed, downloaded and deleted', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using ada = await guest(roomId, 'ada', 1);
    await using _grace = await guest(roomId, 'grace', 2);
    const started = await post('/v2/recordings/start', {
      roomId,
      config: { layout: { type: 'GRID', priority: 'SPEAKER', gridSize: 4 }, quality: 'low' },
      transcription: { enabled: false },
      metadata: { case: 7 },
    });
    expect(started.message).toBe('Recording started successfully');
    await runtime.events.event('recording-started', ({ data }) => data.recordingId === started.recordingId);
    for (const participantId of ['ada', 'grace']) {
      const told = { participantId, recording: true };
      await expect.poll(() => ada.participant.notifications('recording-state-changed')).toContainEqual(told);
    }
    expect(await refused('/v2/recordings/start', { roomId })).toMatchObject({
      status: 409,
      body: { code: 'already-recording', errorCode: 4018 },
    });
    // Who comes while it runs is recorded, and shown so to the others and to itself.
    await using linus = await runtime.join(roomId, { participantId: 'linus' });
    const told = { participantId: 'linus', recording: true };
    await expect.poll(() => ada.participant.notifications('recording-state-changed')).toContainEqual(told);
    await expect.poll(() => linus.notifications('recording-state-changed')).toContainEqual(told);

    await ada.media.sentMore(30 * 4);
    const running = await runtime.api.call<ComposedRecording>('GET', `/v2/recordings/${started.recordingId}`);
    expect(running).toMatchObject({ status: 'running', file: null, fileId: null, participantId: null });
    expect(await runtime.api.send('DELETE', `/v2/recordings/${started.recordingId}`)).toMatchObject({
      status: 409,
    });
    expect(await post('/v2/recordings/end', { roomId })).toMatchObject({
      message: 'Recording ended successfully',
      status: 'completed',
    });
    const [file, ...more] = await completedRecording(runtime, started.recordingId, 'meeting');
    expect(more).toEqual([]);
    expect(file).toMatchObject({
      type: 'video',
      meta: {
        format: 'mp4',
        videoCodec: 'h264',
        audioCodec: 'aac',
        resolution: { width: 854, height: 480 },
      },
    });
    expect(file!.meta.duration).toBeGreaterThan(3);
    const seen = await analysePicture(file!.filePath);
    expect(seen.decodeErrors).toEqual([]);
    expect(seen.frameCount).toBeGreaterThan(file!.meta.duration * 29);
    expect(await levelOf(file!.filePath, 1)).toBeGreaterThan(-30);
    expect(await levelOf(file!.filePath, 2)).toBeGreaterThan(-30);
    expect(await readdir(dirname(file!.filePath))).toHaveLength(1);

    expect(eventsOf(roomId)).toEqual([
      'recording-starting',
      'recording-started',
      'recording-stopping',
      'recording-stopped',
    ]);
    const { data } = await runtime.events.event('recording-stopped', (event) => event.roomId === roomId);
    expect(data).toMatchObject({ filePath: file!.filePath, fileDetails: [{ filePath: file!.filePath }] });
    for (const participantId of ['ada', 'grace', 'linus']) {
      const ended = { participantId, recording: false };
      await expect.poll(() => ada.participant.notifications('recording-state-changed')).toContainEqual(ended);
    }
    const listed = await runtime.api.call<Page<ComposedRecording>>(
      'GET',
      `/v2/recordings?roomId=${roomId}&page=1&perPage=5`,
    );
    expect(listed.data).toEqual([
      expect.objectContaining({
        id: started.recordingId,
        roomId,
        fileId: file!.id,
        file: expect.objectContaining({ id: file!.id, size: file!.size }) as unknown,
        userId: 'self-hosted',
        createdAt: expect.any(String) as string,
        updatedAt: expect.any(String) as string,
        metadata: { case: 7 },
        participants: null,
      }),
    ]);
    const download = await fetch(file!.fileUrl);
    expect(download.headers.get('content-type')).toBe('video/mp4');
    expect((await download.arrayBuffer()).byteLength).toBe(file!.size);
    expect(await runtime.api.call('DELETE', `/v2/recordings/${started.recordingId}`)).toMatchObject({
      message: 'Room recording deleted successfully',
    });
    await expect(access(file!.filePath)).rejects.toThrow();
    expect(await runtime.api.send('GET', `/v2/recordings/${started.recordingId}`)).toMatchObject({
      status: 404,
      body: { code: 'recording-not-found' },
    });
  });

  it('plays while it is written, and goes on in one file after a pause', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using ada = await guest(roomId, 'ada', 1);
    const { recordingId, stepId } = await post('/v2/recordings/start', {
      roomId,
      config: { quality: 'low' },
      dirPath: 'shows/monday',
    });
    await runtime.events.event('recording-started', ({ data }) => data.recordingId === recordingId);
    await ada.media.sentMore(30 * 3);
    const folder = `${runtime.dataDirectory}/recordings/shows/monday/${ada.participant.sessionId}/room`;
    const [working] = await readdir(folder);
    expect(working).toMatch(/\.mp4\.mkv$/);
    expect((await analysePicture(`${folder}/${working}`)).frameCount).toBeGreaterThan(30);

    await runtime.api.step(stepId, 'pause');
    await runtime.events.event('recording-paused', ({ data }) => data.recordingId === recordingId);
    await ada.media.sentMore(30 * 4);
    await runtime.api.step(stepId, 'resume');
    await runtime.events.event('recording-resumed', ({ data }) => data.recordingId === recordingId);
    await ada.media.sentMore(30 * 2);
    await post('/v2/recordings/stop', { roomId });
    const [file, ...more] = await completedRecording(runtime, recordingId, 'meeting');
    expect(more).toEqual([]);
    expect(file!.meta.duration).toBeGreaterThan(3.5);
    expect(file!.meta.duration).toBeLessThan(7.5);
    const handle = await open(file!.filePath);
    const head = Buffer.alloc(file!.size);
    await handle.read(head, 0, head.length, 0);
    await handle.close();
    expect(head.indexOf('moov')).toBeLessThan(head.indexOf('mdat'));
    expect((await analysePicture(file!.filePath)).decodeErrors).toEqual([]);
  });

  it.each([
    { asked: { config: { mode: 'audio' } }, format: 'm4a', codec: 'aac' },
    { asked: { config: { mode: 'audio' }, fileFormat: 'mp3' }, format: 'mp3', codec: 'mp3' },
    { asked: { fileFormat: 'webm', config: { quality: 'low' } }, format: 'webm', codec: 'opus' },
  ])('is a file of $format when $asked is asked for', async ({ asked, format, codec }) => {
    const { roomId } = await runtime.api.createRoom();
    await using ada = await guest(roomId, 'ada', 1);
    const { recordingId } = await post('/v2/recordings/start', { roomId, ...asked });
    await runtime.events.event('recording-started', ({ data }) => data.recordingId === recordingId);
    await ada.media.sentMore(30 * 3);
    await post('/v2/recordings/end', { roomId });
    const [file] = await completedRecording(runtime, recordingId, 'meeting');
    expect(file).toMatchObject({ meta: { format, audioCodec: codec } });
    expect(file!.meta.duration).toBeGreaterThan(1.5);
    expect(await levelOf(file!.filePath, 1)).toBeGreaterThan(-30);
    expect((await fetch(file!.fileUrl, { method: 'HEAD' })).status).toBeLessThan(500);
  });

  it('shows a room in which nobody sends anything', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using _viewer = await runtime.join(roomId, { participantId: 'eve', mode: 'SIGNALLING_ONLY' });
    const { recordingId } = await post('/v2/recordings/start', { roomId, config: { quality: 'low' } });
    await runtime.events.event('recording-started', ({ data }) => data.recordingId === recordingId);
    await expect
      .poll(
        async () =>
          (
            await runtime.api.call<{ progress: { bytes?: number } }>(
              'GET',
              `/v2/steps/${(await runtime.api.recording(recordingId, 'meeting')).stepId}`,
            )
          ).progress.bytes ?? 0,
        { timeout: 10_000 },
      )
      .toBeGreaterThan(1000);
    await post('/v2/recordings/end', { roomId });
    const [file] = await completedRecording(runtime, recordingId, 'meeting');
    expect((await analysePicture(file!.filePath)).decodeErrors).toEqual([]);
  });

  it('says what it cannot do, and in VideoSDK’s numbers what does not run', async () => {
    const { roomId } = await runtime.api.createRoom();
    expect(await refused('/v2/recordings/composite/start', { roomId })).toMatchObject({
      status: 404,
      body: { code: 'no-live-session' },
    });
    await using _ada = await runtime.join(roomId, { participantId: 'ada' });
    const cases = [
      { path: 'end', body: {}, status: 409, error: { code: 'room-not-recording', errorCode: 4012 } },
      { path: 'stop', body: {}, status: 409, error: { code: 'room-not-recording', errorCode: 4012 } },
      {
        path: 'start',
        body: { templateUrl: 'https://example.com/layout' },
        status: 422,
        error: {
          code: 'invalid-composition',
          message: expect.stringContaining('without a browser') as string,
        },
      },
      {
        path: 'start',
        body: { transcription: { enabled: true, modelId: 'raman_v1' } },
        status: 422,
        error: { code: 'unknown-engine', message: expect.stringContaining('"raman_v1"') as string },
      },
      {
        path: 'start',
        body: { fileFormat: 'mp3', config: { mode: 'video-and-audio' } },
        status: 422,
        error: { code: 'invalid-composition' },
      },
      {
        path: 'start',
        body: { config: { quality: 'best' } },
        status: 422,
        error: { code: 'invalid-composition' },
      },
      {
        path: 'start',
        body: { config: { layout: { gridSize: 26 } } },
        status: 422,
        error: { code: 'invalid-composition' },
      },
      {
        path: 'composite/start',
        body: { participants: [{ participantId: 'nobody' }] },
        status: 404,
        error: { code: 'participant-not-found', errorCode: 4004 },
      },
      {
        path: 'composite/stop',
        body: { recordingId: 'rec_none' },
        status: 404,
        error: { code: 'recording-not-found' },
      },
    ];
    for (const { path, body, status, error } of cases) {
      expect(await refused(`/v2/recordings/${path}`, { roomId, ...body })).toMatchObject({
        status,
        body: error,
      });
    }
    expect(eventsOf(roomId)).toEqual([]);
  });

  it('brings its events to the webhook of its start, and itself to the callback', async () => {
    await using receiver = await startReceiver(() => ({ status: 200 }));
    const { roomId } = await runtime.api.createRoom();
    await using ada = await guest(roomId, 'ada', 1);
    const { recordingId } = await post('/v2/recordings/start', {
      roomId,
      config: { mode: 'audio' },
      webhookUrl: `${receiver.url}/webhook`,
      callbackUrl: `${receiver.url}/callback`,
    });
    await runtime.events.event('recording-started', ({ data }) => data.recordingId === recordingId);
    await ada.media.sentMore(30);
    await post('/v2/recordings/end', { roomId });
    const received = await receiver.count(5);
    const bodies = (path: string) =>
      received.filter((request) => request.path === path).map(({ body }) => JSON.parse(body) as unknown);
    expect(bodies('/webhook')).toMatchObject([
      { webhookType: 'recording-starting', data: { meetingId: roomId } },
      { webhookType: 'recording-started' },
      { webhookType: 'recording-stopping' },
      { webhookType: 'recording-stopped', data: { fileUrl: expect.stringMatching(/^http/) as string } },
    ]);
    expect(bodies('/callback')).toMatchObject([
      { id: recordingId, status: 'completed', file: { type: 'audio' }, participants: null },
    ]);
    await expect
      .poll(async () => (await runtime.api.recording(recordingId, 'meeting')).webhook.successCount)
      .toBe(5);
    const forGuests = runtime.api.as(await runtime.token({ permissions: ['allow_mod'] }));
    expect(
      await forGuests.send('POST', '/v2/recordings/start', { roomId, webhookUrl: receiver.url }),
    ).toMatchObject({ status: 403, body: { code: 'unauthorized-request' } });
  });

  it('ends as failed when the disk is full, and keeps what was recorded', async () => {
    await using disk = await startRuntime();
    const { roomId } = await disk.api.createRoom();
    const participant = await disk.join(roomId, { participantId: 'ada' });
    await using media = await publishAs(participant, { clips: [picture, people[0]!.audio] });
    const { sessionId } = await disk.events.event('track-published', ({ data }) => data.kind === 'video');
    const { recordingId } = await disk.api.call<Started>('POST', '/v2/recordings/start', {
      roomId,
    });
    await disk.events.event('recording-started');
    await media.sentMore(30);
    await run('prlimit', ['--pid', String(disk.served.runtime.pool.pidOf(sessionId!)), '--fsize=300000']);
    const failed = await disk.events.event('recording-failed');
    expect(failed.data).toMatchObject({ recordingId, code: 'disk-full' });
    const recording = await disk.api.recording(recordingId, 'meeting');
    expect(recording).toMatchObject({ status: 'failed', error: { code: 'disk-full' } });
    expect((await analysePicture(recording.files[0]!.filePath)).frameCount).toBeGreaterThan(15);
    await participant.drop();
  });
});

describe('a composite recording', () => {
  it('is of the chosen alone, beside others and the room', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using ada = await guest(roomId, 'ada', 1);
    await using _grace = await guest(roomId, 'grace', 2);
    await using _linus = await guest(roomId, 'linus', 3);
    const config = { quality: 'low' };
    const two = await post('/v2/recordings/composite/start', {
      roomId,
      participants: [{ participantId: 'ada' }, { participantId: 'grace' }],
      config,
      watermarks: [{ type: 'text', text: 'Roomflow' }],
    });
    const sound = await post('/v2/recordings/composite/start', {
      roomId,
      participants: [{ participantId: 'linus', kind: 'audio' }],
      config: { mode: 'audio' },
    });
    const again = await refused('/v2/recordings/composite/start', {
      roomId,
      participants: [{ participantId: 'linus', kind: 'audio' }],
      config: { mode: 'audio' },
    });
    expect(again).toMatchObject({
      status: 409,
      body: { code: 'already-composite-recording', errorCode: 4039 },
    });
    for (const { recordingId } of [two, sound]) {
      await runtime.events.event(
        'composite-recording-started',
        ({ data }) => data.recordingId === recordingId,
      );
    }
    await ada.media.sentMore(30 * 3);
    for (const { recordingId } of [two, sound]) {
      expect(await post('/v2/recordings/composite/stop', { roomId, recordingId })).toMatchObject({
        message: 'composite recording ended successfully.',
      });
    }
    expect(
      await refused('/v2/recordings/composite/stop', { roomId, recordingId: two.recordingId }),
    ).toMatchObject({ status: 409, body: { code: 'composite-not-recording', errorCode: 4040 } });

    const [ofTwo] = await completedRecording(runtime, two.recordingId, 'composite');
    expect(ofTwo).toMatchObject({ meta: { format: 'mp4', videoCodec: 'h264' } });
    expect(await levelOf(ofTwo!.filePath, 1)).toBeGreaterThan(-30);
    expect(await levelOf(ofTwo!.filePath, 2)).toBeGreaterThan(-30);
    expect(await levelOf(ofTwo!.filePath, 3)).toBeLessThan(-50);
    const [ofLinus] = await completedRecording(runtime, sound.recordingId, 'composite');
    expect(ofLinus).toMatchObject({ type: 'audio', meta: { format: 'm4a' } });
    expect(await levelOf(ofLinus!.filePath, 3)).toBeGreaterThan(-30);
    expect(await levelOf(ofLinus!.filePath, 1)).toBeLessThan(-50);

    const listed = await runtime.api.call<Page<ComposedRecording>>(
      'GET',
      `/v2/recordings/composite?roomId=${roomId}`,
    );
    expect(listed.data.map(({ id }) => id)).toEqual([sound.recordingId, two.recordingId]);
    expect(listed.data[1]!.participants).toEqual([{ participantId: 'ada' }, { participantId: 'grace' }]);
    await runtime.api.call('DELETE', `/v2/recordings/composite/${two.recordingId}`);
    await expect(access(ofTwo!.filePath)).rejects.toThrow();
    expect(await runtime.api.send('GET', `/v2/recordings/${sound.recordingId}`)).toMatchObject({
      status: 404,
    });
  });

  it('is of everybody on stage when nobody is chosen', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using ada = await guest(roomId, 'ada', 1);
    await using _eve = await runtime.join(roomId, { participantId: 'eve', mode: 'SIGNALLING_ONLY' });
    const { recordingId } = await post('/v2/recordings/composite/start', {
      roomId,
      config: { quality: 'low' },
    });
    await runtime.events.event('composite-recording-started', ({ data }) => data.recordingId === recordingId);
    await ada.media.sentMore(30 * 2);
    const recording = await runtime.api.call<ComposedRecording>(
      'GET',
      `/v2/recordings/composite/${recordingId}`,
    );
    expect(recording.participants).toEqual([{ participantId: 'ada' }]);
    await post('/v2/recordings/composite/stop', { roomId, recordingId });
    await completedRecording(runtime, recordingId, 'composite');
  });
});
