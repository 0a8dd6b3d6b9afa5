import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  HlsStream,
  Livestream,
  Recording,
  RecordingFile,
  RoomflowEvent,
  Session,
} from '../../../runtime/contract/index.ts';
import { parseMediaPlaylist, validateMediaPlaylist, validateUpdate } from '../../support/hls/index.ts';
import { analysePicture, analyseSound, analyseTones } from '../../support/oracle/index.ts';
import {
  filesHolding,
  readRecordedStream,
  startRtmpServer,
  type RtmpServer,
} from '../../support/rtmp/index.ts';
import {
  beepHzOf,
  comeBack,
  completedRecording,
  encodeBeepAndFlash,
  encodeVideoClip,
  killRuntime,
  publishAgain,
  publishAs,
  startAgain,
  startRuntimeProcess,
  type EncodedClip,
  type RuntimeProcess,
} from '../../support/runtime/index.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/temporary/index.ts';

/** What a kill may cost of what had been sent before it. */
const MOST_LOST_MS = 1000;
const second = 30;

/** As one room was when its runtime was killed, and after another one has brought everything to its end. */
type Told = {
  session: Session;
  killedAtMs: number;
  sentAgainAtMs: number;
  events: RoomflowEvent[];
  ada: Recording;
  adasFiles: RecordingFile[];
  bob: { whenBack: Recording; resumedForMs: { least: number; most: number }; files: RecordingFile[] };
  room: { recordingId: string; stepId: string; files: RecordingFile[] };
  hls: { before: string; after: string; ended: HlsStream };
  rtmp: { ended: Livestream; files: Record<string, string[]> };
};

let directory: TemporaryDirectory;
let server: RtmpServer;
let runtime: RuntimeProcess;
let told: Told;

const status = async (address: string): Promise<number> => (await fetch(address)).status;
const textOf = async (address: string): Promise<string> => (await fetch(address)).text();

