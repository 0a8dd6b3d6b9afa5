import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProcessHealth, SessionPicture, Step, StepLog } from '../../../runtime/contract/index.ts';
import {
  edgeBetween,
  encodeAudioClip,
  encodeVideoClip,
  openPictureStream,
  pictured,
  publishAs,
  startRuntime,
  type EncodedClip,
  type InProcessRuntime,
} from '../../support/runtime/index.ts';

let runtime: InProcessRuntime;
let camera: EncodedClip;
let microphone: EncodedClip;

beforeAll(async () => {
  camera = await encodeVideoClip('vp8');
  microphone = await encodeAudioClip();
  runtime = await startRuntime();
});
afterAll(() => runtime[Symbol.asyncDispose]());

/** A room of its own with somebody who sends camera and microphone. */
async function speaker() {
  const { roomId } = await runtime.api.createRoom();
  const participant = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
  const media = await publishAs(participant, { clips: [camera, microphone] });
  const isHere = (event: { roomId: string | null }): boolean => event.roomId === roomId;
  const { sessionId } = await runtime.events.event('track-published', isHere);
  await expect
    .poll(() => runtime.events.types(roomId).filter((type) => type === 'track-published').length)
    .toBe(2);
  return {
    roomId,
    sessionId: sessionId!,
    participant,
    media,
    [Symbol.asyncDispose]: async () => {
      await media.close();
      await participant.drop();
    },
  };
}

const start = (roomId: string, step: string, params: Record<string, unknown>, from?: string): Promise<Step> =>
  runtime.api.call<Step>('POST', `/v2/rooms/${roomId}/steps`, {
    step,
    with: params,
    ...(from === undefined ? {} : { from }),
  });

const isStep =
  (stepId: string, state: string) =>
  ({ nodes }: SessionPicture): boolean =>
    nodes.some((node) => node.stepId === stepId && node.state === state);

/** Bits a second of a clip that is sent over and over. */
const bitrateOf = ({ frames, frameMs }: EncodedClip): number =>
  (frames.reduce((sum, { data }) => sum + data.length, 0) * 8000) / (frames.length * frameMs);

