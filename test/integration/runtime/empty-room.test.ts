import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  ComposedRecording,
  HlsStream,
  Livestream,
  Page,
  Room,
  Session,
} from '../../../runtime/contract/index.ts';
import { analysePicture, colourDistance, pictureAt, type Colour } from '../../support/oracle/index.ts';
import {
  completedRecording,
  encodeVideoClip,
  publishAs,
  startRuntime,
  startRuntimeProcess,
  type InProcessRuntime,
  type RuntimeUnderTest,
} from '../../support/runtime/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

const red: Colour = { red: 192, green: 0, blue: 0 };
/** Nothing but the background is to be seen of a room in which nobody is. */
const config = { quality: 'low', labels: false, background: { color: '#c00000' } };

let runtime: InProcessRuntime;
beforeAll(async () => {
  runtime = await startRuntime();
});
afterAll(() => runtime[Symbol.asyncDispose]());

const streamRoom = (roomId: string): Promise<HlsStream> =>
  runtime.api.call<HlsStream>('POST', '/v2/hls/start', { roomId, config });

const recordRoom = (roomId: string, { api }: RuntimeUnderTest = runtime): Promise<ComposedRecording> =>
  api.call<ComposedRecording>('POST', '/v2/recordings/start', { roomId, config });

/** Until pictures are in the file. */
async function recordedFor(stepId: string, { api }: RuntimeUnderTest = runtime): Promise<void> {
  const bytes = async (): Promise<number> => Number((await api.step(stepId)).progress['bytes'] ?? 0);
  await expect.poll(bytes, { timeout: 15_000 }).toBeGreaterThan(1000);
}

const ended = (sessionId: string, { events }: RuntimeUnderTest = runtime) =>
  events.event('session-ended', (event) => event.sessionId === sessionId);

const sessionsOf = async (roomId: string): Promise<Session[]> =>
  (await runtime.api.call<Page<Session>>('GET', `/v2/sessions?roomId=${roomId}`)).data;

/** How far a picture of a file or playlist is from the empty room: the first one, or what is shown at a time. */
const distanceAt = async (path: string, seconds?: number): Promise<number> =>
  colourDistance((await pictureAt(path, seconds)).meanColour, red);

