import { readFile, readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RecordingFile, Step } from '../../../runtime/contract/index.ts';
import { analysePicture, analyseTones } from '../../support/oracle/index.ts';
import {
  beepHzOf,
  completedRecording,
  encodeBeepAndFlash,
  encodeVideoClip,
  publishAs,
  startRuntime,
  startRuntimeProcess,
  type EncodedClip,
  type RuntimeUnderTest,
} from '../../support/runtime/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

type Started = { recordingId: string; stepId: string };

let clips: EncodedClip[];
beforeAll(async () => {
  clips = [await encodeVideoClip('vp8'), (await encodeBeepAndFlash(1, { beeps: false })).audio];
});

const startRoomRecording = async (runtime: RuntimeUnderTest, roomId: string): Promise<Started> => {
  const started = await runtime.api.call<Started>('POST', '/v2/recordings/start', {
    roomId,
    config: { quality: 'low' },
  });
  await runtime.events.event('recording-started', ({ data }) => data.recordingId === started.recordingId);
  await recordedInPart(runtime, started.stepId, 1);
  return started;
};

/** The step once its part so much has been written to disk. */
const recordedInPart = async (runtime: RuntimeUnderTest, stepId: string, part: number): Promise<Step> => {
  let step = await runtime.api.step(stepId);
  await expect
    .poll(
      async () => {
        step = await runtime.api.step(stepId);
        const { partStartsMs } = step.progress as { partStartsMs?: Record<string, number> };
        return partStartsMs?.[String(part)];
      },
      { timeout: 20_000 },
    )
    .toBeTypeOf('number');
  return step;
};

/** The media worker of a runtime that has one. */
const workerOf = async (pid: number): Promise<number> => {
  const [worker] = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
  return Number(worker);
};

/** Sends as before once the client is told that its media is to be started anew. */
const sendAgain = async (
  participant: Awaited<ReturnType<RuntimeUnderTest['join']>>,
): Promise<Awaited<ReturnType<typeof publishAs>>> => {
  await participant.notified('media-restart');
  return publishAs(participant, { clips });
};

/** One file without a hole: as many pictures as its time has places for, its tone before and after. */
const expectWhole = async (file: RecordingFile, soundUntilSeconds: number): Promise<void> => {
  const picture = await analysePicture(file.filePath);
  expect(picture.decodeErrors).toEqual([]);
  expect(Math.abs(picture.frameCount - file.meta.duration * 30)).toBeLessThan(file.meta.duration * 0.15 + 3);
  const levels = (await analyseTones(file.filePath))(beepHzOf(1)).filter(({ db }) => db > -30);
  expect(levels[0]!.atMs).toBeLessThan(1500);
  expect(levels.at(-1)!.atMs / 1000).toBeGreaterThan(soundUntilSeconds);
};

describe('the recording of a room', () => {
  it('goes on within three seconds when the media worker is killed, and is one file in the end', async () => {
    await using runtime = await startRuntime();
    const { roomId } = await runtime.api.createRoom();
    const ada = await runtime.join(roomId, { participantId: 'ada' });
    const media = await publishAs(ada, { clips });
    const { sessionId } = await runtime.events.event('track-published', ({ data }) => data.kind === 'video');
    const { recordingId, stepId } = await startRoomRecording(runtime, roomId);
    await media.sentMore(30 * 4);
    const { start } = await runtime.api.session(sessionId!);
    const killedMs = Date.now() - Date.parse(start);
    process.kill(runtime.served.runtime.pool.pidOf(sessionId!)!, 'SIGKILL');
    await media.close();
    await using again = await sendAgain(ada);
    const { progress } = await recordedInPart(runtime, stepId, 2);
    const { partStartsMs } = progress as { partStartsMs: Record<string, number> };
    expect(partStartsMs['2']! - killedMs).toBeLessThan(3000);
    await again.sentMore(30 * 4);
    const stoppedMs = Date.now() - Date.parse(start);
    await runtime.api.call('POST', '/v2/recordings/end', { roomId });
    const [file, ...more] = await completedRecording(runtime, recordingId, 'meeting');
    expect(more).toEqual([]);
    expect(await readdir(dirname(file!.filePath))).toEqual([`${stepId}.mp4`]);
    // As long as the session was recorded: the gap is in it.
    expect(Math.abs(file!.meta.duration * 1000 - (stoppedMs - partStartsMs['1']!))).toBeLessThan(500);
    await expectWhole(file!, file!.meta.duration - 1.5);
    await ada.drop();
  });

  it('is one file at the next start when the worker and then the whole runtime was killed', async () => {
    await using directory = await temporaryDirectory();
    let recordingId: string;
    let partStartsMs: Record<string, number>;
    let killedMs: number;
    {
      await using runtime = await startRuntimeProcess(directory.entry('data'));
      const { roomId } = await runtime.api.createRoom();
      const ada = await runtime.join(roomId, { participantId: 'ada' });
      const media = await publishAs(ada, { clips });
      const { sessionId } = await runtime.events.event(
        'track-published',
        ({ data }) => data.kind === 'video',
      );
      const started = await startRoomRecording(runtime, roomId);
      ({ recordingId } = started);
      await media.sentMore(30 * 3);
      process.kill(await workerOf(runtime.process.pid), 'SIGKILL');
      await media.close();
      await using again = await sendAgain(ada);
      const { progress } = await recordedInPart(runtime, started.stepId, 2);
      ({ partStartsMs } = progress as { partStartsMs: Record<string, number> });
      await again.sentMore(30 * 3);
      const { start } = await runtime.api.session(sessionId!);
      killedMs = Date.now() - Date.parse(start);
      runtime.process.signal('SIGKILL');
      await runtime.process.ended;
    }
    await using runtime = await startRuntimeProcess(directory.entry('data'), { sessionResumeSeconds: 0 });
    const [file, ...more] = await completedRecording(runtime, recordingId, 'meeting');
    expect(more).toEqual([]);
    expect(await readdir(dirname(file!.filePath))).toHaveLength(1);
    // What the kill cost is less than a second.
    const lostMs = killedMs - partStartsMs['1']! - file!.meta.duration * 1000;
    expect(lostMs).toBeLessThan(1000);
    await expectWhole(file!, file!.meta.duration - 1.5);
  });
});
