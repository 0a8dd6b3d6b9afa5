import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analysePicture, analyseSound } from '../../support/oracle/index.ts';
import {
  completedRecording,
  encodeAudioClip,
  encodeVideoClip,
  publishAs,
  startRuntime,
  type EncodedClip,
  type InProcessRuntime,
  type MediaPublisher,
  type SignallingParticipant,
} from '../../support/runtime/index.ts';

let runtime: InProcessRuntime;
let vp8: EncodedClip;
let larger: EncodedClip;
let h264: EncodedClip;
let opus: EncodedClip;

beforeAll(async () => {
  vp8 = await encodeVideoClip('vp8');
  larger = await encodeVideoClip('vp8', { size: '640x360', seconds: 2 });
  h264 = await encodeVideoClip('h264');
  opus = await encodeAudioClip();
  runtime = await startRuntime();
});
afterAll(() => runtime[Symbol.asyncDispose]());

type Speaker = AsyncDisposable & {
  roomId: string;
  participant: SignallingParticipant;
  media: MediaPublisher;
  /** So much real time of media. */
  seconds(seconds: number): Promise<void>;
};

/** A participant of a room of its own who sends camera and microphone. */
async function speaker(
  clips: EncodedClip[] = [vp8, opus],
  kinds?: ('audio' | 'video' | 'screen_video')[],
): Promise<Speaker> {
  const { roomId } = await runtime.api.createRoom();
  const participant = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
  const media = await publishAs(participant, { clips, ...(kinds ? { kinds } : {}) });
  await runtime.events.event('track-published', (event) => event.roomId === roomId);
  for (const _ of clips.slice(1)) {
    await expect
      .poll(() => runtime.events.types(roomId).filter((type) => type === 'track-published').length)
      .toBe(clips.length);
  }
  return {
    roomId,
    participant,
    media,
    seconds: (seconds) => media.sentMore((seconds * 1000) / clips[0]!.frameMs),
    [Symbol.asyncDispose]: async () => {
      await media.close();
      await participant.drop();
    },
  };
}

