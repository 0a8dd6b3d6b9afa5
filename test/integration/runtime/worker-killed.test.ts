import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, type Guest } from '../../support/guests/index.ts';
import { analyseBeepAndFlash } from '../../support/oracle/index.ts';
import {
  completedRecording,
  digestOf,
  encodeVideoClip,
  joinWithBrowser,
  packetsOf,
  publishWithWhip,
  startRuntime,
  type InProcessRuntime,
  type WhipPublisher,
} from '../../support/runtime/index.ts';
import type { RecordingFile, Session } from '../../../runtime/contract/index.ts';

describe('when a media worker is killed in mid-recording', () => {
  let runtime: InProcessRuntime;
  let browser: Awaited<ReturnType<typeof launchBrowser>>;
  let guest: Guest;
  let neighbour: WhipPublisher;
  let killedAtMs: number;
  let session: Session;
  let files: RecordingFile[];
  let neighbourFiles: RecordingFile[];

  beforeAll(async () => {
    const clips = [await encodeVideoClip('vp8', { seconds: 30, size: '240x136', kbps: 300 })];
    runtime = await startRuntime({ workers: 2 });
    browser = await launchBrowser();
    const [unlucky, other] = [await runtime.api.createRoom(), await runtime.api.createRoom()];
    guest = await joinWithBrowser(runtime, browser, unlucky.roomId, {
      participantId: 'ada',
      media: 'beep-and-flash',
    });
    neighbour = await publishWithWhip(runtime, other.roomId, { clips });
    for (const { roomId } of [unlucky, other]) {
      await runtime.events.event(
        'track-published',
        (event) => event.roomId === roomId && event.data.kind === 'video',
      );
    }
    const recording = await runtime.api.record(unlucky.roomId, 'ada');
    const neighbourRecording = await runtime.api.record(other.roomId, neighbour.participantId);
    // Recordings of some length in real time, before and after.
    await guest.page.waitForTimeout(8000);
    const { sessionId } = await runtime.api.recording(recording.recordingId);
    const pid = runtime.served.runtime.pool.pidOf(sessionId);
    killedAtMs = Date.now();
    process.kill(pid!, 'SIGKILL');
    await guest.page.waitForTimeout(12_000);
    await runtime.api.stopRecording(unlucky.roomId, 'ada');
    await runtime.api.stopRecording(other.roomId, neighbour.participantId);
    files = await completedRecording(runtime, recording.recordingId);
    neighbourFiles = await completedRecording(runtime, neighbourRecording.recordingId);
    session = await runtime.api.session(sessionId);
  });

  afterAll(async () => {
    await neighbour.close();
    await guest.close();
    await browser.close();
    await runtime[Symbol.asyncDispose]();
  });

  const wallClockMs = (sessionMs: number): number => Date.parse(session.start) + sessionMs;

  it('does not touch the recording of another room: not one frame is missing', async () => {
    expect(neighbourFiles).toHaveLength(1);
    const { filePath } = neighbourFiles[0]!;
    const recorded = new Set((await packetsOf(filePath, 'video')).map((frame) => digestOf(frame.data)));
    const sent = neighbour.tracks[0]!.frames.filter(({ atMs }) => Math.abs(atMs - killedAtMs) < 6000);
    expect(sent.length).toBeGreaterThan(300);
    expect(sent.filter(({ digest }) => !recorded.has(digest))).toEqual([]);
  });

  it('keeps a file that plays up to a second before the kill', async () => {
    const [first] = files;
    const report = await analyseBeepAndFlash(first!.filePath);
    const endedAtMs = wallClockMs(first!.meta.startMs + report.durationSeconds * 1000);
    expect(killedAtMs - endedAtMs).toBeLessThanOrEqual(1000);
    expect(report.beepShare).toBe(1);
    expect(report.decodeErrors).toEqual([]);
  });

  it('goes on within five seconds as a second part of the same recording, without anybody doing anything', async () => {
    expect(files).toHaveLength(2);
    const [, second] = files;
    const report = await analyseBeepAndFlash(second!.filePath);
    const soundAfterMs = wallClockMs(second!.meta.startMs + report.beeps[0]! * 1000) - killedAtMs;
    const pictureAfterMs = wallClockMs(second!.meta.startMs + report.flashes[0]! * 1000) - killedAtMs;
    // The first beep may be almost a second after the sound itself.
    expect(soundAfterMs).toBeLessThanOrEqual(5000);
    expect(pictureAfterMs).toBeLessThanOrEqual(5000);
    expect(report.decodeErrors).toEqual([]);
    expect(report.durationSeconds).toBeGreaterThan(5);
  });

  it('keeps everybody in the room: nobody leaves, joins or publishes anew', () => {
    const types = runtime.events.types(session.roomId);
    expect(types.filter((type) => type === 'participant-joined')).toHaveLength(1);
    expect(types.filter((type) => type === 'track-published')).toHaveLength(2);
    expect(types).not.toContain('participant-left');
    expect(types).not.toContain('track-unpublished');
  });
});