beforeAll(async () => {
  directory = await temporaryDirectory();
  server = await startRtmpServer();
  const clips: EncodedClip[] = [
    await encodeVideoClip('vp8'),
    (await encodeBeepAndFlash(1, { beeps: false })).audio,
  ];
  const first = await startRuntimeProcess(directory.entry('data'));
  const { roomId } = await first.api.createRoom();
  const before = {
    ada: await first.join(roomId, { participantId: 'ada' }),
    bob: await first.join(roomId, { participantId: 'bob' }),
  };
  const { sessionId } = before.ada;
  const sent = [await publishAs(before.ada, { clips }), await publishAs(before.bob, { clips: [clips[1]!] })];
  await first.events.event('track-published', ({ data }) => data.kind === 'video');
  const ofAda = await first.api.record(roomId, 'ada');
  const ofBob = await first.api.record(roomId, 'bob');
  const stream = await first.api.call<HlsStream>('POST', '/v2/hls/start', {
    roomId,
    config: { quality: 'low', recording: { enabled: true } },
  });
  const livestream = await first.api.call<Livestream>('POST', '/v2/livestreams/start', {
    roomId,
    outputs: [{ url: server.url, streamKey: 'first-key' }],
    config: { quality: 'low' },
  });
  await first.api.call('POST', `/v2/livestreams/${livestream.id}/outputs`, {
    url: server.url,
    streamKey: 'added-key',
  });
  for (const outputId of livestream.outputs.map((output) => output.outputId)) {
    await first.events.event(
      'livestream-output-changed',
      ({ data }) => data.outputId === outputId && data.state === 'live',
    );
  }
  await first.events.event('hls-playable');
  await first.events.event('participant-recording-started', ({ data }) => data.participantId === 'bob');
  await first.events.event('recording-started');
  // So much that some of it is on disk: what is written with the next second may be lost.
  await sent[1]!.sentMore(150);
  await first.api.step(ofBob.stepId, 'pause');
  await sent[0]!.sentMore(4 * second);
  const playlist = `${first.url}/hls/${stream.id}/low/index.m3u8`;
  const hlsBefore = await textOf(playlist);
  const killedAtMs = Date.now();
  await killRuntime(first);
  await Promise.all(sent.map((publisher) => publisher.close()));

  runtime = await startAgain(first);
  const ada = await comeBack(runtime, before.ada);
  const bob = await comeBack(runtime, before.bob);
  const sentAgain = [await publishAgain(ada, { clips }), await publishAgain(bob, { clips: [clips[1]!] })];
  const sentAgainAtMs = Date.now();
  await sentAgain[0]!.sentMore(second);
  const bobWhenBack = await runtime.api.recording(ofBob.recordingId);
  const { sequence } = parseMediaPlaylist(hlsBefore).segments.at(-1)!;
  expect(await status(`${playlist}?_HLS_msn=${sequence + 2}`)).toBe(200);
  const hlsAfter = await textOf(playlist);
  const resumingAtMs = Date.now();
  await runtime.api.step(ofBob.stepId, 'resume');
  const resumedAtMs = Date.now();
  await sentAgain[0]!.sentMore(4 * second);
  await runtime.api.stopRecording(roomId, 'ada');
  const stoppingAtMs = Date.now();
  await runtime.api.stopRecording(roomId, 'bob');
  const resumedForMs = { least: stoppingAtMs - resumedAtMs, most: Date.now() - resumingAtMs };
  const livestreamEnded = await runtime.api.call<Livestream>('POST', '/v2/livestreams/end', { roomId });
  await runtime.api.call('POST', '/v2/hls/end', { roomId });
  const streamBeside = await runtime.api.call<HlsStream>('GET', `/v2/hls/${stream.id}`);
  const recordingId = streamBeside.recordingId!;
  const roomFiles = await completedRecording(runtime, recordingId, 'meeting');
  told = {
    session: await runtime.api.session(sessionId),
    killedAtMs,
    sentAgainAtMs,
    ada: await runtime.api.recording(ofAda.recordingId),
    adasFiles: await completedRecording(runtime, ofAda.recordingId),
    bob: {
      whenBack: bobWhenBack,
      resumedForMs,
      files: await completedRecording(runtime, ofBob.recordingId),
    },
    room: {
      recordingId,
      stepId: (await runtime.api.recording(recordingId, 'meeting')).stepId,
      files: roomFiles,
    },
    hls: { before: hlsBefore, after: hlsAfter, ended: streamBeside },
    rtmp: {
      ended: livestreamEnded,
      files: {
        'first-key': await server.recordings('first-key'),
        'added-key': await server.recordings('added-key'),
      },
    },
    events: runtime.events.events(),
  };
  await Promise.all(sentAgain.map((publisher) => publisher.close()));
  await Promise.all([ada.leave(), bob.leave()]);
}, 180_000);

