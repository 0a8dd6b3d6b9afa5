import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { colourDistance } from '../../support/oracle/index.ts';
import {
  encodeSpokenClip,
  encodeVideoClip,
  publishAs,
  readJpeg,
  startRuntime,
  type EncodedClip,
  type InProcessRuntime,
  type MediaPublisher,
  type SignallingParticipant,
} from '../../support/runtime/index.ts';

const red = { red: 255, green: 0, blue: 0 };
const blue = { red: 0, green: 0, blue: 255 };
const CENTRE = { across: 0.5, down: 0.5 };
const FRAMES_PER_SECOND = 30;

describe('pictures of a tap as events of a workflow', () => {
  let runtime: InProcessRuntime;
  let clips: { red: EncodedClip; blue: EncodedClip };
  let roomId: string;
  let ada: SignallingParticipant;
  let screen: MediaPublisher;
  let sessionStartMs: number;

  beforeAll(async () => {
    clips = {
      red: await encodeVideoClip('vp8', { source: 'color=red:', seconds: 2 }),
      blue: await encodeVideoClip('vp8', { source: 'color=blue:', seconds: 2 }),
    };
    runtime = await startRuntime();
    ({ roomId } = await runtime.api.createRoom());
    ada = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
    screen = await publishAs(ada, { clips: [clips.red], kinds: ['screen_video'] });
    await runtime.events.event('track-published', (event) => event.roomId === roomId);
    sessionStartMs = Date.parse((await runtime.api.session(ada.sessionId)).start);
  });
  afterAll(async () => {
    await screen.close();
    await ada.drop();
    await runtime[Symbol.asyncDispose]();
  });

  const startTap = (frames: Record<string, unknown>) =>
    runtime.api.startStep(roomId, {
      step: 'tap',
      with: { participantId: 'ada', frames: { kind: 'screen_video', ...frames } },
    });
  const framesOf = (stepId: string) =>
    runtime.events
      .events()
      .flatMap((event) => (event.type === 'tap-frame' && event.data.stepId === stepId ? [event.data] : []));

  it('come at their pace, each with a JPEG to download', async () => {
    const { stepId } = await startTap({ everyMs: 500, maxWidth: 160 });
    await screen.sentMore(3 * FRAMES_PER_SECOND);
    await expect.poll(() => framesOf(stepId).length).toBeGreaterThanOrEqual(5);
    await runtime.api.step(stepId, 'stop');
    const frames = framesOf(stepId);
    for (const { startMs: _startMs, fileUrl, filePath: _filePath, ...frame } of frames) {
      const answer = await fetch(fileUrl);
      expect(answer.headers.get('content-type')).toBe('image/jpeg');
      const data = new Uint8Array(await answer.arrayBuffer());
      const { width, height, colour } = await readJpeg(data, CENTRE);
      expect(frame).toEqual({
        ...{ roomId, meetingId: roomId, sessionId: ada.sessionId, stepId },
        ...{ participantId: 'ada', participantName: 'Ada', kind: 'screen_video' },
        ...{ mimeType: 'image/jpeg', size: data.length, width: 160, height: 90, sceneChange: false },
      });
      expect({ width, height }).toEqual({ width: 160, height: 90 });
      expect(colourDistance(colour, red)).toBeLessThan(40);
    }
    const times = frames.map(({ startMs }) => startMs);
    // The first is whatever comes first; then the first of each half second of the session.
    for (const [index, atMs] of times.slice(1).entries()) {
      expect(Math.floor(atMs / 500)).toBe(Math.floor(times[1]! / 500) + index);
      expect(atMs % 500).toBeLessThan(100);
    }
    const forged = new URL(frames[0]!.fileUrl);
    forged.searchParams.set('signature', 'none');
    expect((await fetch(forged)).status).toBe(401);
  });

  it('come when the picture has become another, and only then when nothing else is asked for', async () => {
    const { stepId } = await startTap({ onSceneChange: true });
    await runtime.events.event('tap-frame', ({ data }) => data.stepId === stepId);
    await screen.sentMore(2 * FRAMES_PER_SECOND);
    screen.tracks[0]!.switchTo(clips.blue);
    const switchedAtMs = Date.now() - sessionStartMs;
    const change = await runtime.events.event(
      'tap-frame',
      ({ data }) => data.stepId === stepId && data.sceneChange,
    );
    expect(change.data.startMs - switchedAtMs).toBeGreaterThan(0);
    // The sender's next key frame, and then the next of two comparisons a second.
    expect(change.data.startMs - switchedAtMs).toBeLessThan(2000);
    await screen.sentMore(FRAMES_PER_SECOND);
    const frames = framesOf(stepId);
    expect(frames.map(({ sceneChange }) => sceneChange)).toEqual([false, true]);
    const answer = await fetch(change.data.fileUrl);
    const { colour } = await readJpeg(new Uint8Array(await answer.arrayBuffer()), CENTRE);
    expect(colourDistance(colour, blue)).toBeLessThan(40);
    await runtime.api.step(stepId, 'stop');
  });

  it('wait for a track that is not there yet', async () => {
    const bob = await runtime.join(roomId, { participantId: 'bob', name: 'Bob' });
    const { stepId } = await runtime.api.startStep(roomId, {
      step: 'tap',
      with: { participantId: 'bob', frames: { everyMs: 500 } },
    });
    await expect.poll(async () => (await runtime.api.step(stepId)).state).toBe('running');
    const camera = await publishAs(bob, { clips: [clips.blue] });
    await runtime.events.event('tap-frame', ({ data }) => data.stepId === stepId);
    await camera.close();
    await bob.leave();
    await expect.poll(async () => (await runtime.api.step(stepId)).state).toBe('finished');
    await bob.drop();
  });

  it('are gone when the operator keeps them no longer', async () => {
    const { stepId } = await startTap({ everyMs: 500 });
    const { data } = await runtime.events.event('tap-frame', (event) => event.data.stepId === stepId);
    await runtime.api.step(stepId, 'stop');
    const { taps } = runtime.served.runtime;
    await taps.sweep(Date.now() + 23 * 3_600_000);
    expect((await fetch(data.fileUrl)).status).toBe(200);
    await taps.sweep(Date.now() + 25 * 3_600_000);
    expect((await fetch(data.fileUrl)).status).toBe(404);
    expect(existsSync(data.filePath)).toBe(false);
  });

  it('leave no folder behind when there were none', async () => {
    const { stepId } = await runtime.api.startStep(roomId, { step: 'tap', with: { participantId: 'ada' } });
    await runtime.api.step(stepId, 'stop');
    const folder = `${runtime.dataDirectory}/taps/${ada.sessionId}/${stepId}`;
    await expect.poll(() => existsSync(folder)).toBe(false);
  });
});