describe('the live picture of a session', () => {
  it('tells what each track sends, as it was sent, and not before it has been measured', async () => {
    await using ada = await speaker();
    await using stream = await openPictureStream(runtime.url, runtime.serverKey, ada.sessionId);
    const first = stream.pictures[0]?.picture ?? (await stream.picture(() => true, 'the first picture'));
    expect(first).toMatchObject({ roomId: ada.roomId, sessionId: ada.sessionId, isLive: true });
    expect(first.edges.every(({ bitrateBps }) => bitrateBps === null)).toBe(true);

    const rates = (picture: SessionPicture, type: string) => {
      const track = picture.nodes.find((node) => node.kind === 'track' && node.type === type);
      return track ? edgeBetween(picture, 'person:ada', track.id) : undefined;
    };
    // The second of two counts in a row: what was sent before the first is not in it.
    await stream.picture(
      (picture) => typeof rates(picture, 'video')?.fps === 'number',
      'a picture with rates',
    );
    const seen = stream.pictures.length;
    const measured = await stream.picture(
      (picture) => typeof rates(picture, 'video')?.fps === 'number',
      'another',
      seen,
    );
    const sentFps = 1000 / camera.frameMs;
    expect(rates(measured, 'video')!.fps).toBeGreaterThan(sentFps * 0.75);
    expect(rates(measured, 'video')!.fps).toBeLessThan(sentFps * 1.25);
    expect(rates(measured, 'video')!.bitrateBps).toBeGreaterThan(bitrateOf(camera) * 0.5);
    expect(rates(measured, 'video')!.bitrateBps).toBeLessThan(bitrateOf(camera) * 1.6);
    expect(rates(measured, 'audio')!.fps).toBeNull();
    expect(rates(measured, 'audio')!.bitrateBps).toBeGreaterThan(bitrateOf(microphone) * 0.7);
    expect(rates(measured, 'audio')!.bitrateBps).toBeLessThan(bitrateOf(microphone) * 1.4);
  });

  it('follows steps: begun, fed, stopped, with the file that one leaves', async () => {
    await using ada = await speaker();
    await using stream = await openPictureStream(runtime.url, runtime.serverKey, ada.sessionId);
    const tap = await start(ada.roomId, 'tap', { participantId: 'ada', kinds: ['audio'] });
    const record = await start(ada.roomId, 'record', { fileFormat: 'ogg' }, tap.stepId);
    const running = await stream.picture(isStep(record.stepId, 'running'), 'the running recording');
    expect(edgeBetween(running, `step:${tap.stepId}`, `step:${record.stepId}`)).toBeDefined();
    const mic = pictured(running, ({ type }) => type === 'audio');
    expect(edgeBetween(running, mic.id, `step:${tap.stepId}`)).toBeDefined();
    const file = `recording:${record.recordingId ?? ''}`;
    expect(edgeBetween(running, `step:${record.stepId}`, file)).toBeDefined();
    const written = await stream.picture(
      (picture) => (edgeBetween(picture, `step:${record.stepId}`, file)?.bitrateBps ?? 0) > 0,
      'a picture that tells what is written',
    );
    expect(edgeBetween(written, `step:${record.stepId}`, file)).toMatchObject({ dropped: 0 });

    await runtime.api.call('POST', `/v2/steps/${record.stepId}/stop`);
    const stopped = await stream.picture(isStep(record.stepId, 'finished'), 'the finished recording');
    expect(pictured(stopped, ({ id }) => id === file)).toMatchObject({ assetType: 'recording' });
    await stream.picture(
      ({ nodes }) => nodes.some(({ id, state }) => id === file && state === 'completed'),
      'the completed file',
    );
  });

  it('comes at most twice a second, and only when something has changed', async () => {
    const { roomId } = await runtime.api.createRoom();
    const bob = await runtime.join(roomId, { participantId: 'bob', name: 'Bob' });
    const { sessionId } = await runtime.events.event(
      'participant-joined',
      (event) => event.roomId === roomId,
    );
    await using stream = await openPictureStream(runtime.url, runtime.serverKey, sessionId!);
    await stream.picture(() => true, 'the first picture');
    const before = stream.pictures.length;
    const others = await Promise.all(
      Array.from({ length: 8 }, (_, index) => runtime.join(roomId, { participantId: `guest-${index}` })),
    );
    await stream.picture(({ nodes }) => nodes.length === 9, 'all of them', before);
    const times = stream.pictures.slice(before).map(({ atMs }) => atMs);
    const elapsedMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
    expect(times.length).toBeLessThanOrEqual(2 + Math.ceil(elapsedMs / 500));
    for (const one of [...others, bob]) {
      await one.drop();
    }
  });

  it('ends with a last picture when the session is over, which stays as it was', async () => {
    const { roomId, sessionId, step } = await (async () => {
      await using ada = await speaker();
      return { ...ada, step: await start(ada.roomId, 'record', { participantId: 'ada' }) };
    })();
    const stream = await openPictureStream(runtime.url, runtime.serverKey, sessionId);
    await runtime.api.call('POST', '/v2/sessions/end', { roomId, sessionId });
    expect(await stream.closed).toBe(1000);
    const last = stream.pictures.at(-1)!.picture;
    expect(last.isLive).toBe(false);
    expect(pictured(last, ({ stepId }) => stepId === step.stepId).state).toBe('finished');
    expect(
      pictured(last, ({ participantId, kind }) => kind === 'person' && participantId === 'ada'),
    ).toMatchObject({
      label: 'Ada',
      state: 'left',
    });
    const later = await runtime.api.call<SessionPicture>('GET', `/v2/sessions/${sessionId}/picture`);
    expect(later.nodes.map(({ id }) => id)).toEqual(last.nodes.map(({ id }) => id));
    expect(later.isLive).toBe(false);

    const again = await openPictureStream(runtime.url, runtime.serverKey, sessionId);
    expect(await again.closed).toBe(1000);
    expect(again.pictures.at(-1)!.picture.nodes).toEqual(later.nodes);
  });

  it('is for those who may look at the room', async () => {
    await using ada = await speaker();
    const other = await runtime.api.createRoom();
    const stranger = await runtime.token({ permissions: ['allow_join'], roomId: other.roomId });
    await expect(openPictureStream(runtime.url, stranger, ada.sessionId)).rejects.toThrow('refused');
    await expect(openPictureStream(runtime.url, 'nonsense', ada.sessionId)).rejects.toThrow('refused');
    await expect(openPictureStream(runtime.url, runtime.serverKey, 'no-session')).rejects.toThrow('refused');
    const refused = await runtime.api.as(stranger).send('GET', `/v2/sessions/${ada.sessionId}/picture`);
    expect(refused.status).toBe(403);
    const unknown = await runtime.api.send('GET', '/v2/sessions/no-session/picture');
    expect(unknown).toMatchObject({ status: 404, body: { code: 'session-not-found' } });
    const host = await runtime.token({ permissions: ['allow_mod'], roomId: ada.roomId });
    await using stream = await openPictureStream(runtime.url, host, ada.sessionId);
    await stream.picture(({ isLive }) => isLive, 'a picture for the host');
  });
});