afterAll(async () => {
  await runtime[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

/** Milliseconds since 1970 at which a file ends. */
const endOf = ({ meta }: RecordingFile): number => Date.parse(told.session.start) + meta.endMs;
const startOf = ({ meta }: RecordingFile): number => Date.parse(told.session.start) + meta.startMs;

async function expectPlayable({ filePath, type }: RecordingFile): Promise<void> {
  expect((await analyseSound(filePath)).decodeErrors).toEqual([]);
  if (type === 'video') {
    expect((await analysePicture(filePath)).decodeErrors).toEqual([]);
  }
}

describe('what runs in a room whose runtime is killed and started again', () => {
  it('goes on: no step has ended before it was stopped', () => {
    const ends = told.events.flatMap((event) =>
      event.type === 'step-changed' && ['finished', 'failed', 'cancelled'].includes(event.data.to)
        ? [`${event.data.step} ${event.data.to} ${event.data.reason}`]
        : [],
    );
    expect(ends.sort()).toEqual([
      'hls finished requested',
      'record finished requested',
      'record finished requested',
      'record finished requested',
      'rtmp finished requested',
    ]);
  });

  it('is told once to have started, and once to have stopped', () => {
    const types = told.events.map(({ type }) => type);
    const countOf = (type: string): number => types.filter((one) => one === type).length;
    expect(
      Object.fromEntries(
        ['participant-recording', 'recording', 'livestream', 'hls'].map((what) => [
          what,
          ['starting', 'started', 'stopping', 'stopped', 'failed'].map((moment) =>
            countOf(`${what}-${moment}`),
          ),
        ]),
      ),
    ).toEqual({
      'participant-recording': [2, 2, 2, 2, 0],
      recording: [1, 1, 1, 1, 0],
      livestream: [1, 1, 1, 1, 0],
      hls: [1, 1, 1, 1, 0],
    });
    expect(countOf('hls-playable')).toBe(1);
  });

  it('is recorded of a participant in a file of before and one of after, a second lost at most', async () => {
    expect(told.ada).toMatchObject({ status: 'completed', error: null });
    expect(told.adasFiles).toHaveLength(2);
    const [before, after] = told.adasFiles;
    expect(told.killedAtMs - endOf(before!)).toBeLessThanOrEqual(MOST_LOST_MS);
    expect(startOf(after!) - told.sentAgainAtMs).toBeLessThanOrEqual(MOST_LOST_MS);
    for (const file of told.adasFiles) {
      await expectPlayable(file);
    }
  });

  it('stays paused when it was, until it is resumed', async () => {
    expect(told.bob.whenBack.status).toBe('paused');
    for (const file of told.bob.files) {
      await expectPlayable(file);
    }
    expect(told.bob.files).toHaveLength(2);
    const { duration } = told.bob.files[1]!.meta;
    expect(duration * 1000).toBeGreaterThan(told.bob.resumedForMs.least - MOST_LOST_MS);
    expect(duration * 1000).toBeLessThan(told.bob.resumedForMs.most + MOST_LOST_MS);
  });

  it('is recorded of the room in one file, which ends with the stream that it was asked for with', async () => {
    expect(told.room.files).toHaveLength(1);
    const [file] = told.room.files;
    await expectPlayable(file!);
    expect(await readdir(dirname(file!.filePath))).toContain(`${told.room.stepId}.mp4`);
    const startedAtMs = startOf(file!);
    const levels = (await analyseTones(file!.filePath))(beepHzOf(1)).filter(({ db }) => db > -30);
    const heardAtMs = levels.map(({ atMs }) => startedAtMs + atMs);
    const lastBefore = Math.max(...heardAtMs.filter((atMs) => atMs <= told.killedAtMs));
    expect(told.killedAtMs - lastBefore).toBeLessThanOrEqual(MOST_LOST_MS);
    expect(Math.max(...heardAtMs)).toBeGreaterThan(told.sentAgainAtMs + 4000);
    expect(told.hls.ended).toMatchObject({ status: 'stopped', recordingId: told.room.recordingId });
  });

  it('is streamed under the same playlist, with a discontinuity where it was cut', () => {
    const { before, after } = told.hls;
    expect(validateMediaPlaylist(before)).toEqual([]);
    expect(validateMediaPlaylist(after)).toEqual([]);
    expect(validateUpdate(before, after)).toEqual([]);
    const [old, now] = [parseMediaPlaylist(before), parseMediaPlaylist(after)];
    expect(now.segments.filter(({ discontinuity }) => discontinuity)).toHaveLength(1);
    const first = now.segments.findIndex(({ discontinuity }) => discontinuity);
    expect(now.segments[first]!.sequence).toBeGreaterThan(old.segments.at(-1)!.sequence - 1);
    const lostMs =
      told.killedAtMs -
      (now.segments[first - 1]!.programDateTimeMs! + now.segments[first - 1]!.durationSeconds! * 1000);
    expect(lostMs).toBeLessThanOrEqual(MOST_LOST_MS);
  });

  it('is sent again to every RTMP server, under the same keys, which are in no file', async () => {
    expect(told.rtmp.ended).toMatchObject({
      status: 'stopped',
      error: null,
      outputs: [
        { outputId: 'out_1', state: 'stopped' },
        { outputId: 'out_2', state: 'stopped' },
      ],
    });
    for (const files of Object.values(told.rtmp.files)) {
      expect(files).toHaveLength(2);
      const { pictures, sounds, complaints } = await readRecordedStream(files[1]!);
      expect(complaints).toBe('');
      expect(Math.min(pictures / 30, sounds / 47)).toBeGreaterThan(4);
    }
    expect(await filesHolding(runtime.dataDirectory, 'first-key')).toEqual([]);
    expect(await filesHolding(runtime.dataDirectory, 'added-key')).toEqual([]);
  });
});
