import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeCheck, probe } from '../../../runtime/media/index.ts';
import type { EncodedFrame } from '../../../runtime/media/index.ts';
import { launchBrowser } from '../../support/guests/index.ts';
import { analyseBeepAndFlash } from '../../support/oracle/index.ts';
import { decodeDigests, decodeLoudness, describeStreams } from './support/decoded.ts';
import { recordFrames } from './support/record.ts';
import { between, encodeAudio, encodeComposition, encodeVideo, shift } from './support/sources.ts';

const run = promisify(execFile);
const PICTURE_MS = 1000 / 30;

let folder: string;
let composition: { video: EncodedFrame[]; audio: EncodedFrame[] };
let frames: EncodedFrame[];
let runs = 0;
const newDirectory = () => join(folder, `run-${++runs}`);
const recordComposed = (
  sent: EncodedFrame[],
  options: { endMs: number } & Partial<Parameters<typeof recordFrames>[1]>,
  at?: Parameters<typeof recordFrames>[2],
) => recordFrames(sent, { directory: newDirectory(), source: 'composition', ...options }, at);

/** Times of the packets of a stream, in milliseconds, in the order of the file. */
const packetTimes = async (path: string, stream: 'v:0' | 'a:0'): Promise<number[]> => {
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-select_streams', stream, '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', path],
  ]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => Number(line.split(',')[0]) * 1000);
};