describe('the log of a step', () => {
  it('holds its changes of state with their reasons, and what was logged about it', async () => {
    await using ada = await speaker();
    const step = await start(ada.roomId, 'record', { participantId: 'ada' });
    await runtime.events.event('participant-recording-started', ({ roomId }) => roomId === ada.roomId);
    await runtime.api.call('POST', `/v2/steps/${step.stepId}/stop`);
    const log = await runtime.api.call<StepLog>('GET', `/v2/steps/${step.stepId}/log`);
    expect(log.transitions.map(({ to }) => to)).toEqual(['starting', 'running', 'stopping', 'finished']);
    expect(log.transitions.find(({ to }) => to === 'stopping')).toMatchObject({ reason: 'requested' });
    expect(log.lines.map(({ message }) => message)).toContain('participant-recording-started');
    expect(log.lines.every(({ at }) => !Number.isNaN(Date.parse(at)))).toBe(true);

    const guest = await runtime.token({ permissions: ['allow_join'], roomId: ada.roomId });
    const refused = await runtime.api.as(guest).send('GET', `/v2/steps/${step.stepId}/log`);
    expect(refused.status).toBe(403);
    const unknown = await runtime.api.send('GET', '/v2/steps/stp_nothing/log');
    expect(unknown).toMatchObject({ status: 404, body: { code: 'step-not-found' } });
  });
});

describe('how the processes fare', () => {
  it('is told of control and of each worker, also after one was killed', async () => {
    await using ada = await speaker();
    const read = async () => (await runtime.api.call<{ data: ProcessHealth[] }>('GET', '/v2/workers')).data;
    await expect.poll(async () => (await read())[1]?.eventLoopDelayMs ?? null).not.toBeNull();
    const [control, worker] = await read();
    expect(control).toMatchObject({ name: 'control', pid: process.pid, state: 'ready', restarts: 0 });
    expect(worker).toMatchObject({
      name: 'worker 1',
      pid: runtime.served.runtime.pool.pidOf(ada.sessionId),
      state: 'ready',
      restarts: 0,
    });
    expect(worker!.sessions).toBeGreaterThanOrEqual(1);
    expect(worker!.participants).toBeGreaterThanOrEqual(1);
    for (const { cpuShare, rssBytes, startedAt } of [control!, worker!]) {
      expect(cpuShare).toBeGreaterThanOrEqual(0);
      expect(cpuShare).toBeLessThan(64);
      expect(rssBytes).toBeGreaterThan(10_000_000);
      expect(Date.parse(startedAt!)).toBeLessThanOrEqual(Date.now());
    }

    process.kill(worker!.pid!, 'SIGKILL');
    await expect
      .poll(async () => (await read())[1], { timeout: 20_000 })
      .toMatchObject({ name: 'worker 1', state: 'ready', restarts: 1 });
    expect((await read())[1]!.pid).not.toBe(worker!.pid);
  });

  it('is for operators, not for hosts of single rooms', async () => {
    const { roomId } = await runtime.api.createRoom();
    const host = await runtime.token({ permissions: ['allow_mod'], roomId });
    expect((await runtime.api.as(host).send('GET', '/v2/workers')).status).toBe(403);
    const crawler = await runtime.token({ permissions: ['allow_join'], roles: ['crawler'] });
    expect((await runtime.api.as(crawler).send('GET', '/v2/workers')).status).toBe(200);
  });
});