describe('utterances of a tap as events of a workflow', () => {
  it('come as WAV files with when they were said', async () => {
    await using runtime = await startRuntime();
    const { roomId } = await runtime.api.createRoom();
    await using ada = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
    const clip = await encodeSpokenClip('the meeting starts in the big room at seven');
    await using microphone = await publishAs(ada, { clips: [clip] });
    const sessionStartMs = Date.parse((await runtime.api.session(ada.sessionId)).start);
    const { stepId } = await runtime.api.startStep(roomId, {
      step: 'tap',
      with: { participantId: 'ada', kinds: ['audio'], utterances: { minMs: 500 } },
    });
    const { data } = await runtime.events.event('tap-audio', (event) => event.data.stepId === stepId);
    expect(data).toMatchObject({ participantName: 'Ada', kind: 'audio', mimeType: 'audio/wav' });
    const spokenMs = clip.frames.length * clip.frameMs - 3000;
    expect(Math.abs(data.endMs - data.startMs - spokenMs)).toBeLessThan(800);
    const spokenAtMs = microphone.tracks[0]!.frames.flatMap(({ atMs }, index) =>
      (index * clip.frameMs) % (clip.frames.length * clip.frameMs) === 1500 ? [atMs - sessionStartMs] : [],
    );
    expect(Math.min(...spokenAtMs.map((atMs) => Math.abs(atMs - data.startMs)))).toBeLessThan(400);
    const answer = await fetch(data.fileUrl);
    expect(answer.headers.get('content-type')).toBe('audio/wav');
    const wav = Buffer.from(await answer.arrayBuffer());
    expect(wav.length).toBe(data.size);
    expect(wav.toString('latin1', 0, 4)).toBe('RIFF');
    // 16 kHz, mono, 16 bit.
    expect(Math.abs((wav.length - 44) / 32 - (data.endMs - data.startMs))).toBeLessThan(700);
  });
});

describe('a tap on a disk that is full', () => {
  it('refuses to leave files, and streams all the same', async () => {
    await using runtime = await startRuntime({ minimumFreeDiskBytes: Number.MAX_SAFE_INTEGER });
    const { roomId } = await runtime.api.createRoom();
    await using ada = await runtime.join(roomId, { participantId: 'ada' });
    expect(ada.participantId).toBe('ada');
    await expect(
      runtime.api.startStep(roomId, { step: 'tap', with: { participantId: 'ada', frames: {} } }),
    ).rejects.toMatchObject({ body: { code: 'disk-full' } });
    const { stepId } = await runtime.api.startStep(roomId, { step: 'tap', with: { participantId: 'ada' } });
    await expect.poll(async () => (await runtime.api.step(stepId)).state).toBe('running');
  });
});