describe('a room that is shown before anybody has come', () => {
  it('waits on for its host when a viewer looks in and goes again', async () => {
    const { roomId } = await runtime.api.createRoom();
    const { sessionId, stepId } = await streamRoom(roomId);
    const viewer = await runtime.join(roomId, { mode: 'SIGNALLING_ONLY' });
    await viewer.leave();
    await runtime.events.event('participant-left', (event) => event.sessionId === sessionId);
    const host = await runtime.join(roomId);
    expect(host.sessionId).toBe(sessionId);
    expect((await runtime.api.step(stepId)).state).toBe('running');
    await host.leave();
    await ended(sessionId);
  });

  it('is live without participants, and whoever comes is in the same session and in the picture', async () => {
    const { roomId } = await runtime.api.createRoom();
    const beforeMs = Date.now();
    const stream = await streamRoom(roomId);
    const recording = await recordRoom(roomId);
    const { sessionId } = stream;
    expect(recording.sessionId).toBe(sessionId);
    const { data } = await runtime.events.event('session-started', (event) => event.sessionId === sessionId);
    expect(Date.parse(data.start)).toBeGreaterThanOrEqual(beforeMs);
    expect(await sessionsOf(roomId)).toMatchObject([
      { id: sessionId, status: 'ongoing', start: data.start, end: null, participants: [] },
    ]);
    expect(await runtime.api.call<Room>('GET', `/v2/rooms/${roomId}`)).toMatchObject({
      activeParticipants: 0,
      activeSessionId: sessionId,
    });
    await runtime.events.event('hls-playable', (event) => event.data.hlsId === stream.id);
    await recordedFor(recording.stepId);

    const host = await runtime.join(roomId, { participantId: 'ada' });
    expect(host.sessionId).toBe(sessionId);
    await using media = await publishAs(host, { clips: [await encodeVideoClip('vp8')] });
    await media.sentMore(30 * 4);
    await host.leave();
    expect((await ended(sessionId)).data.reason).toBe('everyone-left');

    const [file] = await completedRecording(runtime, recording.recordingId, 'meeting');
    expect((await analysePicture(file!.filePath)).decodeErrors).toEqual([]);
    const { duration } = await runtime.api.call<HlsStream>('GET', `/v2/hls/${stream.id}`);
    for (const [path, seconds] of [
      [file!.filePath, file!.meta.duration],
      [stream.playbackHlsUrl, duration],
    ] as const) {
      // A playlist is on the session's clock: its first picture is as late as the compositor was.
      expect(await distanceAt(path), path).toBeLessThan(20);
      expect(await distanceAt(path, seconds - 1), path).toBeGreaterThan(40);
    }
    expect(await sessionsOf(roomId)).toMatchObject([
      { status: 'ended', participants: [{ participantId: 'ada' }] },
    ]);
  });

  it('is over when the last step has ended and nobody ever came; the next start opens another session', async () => {
    const { roomId } = await runtime.api.createRoom();
    const stream = await streamRoom(roomId);
    const recording = await recordRoom(roomId);
    await recordedFor(recording.stepId);
    await runtime.api.call('POST', '/v2/hls/end', { roomId });
    expect(await sessionsOf(roomId)).toMatchObject([{ id: stream.sessionId, status: 'ongoing' }]);
    await runtime.api.call('POST', '/v2/recordings/end', { roomId });
    expect((await ended(stream.sessionId)).data.reason).toBe('steps-ended');
    const [file] = await completedRecording(runtime, recording.recordingId, 'meeting');
    expect(await distanceAt(file!.filePath)).toBeLessThan(20);
    expect(await runtime.api.send('POST', '/v2/recordings/end', { roomId })).toMatchObject({
      status: 404,
      body: { code: 'no-live-session' },
    });

    const next = await runtime.api.startStep(roomId, { step: 'compose', with: { config } });
    expect(next.sessionId).not.toBe(stream.sessionId);
    await runtime.api.step(next.id, 'stop');
    await ended(next.sessionId);
    expect(await sessionsOf(roomId)).toMatchObject([
      { id: next.sessionId, status: 'ended', participants: [] },
      { id: stream.sessionId, status: 'ended', participants: [] },
    ]);
  });

  it('is livestreamed until that is stopped', async () => {
    const { roomId } = await runtime.api.createRoom();
    const outputs = [{ url: 'rtmp://127.0.0.1:1/live', streamKey: 'key' }];
    const { sessionId } = await runtime.api.call<Livestream>('POST', '/v2/livestreams/start', {
      roomId,
      outputs,
      config,
    });
    await runtime.events.event(
      'livestream-output-changed',
      (event) => event.roomId === roomId && event.data.state === 'retrying',
    );
    await runtime.api.call('POST', '/v2/livestreams/end', { roomId });
    expect((await ended(sessionId)).data.reason).toBe('steps-ended');
  });

  it('is over by an order, and by closing the room', async () => {
    for (const end of [
      (roomId: string) => runtime.api.endSession(roomId),
      (roomId: string) => runtime.api.call('POST', '/v2/rooms/deactivate', { roomId }),
    ]) {
      const { roomId } = await runtime.api.createRoom();
      const step = await runtime.api.startStep(roomId, { step: 'compose', with: { config } });
      await end(roomId);
      await ended(step.sessionId);
      await expect.poll(async () => (await runtime.api.step(step.id)).state).toBe('finished');
    }
  });

  it('takes in whoever already waits at the door', async () => {
    const { roomId } = await runtime.api.createRoom();
    const wire = await runtime.wire(roomId, ['ask_join']);
    await wire.call('join', { name: 'Cleo', participantId: 'cleo' });
    const step = await runtime.api.startStep(roomId, { step: 'compose', with: { config } });
    expect(runtime.served.runtime.rooms.sessionOf(roomId)?.knocking()).toHaveLength(1);
    await runtime.api.call('POST', `/v2/rooms/${roomId}/entries/respond`, {
      participantId: 'cleo',
      decision: 'allowed',
    });
    const { sessionId } = await runtime.events.event(
      'participant-joined',
      (event) => event.roomId === roomId && event.data.participantId === 'cleo',
    );
    expect(sessionId).toBe(step.sessionId);
    await wire.drop();
  });

  it('goes on in a fresh worker when its own is killed', async () => {
    const { roomId } = await runtime.api.createRoom();
    const recording = await recordRoom(roomId);
    await recordedFor(recording.stepId);
    process.kill(runtime.served.runtime.pool.pidOf(recording.sessionId)!, 'SIGKILL');
    await expect
      .poll(async () => (await runtime.api.step(recording.stepId)).progress['part'], { timeout: 15_000 })
      .toBe(2);
    await recordedFor(recording.stepId);
    expect(await sessionsOf(roomId)).toMatchObject([{ id: recording.sessionId, status: 'ongoing' }]);
    await runtime.api.call('POST', '/v2/recordings/end', { roomId });
    const [file, ...more] = await completedRecording(runtime, recording.recordingId, 'meeting');
    expect(more).toEqual([]);
    expect((await analysePicture(file!.filePath)).decodeErrors).toEqual([]);
    expect((await ended(recording.sessionId)).data.reason).toBe('steps-ended');
  });
});

