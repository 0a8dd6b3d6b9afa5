import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSeal } from '../../../runtime/config/index.ts';
import { keepStepSecrets, openStore } from '../../../runtime/store/index.ts';
import { analysePicture, analyseSound } from '../../support/oracle/index.ts';
import {
  comeBack,
  completedRecording,
  encodeAudioClip,
  encodeVideoClip,
  killRuntime,
  publishAgain,
  publishAs,
  runServe,
  startAgain,
  startRuntimeProcess,
  type EncodedClip,
  type RuntimeProcess,
} from '../../support/runtime/index.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/temporary/index.ts';

const second = 30;

let directory: TemporaryDirectory;
let clips: EncodedClip[];
beforeAll(async () => {
  directory = await temporaryDirectory();
  clips = [await encodeVideoClip('vp8'), await encodeAudioClip()];
});
afterAll(() => directory[Symbol.asyncDispose]());

const countOf = (runtime: RuntimeProcess, type: string): number =>
  runtime.events.types().filter((one) => one === type).length;

/** Ada is in a room and sends. */
async function adaIn(runtime: RuntimeProcess) {
  const { roomId } = await runtime.api.createRoom();
  const ada = await runtime.join(roomId, { participantId: 'ada' });
  const media = await publishAs(ada, { clips });
  await runtime.events.event('track-published', ({ data }) => data.kind === 'video');
  return { roomId, ada, media };
}

describe('recordings whose runtime is killed again while it takes them up', () => {
  it('go on after that: that of the room is one file, and nothing is told twice', async () => {
    const first = await startRuntimeProcess(directory.entry('twice'));
    const { roomId, ada, media } = await adaIn(first);
    const ofAda = await first.api.record(roomId, 'ada');
    const ofRoom = await first.api.call<{ recordingId: string; stepId: string }>(
      'POST',
      '/v2/recordings/start',
      { roomId, config: { quality: 'low' } },
    );
    await first.events.event('recording-started');
    await first.events.event('participant-recording-started');
    await media.sentMore(3 * second);
    await killRuntime(first);
    await media.close();
    {
      await using second = await runServe(first.dataDirectory);
      // Steps have been taken up, and nobody can have come back yet.
      await second.waitForLine(/its sessions and their steps go on/);
      second.signal('SIGKILL');
      await second.ended;
    }

    await using runtime = await startAgain(first);
    await using back = await comeBack(runtime, ada);
    await using again = await publishAgain(back, { clips });
    await again.sentMore(3 * second);
    const { progress } = await runtime.api.step(ofRoom.stepId);
    expect(progress['part']).toBe(3);
    await runtime.api.stopRecording(roomId, 'ada');
    await runtime.api.call('POST', '/v2/recordings/end', { roomId });
    const files = [
      ...(await completedRecording(runtime, ofAda.recordingId)),
      ...(await completedRecording(runtime, ofRoom.recordingId, 'meeting')),
    ];
    // Between the kills nobody sent anything that could be in a file of its own.
    expect(files.map(({ meta }) => meta.format)).toEqual(['webm', 'webm', 'mp4']);
    for (const { filePath } of files) {
      expect((await analysePicture(filePath)).decodeErrors).toEqual([]);
      expect((await analyseSound(filePath)).decodeErrors).toEqual([]);
    }
    for (const what of ['participant-recording', 'recording']) {
      const counts = ['starting', 'started', 'stopping', 'stopped', 'failed'].map((moment) =>
        countOf(runtime, `${what}-${moment}`),
      );
      expect([what, counts]).toEqual([what, [1, 1, 1, 1, 0]]);
    }
  });
});

describe('a step that cannot be read after a crash', () => {
  it('ends as failed with what it has left, and what runs beside it goes on', async () => {
    const first = await startRuntimeProcess(directory.entry('unreadable'));
    const { roomId, ada, media } = await adaIn(first);
    const unreadable = await first.api.record(roomId, 'ada');
    const beside = await first.api.record(roomId, 'ada', { kind: 'audio' });
    await first.events.event('participant-track-recording-started');
    await first.events.event('participant-recording-started');
    await media.sentMore(2 * second);
    await killRuntime(first);
    await media.close();
    const store = await openStore({ file: join(first.dataDirectory, 'roomflow.db') });
    const sealed = createSeal('another secret').close({ params: {}, composition: null });
    keepStepSecrets(store, unreadable.stepId, { sealed });
    await store.close();

    await using runtime = await startAgain(first);
    const failed = await runtime.events.event('participant-recording-failed');
    expect(failed.data).toMatchObject({
      recordingId: unreadable.recordingId,
      code: 'sealed-value-unreadable',
    });
    expect(await runtime.api.step(unreadable.stepId)).toMatchObject({ state: 'failed' });
    const { files } = await runtime.api.recording(unreadable.recordingId);
    expect(files).toHaveLength(1);
    expect((await analysePicture(files[0]!.filePath)).decodeErrors).toEqual([]);

    await using back = await comeBack(runtime, ada);
    await using again = await publishAgain(back, { clips });
    await again.sentMore(2 * second);
    await runtime.api.stopRecording(roomId, 'ada', 'audio');
    expect(await completedRecording(runtime, beside.recordingId, 'track')).toHaveLength(2);
  });
});
