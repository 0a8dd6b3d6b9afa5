import { access } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MergeRecording, Page } from '../../../runtime/contract/index.ts';
import { analyseTones } from '../../support/oracle/index.ts';
import {
  beepHzOf,
  completedRecording,
  encodeBeepAndFlash,
  publishAs,
  startRuntime,
  startRuntimeProcess,
  type EncodedClip,
  type InProcessRuntime,
  type MediaPublisher,
  type RuntimeUnderTest,
} from '../../support/runtime/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

const path = '/v2/recordings/participant/merge';
const tones: EncodedClip[] = [];
beforeAll(async () => {
  for (const number of [1, 2, 3]) {
    tones.push((await encodeBeepAndFlash(number, { beeps: false })).audio);
  }
});

type Speaker = { participantId: string; media: MediaPublisher; recordingId: string };

const seconds = (count: number): number => count * 50;

/** Somebody who comes in with a tone of their own and is recorded. */
async function speak(
  runtime: RuntimeUnderTest,
  roomId: string,
  participantId: string,
  number: number,
): Promise<Speaker> {
  const participant = await runtime.join(roomId, { participantId });
  const media = await publishAs(participant, { clips: [tones[number - 1]!] });
  await runtime.events.event(
    'track-published',
    ({ data, ...event }) => event.roomId === roomId && data.participantId === participantId,
  );
  const { recordingId } = await runtime.api.record(roomId, participantId, { mode: 'audio' });
  await runtime.events.event('participant-recording-started', ({ data }) => data.recordingId === recordingId);
  return { participantId, media, recordingId };
}

const stop = async (runtime: RuntimeUnderTest, roomId: string, speaker: Speaker) => {
  await runtime.api.stopRecording(roomId, speaker.participantId);
  return completedRecording(runtime, speaker.recordingId);
};

const merged = async (runtime: RuntimeUnderTest, mergeId: string): Promise<MergeRecording> => {
  await runtime.events.event('merge-recording-completed', ({ data }) => data.id === mergeId);
  return runtime.api.call<MergeRecording>('GET', `${path}/${mergeId}`);
};

/** When a tone is heard in a channel, in milliseconds of the file. */
const heard = async (file: string, channel: number, number: number): Promise<number[]> =>
  (await analyseTones(file, { channel }))(beepHzOf(number))
    .filter(({ db }) => db > -32)
    .map(({ atMs }) => atMs);