describe('a room in which nobody is', () => {
  it('is waited for no longer than the limit', async () => {
    await using brief = await startRuntime({ emptySessionMs: 3000 });
    const { roomId } = await brief.api.createRoom();
    const recording = await recordRoom(roomId, brief);
    expect((await ended(recording.sessionId, brief)).data.reason).toBe('nobody-came');
    const [file] = await completedRecording(brief, recording.recordingId, 'meeting');
    expect((await analysePicture(file!.filePath)).decodeErrors).toEqual([]);
  });

  it('ends with the runtime, and its recording with it', async () => {
    await using stopped = await startRuntime();
    const { roomId } = await stopped.api.createRoom();
    const recording = await recordRoom(roomId, stopped);
    await recordedFor(recording.stepId, stopped);
    const end = ended(recording.sessionId, stopped);
    const told = stopped.events.event('recording-stopped', ({ data }) => data.roomId === roomId);
    await stopped.served.stop();
    expect((await end).data.reason).toBe('runtime-stopping');
    await told;
  });

  it('is over, and its recording complete, when the runtime was killed and does not take it up', async () => {
    await using directory = await temporaryDirectory();
    let recording: ComposedRecording;
    {
      await using killed = await startRuntimeProcess(directory.entry('data'));
      const { roomId } = await killed.api.createRoom();
      recording = await recordRoom(roomId, killed);
      await recordedFor(recording.stepId, killed);
      killed.process.signal('SIGKILL');
      await killed.process.ended;
    }
    await using restarted = await startRuntimeProcess(directory.entry('data'), { sessionResumeSeconds: 0 });
    const [file] = await completedRecording(restarted, recording.recordingId, 'meeting');
    expect((await analysePicture(file!.filePath)).decodeErrors).toEqual([]);
    expect(await restarted.api.session(recording.sessionId)).toMatchObject({
      status: 'ended',
      participants: [],
    });
  });

  it.each<[string, string, object]>([
    ['a tap', 'steps', { step: 'tap', with: { participantId: 'ada' } }],
    ['a recording of somebody', 'steps', { step: 'record', with: { participantId: 'ada' } }],
    ['a picture of somebody', 'steps', { step: 'hls', with: { participants: [{ participantId: 'ada' }] } }],
    ['a message', 'messages', { topic: 'CHAT', message: 'Hello' }],
    ['a poll', 'polls', { question: 'Tea?', options: ['yes', 'no'] }],
  ])('is no room for %s', async (_what, path, body) => {
    const { roomId } = await runtime.api.createRoom();
    expect(await runtime.api.send('POST', `/v2/rooms/${roomId}/${path}`, body)).toMatchObject({
      status: 404,
      body: { code: 'no-live-session' },
    });
  });

  it('has no session after a start that was refused', async () => {
    const { roomId } = await runtime.api.createRoom();
    for (const body of [
      { step: 'compose', with: { participantId: 'ada' } },
      { step: 'compose', with: { config: { watermarks: [{ type: 'text' }] } } },
      { step: 'record', with: { source: 'room', fileFormat: 'mp3', mode: 'video-and-audio' } },
    ]) {
      expect((await runtime.api.send('POST', `/v2/rooms/${roomId}/steps`, body)).status).toBe(422);
    }
    expect(runtime.served.runtime.rooms.entrantsOf(roomId)).toBeUndefined();
    expect(await sessionsOf(roomId)).toEqual([]);
  });

  it('cannot be shown when it is closed, or is no room at all', async () => {
    const closed = await runtime.api.createRoom();
    await runtime.api.call('POST', '/v2/rooms/deactivate', { roomId: closed.roomId });
    const outputs = [{ url: 'rtmp://127.0.0.1:1/live', streamKey: 'key' }];
    for (const [path, body] of [
      ['/v2/recordings/start', {}],
      ['/v2/hls/start', {}],
      ['/v2/livestreams/start', { outputs }],
    ] as const) {
      for (const [roomId, code] of [
        [closed.roomId, 'room-closed'],
        ['no-such-room', 'room-not-found'],
      ] as const) {
        expect(await runtime.api.send('POST', path, { roomId, ...body }), path).toMatchObject({
          status: 404,
          body: { code },
        });
      }
    }
    expect(await sessionsOf(closed.roomId)).toEqual([]);
  });
});