describe('a recording of a participant', () => {
  it('is one file with camera and microphone, and can be downloaded in parts and deleted', async () => {
    await using ada = await speaker();
    const started = await runtime.api.record(ada.roomId, 'ada', { metadata: { case: 7 } });
    expect(started).toMatchObject({
      id: started.recordingId,
      message: expect.stringContaining('started') as string,
    });
    await ada.seconds(4);
    const double = await runtime.api.send('POST', '/v2/recordings/participant/start', {
      roomId: ada.roomId,
      participantId: 'ada',
    });
    expect(double).toMatchObject({ status: 409, body: { code: 'already-recording', errorCode: 4018 } });
    const running = await runtime.api.send('DELETE', `/v2/recordings/participant/${started.id}`);
    expect(running).toMatchObject({ status: 409 });
    expect(await runtime.api.stopRecording(ada.roomId, 'ada')).toMatchObject({ status: 'completed' });

    const [file] = await completedRecording(runtime, started.recordingId);
    expect(file).toMatchObject({
      type: 'video',
      meta: {
        format: 'webm',
        videoCodec: 'vp8',
        audioCodec: 'opus',
        resolution: { width: 320, height: 180 },
      },
    });
    expect(file!.meta.duration).toBeGreaterThan(3.5);
    expect(file!.meta.duration).toBeLessThan(5);
    const folder = join(runtime.dataDirectory, 'recordings', ada.participant.sessionId, 'ada');
    expect(file!.filePath.startsWith(`${folder}/`)).toBe(true);
    const picture = await analysePicture(file!.filePath);
    expect(picture.decodeErrors).toEqual([]);
    // The first picture stands until a key frame has come, which is asked for twice a second.
    expect(picture.longestFreezeMs).toBeLessThan(1000);
    expect((await analyseSound(file!.filePath)).longestSilenceMs).toBeLessThan(600);

    // The link works without a key, and only as it was signed.
    const whole = await fetch(file!.fileUrl);
    expect(whole.status).toBe(200);
    expect(whole.headers.get('content-type')).toBe('video/webm');
    expect((await whole.arrayBuffer()).byteLength).toBe(file!.size);
    const part = await fetch(file!.fileUrl, { headers: { range: 'bytes=0-3' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 0-3/${file!.size}`);
    expect(Buffer.from(await part.arrayBuffer()).toString('hex')).toBe('1a45dfa3');
    const beyond = await fetch(file!.fileUrl, { headers: { range: `bytes=${file!.size}-` } });
    expect(beyond.status).toBe(416);
    const forged = new URL(file!.fileUrl);
    forged.searchParams.set('expires', String(Date.now() + 10 ** 10));
    expect((await fetch(forged)).status).toBe(401);
    expect((await fetch(file!.fileUrl.split('?')[0]!)).status).toBe(401);
    const withKey = await runtime.api.send('GET', `/v2/files/${file!.id}`);
    expect(withKey.status).toBe(200);

    expect(await runtime.api.recording(started.id)).toMatchObject({
      metadata: { case: 7 },
      kind: 'audio_video',
    });
    await runtime.api.call('DELETE', `/v2/recordings/participant/${started.id}`);
    await expect(access(file!.filePath)).rejects.toThrow();
    expect(await runtime.api.send('GET', `/v2/recordings/participant/${started.id}`)).toMatchObject({
      status: 404,
      body: { code: 'recording-not-found' },
    });
    expect((await fetch(file!.fileUrl)).status).toBe(404);
  });

  it('is told by its events, in order', async () => {
    await using ada = await speaker();
    const { recordingId } = await runtime.api.record(ada.roomId, 'ada');
    expect(await ada.participant.notified('recording-state-changed')).toEqual({
      participantId: 'ada',
      recording: true,
    });
    await ada.seconds(1);
    await runtime.api.stopRecording(ada.roomId, 'ada');
    await completedRecording(runtime, recordingId);
    expect(runtime.events.types(ada.roomId).filter((type) => type.includes('recording'))).toEqual([
      'participant-recording-starting',
      'participant-recording-started',
      'participant-recording-stopping',
      'participant-recording-stopped',
    ]);
    await ada.participant.notified('recording-state-changed', ({ recording }) => !recording);
  });

  it('holds sound alone when asked to, and the container asked for', async () => {
    await using ada = await speaker();
    const sound = await runtime.api.record(ada.roomId, 'ada', { mode: 'audio' });
    await ada.seconds(2);
    await runtime.api.stopRecording(ada.roomId, 'ada');
    const both = await runtime.api.record(ada.roomId, 'ada', { fileFormat: 'mkv' });
    await ada.seconds(2);
    await runtime.api.stopRecording(ada.roomId, 'ada');
    const [ogg] = await completedRecording(runtime, sound.recordingId);
    expect(ogg).toMatchObject({
      type: 'audio',
      meta: { format: 'ogg', videoCodec: null, audioCodec: 'opus' },
    });
    expect((await analyseSound(ogg!.filePath)).decodeErrors).toEqual([]);
    const [mkv] = await completedRecording(runtime, both.recordingId);
    expect(mkv).toMatchObject({ meta: { format: 'mkv', videoCodec: 'vp8', audioCodec: 'opus' } });
  });

  it('is an MP4 file when the camera sends H.264', async () => {
    await using ada = await speaker([h264, opus]);
    const { recordingId } = await runtime.api.record(ada.roomId, 'ada');
    await ada.seconds(3);
    await runtime.api.stopRecording(ada.roomId, 'ada');
    const [file] = await completedRecording(runtime, recordingId);
    expect(file).toMatchObject({ meta: { format: 'mp4', videoCodec: 'h264', audioCodec: 'opus' } });
    const picture = await analysePicture(file!.filePath);
    expect(picture.decodeErrors).toEqual([]);
    expect(picture.longestFreezeMs).toBeLessThan(1000);
  });

  it('leaves out what happens while it is paused, and goes on in the same file', async () => {
    await using ada = await speaker();
    const { recordingId, stepId } = await runtime.api.record(ada.roomId, 'ada');
    await ada.seconds(2);
    expect(await runtime.api.step(stepId, 'pause')).toMatchObject({ paused: true, state: 'running' });
    expect(await runtime.api.recording(recordingId)).toMatchObject({ status: 'paused' });
    await ada.seconds(3);
    expect(await runtime.api.step(stepId, 'resume')).toMatchObject({ paused: false });
    await ada.seconds(2);
    await runtime.api.stopRecording(ada.roomId, 'ada');
    const files = await completedRecording(runtime, recordingId);
    expect(files).toHaveLength(1);
    expect(files[0]!.meta.duration).toBeGreaterThan(3.4);
    expect(files[0]!.meta.duration).toBeLessThan(5);
    expect((await analysePicture(files[0]!.filePath)).decodeErrors).toEqual([]);
    expect(runtime.events.types(ada.roomId)).toEqual(
      expect.arrayContaining(['recording-paused', 'recording-resumed']),
    );
  });

  it('goes on with silence while the microphone is muted', async () => {
    await using ada = await speaker();
    const { recordingId } = await runtime.api.record(ada.roomId, 'ada');
    const [, microphone] = ada.media.tracks;
    await ada.seconds(2);
    microphone!.pause();
    await ada.participant.call('set-muted', { kind: 'audio', muted: true });
    await ada.seconds(2);
    microphone!.resume();
    await ada.participant.call('set-muted', { kind: 'audio', muted: false });
    await ada.seconds(2);
    await runtime.api.stopRecording(ada.roomId, 'ada');
    const [file] = await completedRecording(runtime, recordingId);
    const sound = await analyseSound(file!.filePath);
    expect(sound.longestGapMs).toBeLessThan(30);
    expect(sound.longestSilenceMs).toBeGreaterThan(1500);
    expect(sound.longestSilenceMs).toBeLessThan(2600);
    expect(sound.decodeErrors).toEqual([]);
    expect(runtime.events.types(ada.roomId)).toEqual(
      expect.arrayContaining(['track-muted', 'track-unmuted']),
    );
  });

  it('survives a change of resolution', async () => {
    await using ada = await speaker();
    const { recordingId } = await runtime.api.record(ada.roomId, 'ada');
    await ada.seconds(2);
    ada.media.tracks[0]!.switchTo(larger);
    await ada.seconds(3);
    await runtime.api.stopRecording(ada.roomId, 'ada');
    const [file, ...others] = await completedRecording(runtime, recordingId);
    expect(others).toEqual([]);
    const picture = await analysePicture(file!.filePath);
    expect(picture.decodeErrors).toEqual([]);
    expect(picture.sizes.map(({ width, height }) => `${width}x${height}`)).toEqual(['320x180', '640x360']);
    expect(picture.longestFreezeMs).toBeLessThan(1000);
  });

  it('is complete, silent and black for a participant who never publishes', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using quiet = await runtime.join(roomId, { participantId: 'quiet' });
    const { recordingId } = await runtime.api.record(roomId, 'quiet');
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await runtime.api.stopRecording(roomId, 'quiet');
    const [file] = await completedRecording(runtime, recordingId);
    expect(file!.meta.duration).toBeGreaterThan(2);
    expect((await analyseSound(file!.filePath)).level).toBeLessThan(0.001);
    expect(quiet.notifications('recording-state-changed')).toHaveLength(2);
  });

  it('ends when its participant leaves, and when the session does', async () => {
    await using ada = await speaker();
    await using other = await runtime.join(ada.roomId);
    const first = await runtime.api.record(ada.roomId, 'ada');
    await ada.seconds(1);
    await ada.participant.leave();
    await other.notified('participant-left');
    await completedRecording(runtime, first.recordingId);
    expect(await runtime.api.step(first.stepId)).toMatchObject({
      state: 'finished',
      reason: 'participant-left',
    });

    await using grace = await speaker();
    const second = await runtime.api.record(grace.roomId, 'ada');
    await grace.seconds(1);
    await runtime.api.endSession(grace.roomId);
    const [file] = await completedRecording(runtime, second.recordingId);
    expect((await analysePicture(file!.filePath)).decodeErrors).toEqual([]);
    await runtime.events.event('session-ended', (event) => event.roomId === grace.roomId);
  });
});

describe('a recording of a track', () => {
  it('holds that track alone, beside the recording of the participant', async () => {
    await using ada = await speaker();
    const sound = await runtime.api.record(ada.roomId, 'ada', { kind: 'audio' });
    const picture = await runtime.api.record(ada.roomId, 'ada', { kind: 'video' });
    const both = await runtime.api.record(ada.roomId, 'ada');
    await ada.seconds(2);
    await runtime.api.stopRecording(ada.roomId, 'ada', 'audio');
    await runtime.api.stopRecording(ada.roomId, 'ada', 'video');
    await runtime.api.stopRecording(ada.roomId, 'ada');
    const [audioFile] = await completedRecording(runtime, sound.recordingId, 'track');
    expect(audioFile).toMatchObject({ type: 'audio', meta: { format: 'ogg', videoCodec: null } });
    const [videoFile] = await completedRecording(runtime, picture.recordingId, 'track');
    expect(videoFile).toMatchObject({ type: 'video', meta: { format: 'webm', audioCodec: null } });
    expect(await completedRecording(runtime, both.recordingId)).toHaveLength(1);
    const list = await runtime.api.call<{ data: { id: string; kind: string }[] }>(
      'GET',
      `/v2/recordings/participant/track?roomId=${ada.roomId}&kind=video`,
    );
    expect(list.data).toMatchObject([{ id: picture.recordingId, kind: 'video' }]);
  });

  it('is one file for each time the screen is shared', async () => {
    await using ada = await speaker([opus, vp8], ['audio', 'screen_video']);
    const { recordingId } = await runtime.api.record(ada.roomId, 'ada', { kind: 'screen_video' });
    const [, screen] = ada.media.tracks;
    await ada.seconds(2);
    screen!.isOffered = false;
    screen!.pause();
    await ada.media.negotiate();
    await runtime.events.event('track-unpublished', (event) => event.roomId === ada.roomId);
    await ada.seconds(1);
    screen!.isOffered = true;
    screen!.resume();
    await ada.media.negotiate();
    await expect
      .poll(() => runtime.events.types(ada.roomId).filter((type) => type === 'track-published'))
      .toHaveLength(3);
    await ada.seconds(2);
    await runtime.api.stopRecording(ada.roomId, 'ada', 'screen_video');
    const files = await completedRecording(runtime, recordingId, 'track');
    expect(files.map((file) => file.meta.format)).toEqual(['webm', 'webm']);
    for (const file of files) {
      expect((await analysePicture(file.filePath)).decodeErrors).toEqual([]);
      expect(file.meta.duration).toBeGreaterThan(1);
    }
  });

  it('has no file for a share that ended before a picture of it came', async () => {
    await using ada = await speaker([opus, vp8], ['audio', 'screen_video']);
    const [, screen] = ada.media.tracks;
    screen!.pause();
    const { recordingId } = await runtime.api.record(ada.roomId, 'ada', { kind: 'screen_video' });
    screen!.isOffered = false;
    await ada.media.negotiate();
    await runtime.events.event('track-unpublished', (event) => event.roomId === ada.roomId);
    screen!.isOffered = true;
    screen!.resume();
    await ada.media.negotiate();
    await ada.seconds(2);
    await runtime.api.stopRecording(ada.roomId, 'ada', 'screen_video');
    const [file, ...others] = await completedRecording(runtime, recordingId, 'track');
    expect(others).toEqual([]);
    expect((await analysePicture(file!.filePath)).decodeErrors).toEqual([]);
    expect(file!.meta.duration).toBeGreaterThan(1);
  });
});

describe('a track tap', () => {
  it('feeds a recording and ends with its participant', async () => {
    await using ada = await speaker();
    const tap = await runtime.api.startStep(ada.roomId, { step: 'tap', with: { participantId: 'ada' } });
    expect(tap).toMatchObject({ step: 'tap', participantId: 'ada', recordingId: null });
    expect(tap.trackIds).toHaveLength(2);
    const step = await runtime.api.startStep(ada.roomId, { step: 'record', from: tap.stepId, with: {} });
    expect(step).toMatchObject({ from: tap.stepId, participantId: 'ada' });
    await ada.seconds(2);
    expect(await runtime.api.step(step.stepId, 'stop')).toMatchObject({ state: 'finished' });
    const [file] = await completedRecording(runtime, step.recordingId!);
    expect(file).toMatchObject({ meta: { videoCodec: 'vp8', audioCodec: 'opus' } });

    const soundTap = await runtime.api.startStep(ada.roomId, {
      step: 'tap',
      with: { participantId: 'ada', kinds: ['audio'] },
    });
    const sound = await runtime.api.startStep(ada.roomId, {
      step: 'record',
      from: soundTap.stepId,
      with: {},
    });
    await ada.seconds(1);
    await ada.participant.leave();
    const [ogg] = await completedRecording(runtime, sound.recordingId!);
    expect(ogg).toMatchObject({ meta: { format: 'ogg', videoCodec: null } });
    await expect.poll(async () => (await runtime.api.step(tap.stepId)).state).toBe('finished');
    const list = await runtime.api.call<{ data: unknown[] }>('GET', `/v2/rooms/${ada.roomId}/steps?step=tap`);
    expect(list.data).toHaveLength(2);
  });
});

describe('what cannot be recorded', () => {
  it('is refused with what is wrong', async () => {
    const { roomId } = await runtime.api.createRoom();
    const start = (body: object) =>
      runtime.api.send('POST', '/v2/recordings/participant/start', { roomId, ...body });
    expect(await start({ participantId: 'ada' })).toMatchObject({
      status: 404,
      body: { code: 'no-live-session', retryable: true },
    });
    await using ada = await runtime.join(roomId, { participantId: 'ada' });
    expect(await start({ participantId: 'eve' })).toMatchObject({
      status: 404,
      body: {
        code: 'participant-not-found',
        errorCode: 4004,
        message: expect.stringContaining('ada') as string,
      },
    });
    expect(await start({ participantId: 'ada', mode: 'everything' })).toMatchObject({
      status: 400,
      body: {
        code: 'invalid-request',
        details: [{ pointer: 'body/mode', message: 'must be one of video-and-audio, audio' }],
      },
    });
    const track = { roomId, participantId: 'ada', kind: 'screen_video' };
    expect(await runtime.api.send('POST', '/v2/recordings/participant/track/start', track)).toMatchObject({
      status: 404,
      body: { code: 'track-not-found', retryable: true },
    });
    expect(await runtime.api.send('POST', '/v2/recordings/participant/track/stop', track)).toMatchObject({
      status: 409,
      body: { code: 'not-recording', errorCode: 4036 },
    });
    expect(
      await runtime.api.send('POST', '/v2/recordings/participant/stop', { roomId, participantId: 'ada' }),
    ).toMatchObject({ status: 409, body: { code: 'not-recording' } });
    const step = (body: object) => runtime.api.send('POST', `/v2/rooms/${roomId}/steps`, body);
    expect(await step({ step: 'record', with: {} })).toMatchObject({
      status: 422,
      body: { code: 'invalid-step-params' },
    });
    expect(await step({ step: 'record', with: {}, from: 'stp_none' })).toMatchObject({
      status: 409,
      body: { code: 'step-not-running' },
    });
    expect(await step({ step: 'record', with: { participantId: 'ada', wrong: 1 } })).toMatchObject({
      status: 422,
      body: {
        code: 'invalid-step-params',
        details: [{ pointer: '/with/wrong', message: 'is not a known name here' }],
      },
    });
    const tap = await runtime.api.startStep(roomId, { step: 'tap', with: { participantId: 'ada' } });
    expect(await runtime.api.send('POST', `/v2/steps/${tap.stepId}/pause`)).toMatchObject({ status: 400 });
    await runtime.api.step(tap.stepId, 'stop');
    expect(await runtime.api.send('POST', `/v2/steps/${tap.stepId}/stop`)).toMatchObject({
      status: 409,
      body: { code: 'step-not-running' },
    });
    expect(await runtime.api.send('POST', '/v2/steps/stp_none/stop')).toMatchObject({
      status: 404,
      body: { code: 'step-not-found' },
    });
    expect(ada.notifications('removed')).toEqual([]);
  });
});