/** What a browser shows in the middle of a film at some seconds of it. */
const coloursInBrowser = async (path: string, seconds: number[]): Promise<string[]> => {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const source = `data:video/mp4;base64,${(await readFile(path)).toString('base64')}`;
    return await page.evaluate(
      async ([source, seconds]) => {
        const video = document.createElement('video');
        const canvas = new OffscreenCanvas(1, 1);
        const context = canvas.getContext('2d')!;
        const happened = (event: string): Promise<void> =>
          new Promise((resolve, reject) => {
            video.addEventListener(event, () => resolve(), { once: true });
            video.addEventListener('error', () => reject(new Error(video.error?.message)), { once: true });
          });
        video.src = source;
        await happened('loadeddata');
        const colours: string[] = [];
        for (const second of seconds) {
          video.currentTime = second;
          await happened('seeked');
          context.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 1, 1, 0, 0, 1, 1);
          const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
          colours.push(
            red > 200 && green < 60 && blue < 60 ? 'red' : red + green + blue < 90 ? 'black' : 'other',
          );
        }
        return colours;
      },
      [source, seconds] as const,
    );
  } finally {
    await browser.close();
  }
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roomflow-composed-'));
  composition = await encodeComposition(folder, 10);
  frames = [...composition.video, ...composition.audio];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the recording of a composition', () => {
  it('keeps every picture and every frame of sound at its exact time, sound with picture, in a faststart MP4', async () => {
    const { files, failures, stats } = await recordComposed(frames, { endMs: 10_200 });
    expect(failures).toEqual([]);
    expect(stats).toMatchObject({ framesDropped: 0, framesRepeated: 0, silenceMs: 0 });
    expect(files).toEqual([
      expect.objectContaining({ format: 'mp4', videoCodec: 'h264', audioCodec: 'aac', startMs: 0 }),
    ]);
    const { path } = files[0]!;
    expect(await decodeCheck(path)).toEqual([]);
    const pictures = await packetTimes(path, 'v:0');
    expect(pictures).toHaveLength(composition.video.length);
    pictures.forEach((atMs, index) => {
      expect(Math.abs(atMs - index * PICTURE_MS)).toBeLessThan(0.01);
    });
    const sound = await packetTimes(path, 'a:0');
    expect(sound).toHaveLength(composition.audio.length);
    sound.forEach((atMs, index) => {
      expect(Math.abs(atMs - (index * 1024) / 48)).toBeLessThan(0.1);
    });
    const report = await analyseBeepAndFlash(path);
    expect(report.beepShare).toBe(1);
    expect(report.flashShare).toBe(1);
    // A frame of 1024 samples is 21 ms: priming that is not accounted for would be seen.
    expect(Math.max(...report.offsetsMs.map(Math.abs))).toBeLessThan(5);
    const bytes = await readFile(path);
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
  });

  it('plays on, in ffmpeg and in a browser, from a camera’s own pictures to composed ones and back', async () => {
    const camera = await encodeVideo(folder, {
      codec: 'h264',
      seconds: 6,
      keyInterval: 60,
      picture: 'color=color=red:',
      encoderArguments: ['-profile:v', 'baseline'],
    });
    const pictures = camera.map((frame, index) => ({ ...frame, timestampMs: index * PICTURE_MS }));
    const { files, failures } = await recordComposed(
      [
        ...between(pictures, 0, 2000),
        ...between(composition.video, 2000, 4000),
        ...between(pictures, 4000, 6000),
        ...between(composition.audio, 0, 6000),
      ],
      { endMs: 6200 },
    );
    expect(failures).toEqual([]);
    expect(files).toHaveLength(1);
    const { path } = files[0]!;
    expect(await decodeCheck(path)).toEqual([]);
    expect(await decodeDigests(path, 'v:0')).toHaveLength(180);
    expect(await coloursInBrowser(path, [1, 2.5, 3.5, 4.5, 5.5])).toEqual([
      'red',
      'black',
      'black',
      'red',
      'red',
    ]);
  });

  it('begins with the first key frame and what is heard from then on, wherever in the session that is', async () => {
    const moved = shift(frames, 61_234);
    const late = moved.filter(({ kind, timestampMs }) => kind === 'audio' || timestampMs > 61_234 + 900);
    const { files, keyFrameRequests } = await recordComposed(late, { startMs: 61_000, endMs: 71_300 });
    const { path, startMs, durationSeconds, endMs } = files[0]!;
    // Key frames come every two seconds.
    expect(startMs).toBeCloseTo(63_234, 3);
    expect(keyFrameRequests).toBeGreaterThan(0);
    expect(durationSeconds).toBeCloseTo(8, 1);
    expect(endMs).toBeCloseTo(71_234, -2);
    const report = await analyseBeepAndFlash(path);
    expect(report.flashes[0]).toBeCloseTo(1, 2);
    expect(Math.max(...report.offsetsMs.map(Math.abs))).toBeLessThan(5);
  });

  it('loses nothing of a composition that comes late', async () => {
    const captured = new Map(frames.map((frame) => [frame, frame.timestampMs]));
    const sorted = frames.toSorted((a, b) => a.timestampMs - b.timestampMs);
    let next = 0;
    const { files, stats } = await recordComposed([], { endMs: 10_900 }, (nowMs, recorder) => {
      while (next < sorted.length && captured.get(sorted[next]!)! + 800 <= nowMs) {
        recorder.write(sorted[next++]!);
      }
    });
    expect(stats).toMatchObject({ framesDropped: 0, framesRepeated: 0, silenceMs: 0 });
    expect(await packetTimes(files[0]!.path, 'v:0')).toHaveLength(composition.video.length);
  });

  it.each([
    { codec: 'h264', encoder: [] },
    { codec: 'h264', encoder: ['-x264-params', 'cabac=0:weightp=2'] },
  ] as const)(
    'bears a gap of the compositor: last picture and silence, one timeline ($encoder)',
    async ({ encoder }) => {
      const before = await encodeComposition(folder, 4, [...encoder]);
      const after = await encodeComposition(folder, 3, [...encoder]);
      // The compositor is away from 4 s to 5 s.
      const sent = [...before.video, ...before.audio, ...shift([...after.video, ...after.audio], 5000)];
      const { files, stats } = await recordComposed(sent, { endMs: 8100 });
      const { path } = files[0]!;
      expect(await decodeCheck(path)).toEqual([]);
      expect(stats.framesRepeated).toBe(30);
      expect(stats.silenceMs).toBeGreaterThan(900);
      const pictures = await packetTimes(path, 'v:0');
      expect(pictures).toHaveLength(8 * 30);
      pictures.forEach((atMs, index) => {
        expect(Math.abs(atMs - index * PICTURE_MS)).toBeLessThan(0.01);
      });
      const shown = await decodeDigests(path, 'v:0');
      const held = shown[119]!.digest;
      expect(shown.slice(120, 150).every(({ digest }) => digest === held)).toBe(true);
      const report = await analyseBeepAndFlash(path);
      expect(report.beeps.map(Math.round)).toEqual([0, 1, 2, 3, 5, 6, 7]);
      expect(Math.max(...report.offsetsMs.map(Math.abs))).toBeLessThan(25);
    },
  );

  it('is as long as it was recorded when the compositor does not come back', async () => {
    const { files } = await recordComposed(between(frames, 0, 4000), { endMs: 7000 });
    expect(files[0]!.durationSeconds).toBeCloseTo(7, 1);
    expect(await decodeCheck(files[0]!.path)).toEqual([]);
  });

  it('goes on in the same file after a pause, at once and in sync', async () => {
    const { video } = composition;
    const withKeys = await encodeVideo(folder, {
      codec: 'h264',
      seconds: 10,
      keyInterval: 1,
      picture: 'color=color=black:',
      encoderArguments: ['-vf', `drawbox=c=white:t=fill:enable='lt(mod(t,1),0.099)'`],
    });
    const keyed = withKeys.map((frame, index) => ({ ...frame, timestampMs: video[index]!.timestampMs }));
    const { files, stats } = await recordComposed(
      [...keyed, ...composition.audio],
      { endMs: 10_200 },
      (nowMs, recorder) => {
        if (nowMs === 2500) recorder.pause(2517);
        if (nowMs === 5300) recorder.resume(5301);
      },
    );
    expect(files).toHaveLength(1);
    const { path } = files[0]!;
    expect(await decodeCheck(path)).toEqual([]);
    expect(stats.framesDropped).toBeLessThanOrEqual(1);
    const pictures = await packetTimes(path, 'v:0');
    for (let i = 1; i < pictures.length; i++) {
      expect(Math.abs(pictures[i]! - pictures[i - 1]! - PICTURE_MS)).toBeLessThan(0.01);
    }
    const report = await analyseBeepAndFlash(path);
    expect(report.beeps.length).toBe(7);
    expect(Math.max(...report.offsetsMs.map(Math.abs))).toBeLessThan(15);
  });

  it('takes a camera picture that is passed through as it comes, unevenly', async () => {
    const uneven = composition.video.map((frame, index) => ({
      ...frame,
      timestampMs: frame.timestampMs + ((index * 7) % 25),
    }));
    const { files, stats } = await recordComposed([...uneven, ...composition.audio], { endMs: 10_200 });
    expect(stats.framesDropped).toBe(0);
    expect(await decodeDigests(files[0]!.path, 'v:0')).toHaveLength(uneven.length);
  });

  it('is WebM of VP8 and Opus when asked for', async () => {
    const video = await encodeVideo(folder, { codec: 'vp8', seconds: 4, keyInterval: 60 });
    const audio = await encodeAudio(folder, 4);
    const { files, stats } = await recordComposed(
      [...video.map((frame, index) => ({ ...frame, timestampMs: index * PICTURE_MS })), ...audio],
      { fileFormat: 'webm', endMs: 4200 },
    );
    expect(files[0]).toMatchObject({ format: 'webm', videoCodec: 'vp8', audioCodec: 'opus' });
    expect(stats).toMatchObject({ framesDropped: 0, framesRepeated: 0, silenceMs: 0 });
    expect(await decodeCheck(files[0]!.path)).toEqual([]);
    expect(await packetTimes(files[0]!.path, 'v:0')).toHaveLength(120);
  });

  it.each([
    { fileFormat: 'm4a', audioCodec: 'aac', extension: 'm4a' },
    { fileFormat: 'mp3', audioCodec: 'mp3', extension: 'mp3' },
    { fileFormat: undefined, audioCodec: 'aac', extension: 'm4a' },
  ] as const)('of sound alone is $fileFormat ($extension), from beginning to end', async (wanted) => {
    const { fileFormat, audioCodec, extension } = wanted;
    const directory = newDirectory();
    const { files, failures } = await recordComposed(composition.audio, {
      directory,
      mode: 'audio',
      ...(fileFormat ? { fileFormat } : {}),
      endMs: 10_200,
    });
    expect(failures).toEqual([]);
    expect(files).toEqual([expect.objectContaining({ format: extension, audioCodec })]);
    expect(await readdir(directory)).toEqual([`recording.${extension}`]);
    expect(files[0]!.durationSeconds).toBeCloseTo(10, 0);
    expect(await decodeCheck(files[0]!.path)).toEqual([]);
    const [stream] = await describeStreams(files[0]!.path);
    expect(stream!.codec).toBe(audioCodec);
    const sound = await decodeLoudness(files[0]!.path);
    const onsets = sound.filter(({ db }, index) => db > -20 && (sound[index - 1]?.db ?? -99) <= -20);
    // MP3 players leave out the encoder's delay by themselves.
    expect(onsets.map(({ atMs }) => Math.round(atMs / 1000))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const { atMs } of onsets) expect(atMs % 1000).toBeLessThanOrEqual(40);
  });
});

it.each(['m4a', 'mp3'] as const)('a participant’s sound can be had as %s', async (fileFormat) => {
  const audio = await encodeAudio(folder, 4);
  const { files, failures } = await recordFrames(audio, {
    directory: newDirectory(),
    mode: 'audio',
    fileFormat,
    endMs: 4000,
  });
  expect(failures).toEqual([]);
  expect(files[0]).toMatchObject({ format: fileFormat, audioCodec: fileFormat === 'mp3' ? 'mp3' : 'aac' });
  expect((await probe(files[0]!.path)).durationSeconds).toBeCloseTo(4, 1);
  expect(await decodeCheck(files[0]!.path)).toEqual([]);
});