describe('a merge', () => {
  let runtime: InProcessRuntime;
  let roomId: string;
  let sessionId: string;
  let ada: Speaker;
  let grace: Speaker;
  let linus: Speaker;
  const startsMs = new Map<string, number>();
  let adaAgain: string;

  beforeAll(async () => {
    runtime = await startRuntime();
    ({ roomId } = await runtime.api.createRoom());
    ada = await speak(runtime, roomId, 'ada', 1);
    await ada.media.sentMore(seconds(3));
    grace = await speak(runtime, roomId, 'grace', 2);
    await grace.media.sentMore(seconds(2));
    const [first] = await stop(runtime, roomId, ada);
    startsMs.set('ada', first!.meta.startMs);
    linus = await speak(runtime, roomId, 'linus', 3);
    await linus.media.sentMore(seconds(2));
    // Ada is recorded a second time.
    ({ recordingId: adaAgain } = await runtime.api.record(roomId, 'ada', { mode: 'audio' }));
    await ada.media.sentMore(seconds(2));
    const [second] = await stop(runtime, roomId, { ...ada, recordingId: adaAgain });
    startsMs.set('ada again', second!.meta.startMs);
    startsMs.set('grace', (await stop(runtime, roomId, grace))[0]!.meta.startMs);
    ({ sessionId } = await runtime.api.recording(grace.recordingId));
  });
  afterAll(async () => {
    for (const { media } of [ada, grace, linus]) await media.close();
    await runtime[Symbol.asyncDispose]();
  });

  it('has each channel’s people where they spoke, all parts of their recordings', async () => {
    await stop(runtime, roomId, linus);
    const started = await runtime.api.call<{ message: string; recording: MergeRecording }>('POST', path, {
      sessionId,
      channel1: [{ participantId: 'ada' }],
      channel2: [{ participantId: 'grace' }, { participantId: 'linus' }],
      metadata: { case: 9 },
    });
    expect(started.recording).toMatchObject({
      status: 'running',
      sessionId,
      meetingId: roomId,
      channel1: [{ participantId: 'ada' }],
      file: null,
    });
    const merge = await merged(runtime, started.recording.id);
    expect(merge).toMatchObject({
      status: 'completed',
      end: expect.any(String) as string,
      metadata: { case: 9 },
      file: { type: 'audio', meta: { format: 'mp3', audioCodec: 'mp3' } },
    });
    const { filePath, meta } = merge.file!;
    expect(meta.startMs).toBeCloseTo(startsMs.get('ada')!, 0);

    const left = await heard(filePath, 0, 1);
    expect(left[0]).toBeLessThanOrEqual(700);
    // Ada is not heard while she was not recorded, and then again.
    const again = startsMs.get('ada again')! - startsMs.get('ada')!;
    const pause = left.findIndex((atMs, index) => index > 0 && atMs - left[index - 1]! > 500);
    expect(Math.abs(left[pause]! - again)).toBeLessThan(700);
    for (const number of [2, 3]) expect(await heard(filePath, 0, number)).toEqual([]);

    const right = await heard(filePath, 1, 2);
    expect(Math.abs(right[0]! - (startsMs.get('grace')! - startsMs.get('ada')!))).toBeLessThan(700);
    expect((await heard(filePath, 1, 3)).length).toBeGreaterThan(20);
    expect(await heard(filePath, 1, 1)).toEqual([]);

    const listed = await runtime.api.call<Page<MergeRecording>>('GET', `${path}?sessionId=${sessionId}`);
    expect(listed.data.map(({ id }) => id)).toEqual([merge.id]);
    expect((await fetch(merge.file!.fileUrl)).headers.get('content-type')).toBe('audio/mpeg');
    await runtime.api.call('DELETE', `${path}/${merge.id}`);
    await expect(access(filePath)).rejects.toThrow();
  });

  it('can be of one chosen recording, and M4A', async () => {
    const { recording } = await runtime.api.call<{ recording: MergeRecording }>('POST', path, {
      sessionId,
      channel1: [{ participantId: 'ada', recordingId: adaAgain }],
      channel2: [{ participantId: 'grace', recordingId: grace.recordingId }],
      fileFormat: 'm4a',
      dirPath: 'merged',
    });
    const { file } = await merged(runtime, recording.id);
    expect(file).toMatchObject({ meta: { format: 'm4a', audioCodec: 'aac' } });
    expect(file!.filePath).toContain('/recordings/merged/');
    const grown = startsMs.get('ada again')! - startsMs.get('grace')!;
    expect(Math.abs((await heard(file!.filePath, 0, 1))[0]! - grown)).toBeLessThan(700);
  });

  it('says what it cannot be made of', async () => {
    const other = await runtime.api.createRoom();
    await using eve = await runtime.join(other.roomId, { participantId: 'ada' });
    const running = await speak(runtime, roomId, 'eve', 2);
    const from = (channel1: object[], session = sessionId) =>
      runtime.api.send('POST', path, {
        sessionId: session,
        channel1,
        channel2: [{ participantId: 'grace' }],
      });
    expect(await from([{ participantId: 'ada' }], 'ses_none')).toMatchObject({
      status: 404,
      body: { code: 'session-not-found' },
    });
    expect(await from([{ participantId: 'nobody' }])).toMatchObject({
      status: 404,
      body: { code: 'participant-not-found' },
    });
    expect(await from([{ participantId: 'ada', recordingId: grace.recordingId }])).toMatchObject({
      status: 404,
      body: { code: 'recording-not-found' },
    });
    expect(await from([{ participantId: 'ada' }], eve.sessionId)).toMatchObject({
      status: 404,
      body: { code: 'recording-not-found' },
    });
    const foreign = await from([{ participantId: 'ada', recordingId: adaAgain }], eve.sessionId);
    expect(foreign).toMatchObject({
      status: 404,
      body: { message: expect.stringContaining('only recordings of one session share a clock') as string },
    });
    expect(await from([{ participantId: 'eve' }])).toMatchObject({
      status: 409,
      body: { code: 'already-recording', message: expect.stringContaining('stop it before') as string },
    });
    expect(await from([])).toMatchObject({ status: 400 });
    await running.media.close();
  });
});

it('is made after the next start when the runtime is killed under it', async () => {
  await using directory = await temporaryDirectory();
  let mergeId: string;
  {
    await using runtime = await startRuntimeProcess(directory.entry('data'));
    const { roomId } = await runtime.api.createRoom();
    const ada = await speak(runtime, roomId, 'ada', 1);
    const grace = await speak(runtime, roomId, 'grace', 2);
    await grace.media.sentMore(seconds(2));
    await stop(runtime, roomId, ada);
    await stop(runtime, roomId, grace);
    const { sessionId } = await runtime.api.recording(ada.recordingId);
    const { recording } = await runtime.api.call<{ recording: MergeRecording }>('POST', path, {
      sessionId,
      channel1: [{ participantId: 'ada' }],
      channel2: [{ participantId: 'grace' }],
    });
    mergeId = recording.id;
    runtime.process.signal('SIGKILL');
    await runtime.process.ended;
    await ada.media.close();
    await grace.media.close();
  }
  await using runtime = await startRuntimeProcess(directory.entry('data'));
  const merge = await merged(runtime, mergeId);
  expect(merge.status).toBe('completed');
  expect((await heard(merge.file!.filePath, 0, 1)).length).toBeGreaterThan(10);
});
