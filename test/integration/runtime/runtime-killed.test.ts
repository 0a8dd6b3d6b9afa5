import { describe, expect, it } from 'vitest';
import { analysePicture, analyseSound } from '../../support/oracle/index.ts';
import {
  completedRecording,
  encodeAudioClip,
  encodeVideoClip,
  publishWithWhip,
  startRuntimeProcess,
} from '../../support/runtime/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

/** It is back too late for its sessions to go on. */
const noResume = { sessionResumeSeconds: 0 };

describe('when the whole runtime is killed and its sessions do not go on', () => {
  it('completes on the next start what was open, tells of it, and has lost nothing', async () => {
    const clips = [await encodeVideoClip('vp8'), await encodeAudioClip()];
    await using directory = await temporaryDirectory();
    let roomId: string;
    let recordingId: string;
    let sessionId: string;
    let cursor: string;
    let killedAtMs: number;
    {
      await using runtime = await startRuntimeProcess(directory.entry('data'));
      ({ roomId } = await runtime.api.createRoom());
      await using guest = await publishWithWhip(runtime, roomId, { clips, participantId: 'ada' });
      await using watcher = await runtime.join(roomId, { participantId: 'watcher' });
      ({ sessionId } = watcher);
      await watcher.call('send-message', { topic: 'CHAT', message: 'kept', persist: true });
      await runtime.events.event('track-published', ({ data }) => data.kind === 'video');
      ({ recordingId } = await runtime.api.record(roomId, 'ada'));
      await guest.sentMore(30 * 5);
      const last = runtime.events.events().at(-1)!;
      cursor = `${last.epoch}:${last.seq}`;
      killedAtMs = Date.now();
      runtime.process.signal('SIGKILL');
      expect(await runtime.process.ended).toMatchObject({ signal: 'SIGKILL' });
      // The end of this scope fails when a worker outlives its parent.
    }

    await using runtime = await startRuntimeProcess(directory.entry('data'), noResume);
    const [file, ...more] = await completedRecording(runtime, recordingId);
    expect(more).toEqual([]);
    const session = await runtime.api.session(sessionId);
    const endedAtMs = Date.parse(session.start) + file!.meta.endMs;
    expect(killedAtMs - endedAtMs).toBeLessThanOrEqual(1000);
    const picture = await analysePicture(file!.filePath);
    expect(picture.decodeErrors).toEqual([]);
    expect((await analyseSound(file!.filePath)).decodeErrors).toEqual([]);

    expect(session).toMatchObject({ status: 'ended', roomId });
    // It ended when it was killed, however long the runtime was down.
    expect(Math.abs(Date.parse(session.end!) - killedAtMs)).toBeLessThan(1500);
    expect(file!.meta.startMs).toBeGreaterThan(0);
    expect(session.participants.map(({ participantId, timelog }) => [participantId, timelog.length])).toEqual(
      [
        ['ada', 1],
        ['watcher', 1],
      ],
    );
    expect(session.participants.flatMap(({ timelog }) => timelog).every(({ end }) => end !== null)).toBe(
      true,
    );
    expect((await runtime.api.participants(sessionId, 'active')).data.participants).toEqual([]);
    expect(await runtime.api.messages(roomId)).toMatchObject([{ message: 'kept' }]);
    const after = await runtime.api.call<{ events: { type: string; data: { reason?: string } }[] }>(
      'GET',
      `/v2/events?cursor=${cursor}`,
    );
    expect(after.events.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        'participant-recording-stopped',
        'participant-left',
        'session-ended',
        'step-changed',
      ]),
    );
    // The room goes on with a new session.
    await using back = await runtime.join(roomId, { participantId: 'ada' });
    expect(back.sessionId).not.toBe(sessionId);
  });
});
