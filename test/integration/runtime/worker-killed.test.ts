import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, type Guest } from '../../support/guests/index.ts';
import { analyseBeepAndFlash, analysePicture } from '../../support/oracle/index.ts';
import { completedRecording, joinWithBrowser, startRuntime } from '../../support/runtime/index.ts';
import type { InProcessRuntime } from '../../support/runtime/index.ts';
import type { RecordingFile, Session } from '../../../runtime/contract/index.ts';

/** What was recorded of one room while the worker of the unlucky one was killed. */
type Recorded = { session: Session; files: RecordingFile[] };

describe('when a media worker is killed in mid-recording', () => {
  let runtime: InProcessRuntime;
  let browser: Awaited<ReturnType<typeof launchBrowser>>;
  let guests: Guest[];
  let killedAtMs: number;
  let unlucky: Recorded;
  let other: Recorded;

  beforeAll(async () => {
    runtime = await startRuntime({ workers: 2 });
    browser = await launchBrowser();
    const rooms = [await runtime.api.createRoom(), await runtime.api.createRoom()];
    guests = await Promise.all(
      rooms.map(({ roomId }, index) =>
        joinWithBrowser(runtime, browser, roomId, {
          participantId: 'ada',
          media: 'beep-and-flash',
          number: index + 1,
        }),
      ),
    );
    for (const { roomId } of rooms) {
      await runtime.events.event(
        'track-published',
        (event) => event.roomId === roomId && event.data.kind === 'video',
      );
    }
    const started = await Promise.all(rooms.map(({ roomId }) => runtime.api.record(roomId, 'ada')));
    const page = guests[0]!.page;
    // Recordings of some length in real time, before and after.
    await page.waitForTimeout(8000);
    const { sessionId } = (
      await runtime.events.event('session-started', (event) => event.roomId === rooms[0]!.roomId)
    ).data;
    const pid = runtime.served.runtime.pool.pidOf(sessionId);
    killedAtMs = Date.now();
    process.kill(pid!, 'SIGKILL');
    await page.waitForTimeout(12_000);
    await Promise.all(rooms.map(({ roomId }) => runtime.api.stopRecording(roomId, 'ada')));
    [unlucky, other] = (await Promise.all(
      started.map(async ({ recordingId }) => {
        const files = await completedRecording(runtime, recordingId);
        const recording = await runtime.api.recording(recordingId);
        return { files, session: await runtime.api.session(recording.sessionId) };
      }),
    )) as [Recorded, Recorded];
  });

  afterAll(async () => {
    await Promise.all(guests.map((guest) => guest.close()));
    await browser.close();
    await runtime[Symbol.asyncDispose]();
  });

  const wallClockMs = (recorded: Recorded, sessionMs: number): number =>
    Date.parse(recorded.session.start) + sessionMs;

  it('does not touch the recording of another room', async () => {
    expect(other.files).toHaveLength(1);
    const report = await analyseBeepAndFlash(other.files[0]!.filePath, { expectedSeconds: 19 });
    const picture = await analysePicture(other.files[0]!.filePath);
    expect(report.beepShare).toBe(1);
    expect(report.flashShare).toBe(1);
    expect(report.decodeErrors).toEqual([]);
    expect(picture.longestFreezeMs).toBeLessThan(500);
  });

  it('keeps a file that plays up to a second before the kill', async () => {
    const [first] = unlucky.files;
    const report = await analyseBeepAndFlash(first!.filePath);
    const endedAtMs = wallClockMs(unlucky, first!.meta.startMs + report.durationSeconds * 1000);
    expect(killedAtMs - endedAtMs).toBeLessThanOrEqual(1000);
    expect(report.beepShare).toBe(1);
    expect(report.decodeErrors).toEqual([]);
  });

  it('goes on within five seconds as a second part of the same recording, without anybody doing anything', async () => {
    expect(unlucky.files).toHaveLength(2);
    const [, second] = unlucky.files;
    const report = await analyseBeepAndFlash(second!.filePath);
    const soundAfterMs = wallClockMs(unlucky, second!.meta.startMs + report.beeps[0]! * 1000) - killedAtMs;
    const pictureAfterMs =
      wallClockMs(unlucky, second!.meta.startMs + report.flashes[0]! * 1000) - killedAtMs;
    // The first beep may be almost a second after the sound itself.
    expect(soundAfterMs).toBeLessThanOrEqual(5000);
    expect(pictureAfterMs).toBeLessThanOrEqual(5000);
    expect(report.decodeErrors).toEqual([]);
    expect(report.durationSeconds).toBeGreaterThan(5);
  });

  it('keeps everybody in the room: nobody leaves, joins or publishes anew', () => {
    const types = runtime.events.types(unlucky.session.roomId);
    expect(types.filter((type) => type === 'participant-joined')).toHaveLength(1);
    expect(types.filter((type) => type === 'track-published')).toHaveLength(2);
    expect(types).not.toContain('participant-left');
    expect(types).not.toContain('track-unpublished');
  });
});
