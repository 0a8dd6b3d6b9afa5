import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeCheck, probe } from '../../../runtime/media/index.ts';
import type { EncodedFrame, VideoCodec } from '../../../runtime/media/index.ts';
import { decodeBrightness, decodeDigests, decodeLoudness, describeStreams } from './support/decoded.ts';
import { recordFrames } from './support/record.ts';
import { between, encodeAudio, encodeVideo, shift } from './support/sources.ts';

let folder: string;
let audio: EncodedFrame[];
const videos = new Map<VideoCodec, EncodedFrame[]>();
const CODECS = ['vp8', 'vp9', 'h264', 'av1'] as const;
const EXTENSIONS = { vp8: 'webm', vp9: 'webm', h264: 'mp4', av1: 'webm' };
let runs = 0;
const newDirectory = () => join(folder, `run-${++runs}`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roomflow-recording-'));
  audio = await encodeAudio(folder, 12);
  for (const codec of CODECS) {
    // AV1's last picture cannot be repeated, so its sender answers key frame requests: here, every second.
    videos.set(
      codec,
      await encodeVideo(folder, { codec, seconds: 8, keyInterval: codec === 'av1' ? 30 : 9999 }),
    );
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(CODECS)('a recording of %s and Opus', (codec) => {
  it('holds both tracks from 0 to the end, with its duration and index, in its customary container', async () => {
    const frames = [...shift(audio, 5100), ...shift(videos.get(codec)!, 5300)];
    const { files, failures } = await recordFrames(between(frames, 0, 12_000), {
      directory: newDirectory(),
      startMs: 5000,
      endMs: 12_000,
    });
    expect(failures).toEqual([]);
    expect(files).toEqual([
      expect.objectContaining({
        videoCodec: codec,
        audioCodec: 'opus',
        width: 320,
        height: 240,
        startMs: 5000,
        endMs: 12_000,
      }),
    ]);
    const file = files[0]!;
    expect(file.path.endsWith(`recording.${EXTENSIONS[codec]}`)).toBe(true);
    expect(file.durationSeconds).toBeCloseTo(7, 1);
    expect(await decodeCheck(file.path)).toEqual([]);
    for (const stream of await describeStreams(file.path)) expect(stream.startMs).toBeLessThan(20);
    const bytes = await readFile(file.path);
    const cues = Buffer.from([0x1c, 0x53, 0xbb, 0x6b]);
    if (codec === 'h264') expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
    else expect(bytes.lastIndexOf(cues)).toBeGreaterThan(bytes.length / 2);
  });

  it('plays without a decode error after mute and unmute, and shows every picture as it was sent', async () => {
    const source = videos.get(codec)!;
    const reference = await recordFrames(source, { directory: newDirectory(), mode: 'video', endMs: 8000 });
    // The camera is off from 3 s to 5 s; the sender goes on from the frame it stopped at.
    const sent = [...between(source, 0, 3000), ...shift(between(source, 3000, 6000), 2000)];
    const { files, failures, stats } = await recordFrames(
      [...between(audio, 0, 3000), ...between(audio, 5000, 8000), ...sent],
      { directory: newDirectory(), endMs: 8000 },
      (nowMs, recorder) => {
        if (nowMs === 3100) for (const kind of ['audio', 'video'] as const) recorder.setMuted(kind, true);
        if (nowMs === 5000) for (const kind of ['audio', 'video'] as const) recorder.setMuted(kind, false);
      },
    );
    expect(failures).toEqual([]);
    expect(await decodeCheck(files[0]!.path)).toEqual([]);
    expect(files[0]!.durationSeconds).toBeCloseTo(8, 1);
    expect(stats.framesRepeated).toBeGreaterThan(3);

    const sound = await decodeLoudness(files[0]!.path);
    const loud = (fromMs: number, toMs: number) =>
      sound.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).filter(({ db }) => db > -40).length;
    expect(loud(0, 2900)).toBeGreaterThan(135);
    expect(loud(3100, 4900)).toBe(0);
    expect(loud(5100, 7900)).toBeGreaterThan(130);

    const expected = await decodeDigests(reference.files[0]!.path, 'v:0');
    const shown = await decodeDigests(files[0]!.path, 'v:0');
    const pictureAt = (ms: number) => expected.findLast(({ atMs }) => atMs <= ms + 1)!.digest;
    // Pictures before and after, and (where it can be repeated) the frozen one between, are exactly those sent.
    for (const { atMs, digest } of shown) {
      if (atMs < 3000) expect(digest).toBe(pictureAt(atMs));
      else if (atMs >= (codec === 'av1' ? 6100 : 5000)) expect(digest).toBe(pictureAt(atMs - 2000));
      else if (codec !== 'av1') expect(digest).toBe(pictureAt(2990));
    }
    expect(shown.filter(({ atMs }) => atMs >= 6100).length).toBeGreaterThan(50);
  });

  it('goes on in the same file after a pause, without a gap', async () => {
    const video = await encodeVideo(folder, { codec, seconds: 8, keyInterval: 60 });
    const { files } = await recordFrames(
      [...audio, ...video],
      { directory: newDirectory(), endMs: 8000 },
      (nowMs, recorder) => {
        if (nowMs === 2500) recorder.pause(2500);
        if (nowMs === 5500) recorder.resume(5500);
      },
    );
    expect(files.length).toBe(1);
    expect(await decodeCheck(files[0]!.path)).toEqual([]);
    expect(files[0]!.durationSeconds).toBeCloseTo(5, 1);
    const pictures = await decodeDigests(files[0]!.path, 'v:0');
    for (let i = 1; i < pictures.length; i++) {
      expect(pictures[i]!.atMs - pictures[i - 1]!.atMs).toBeLessThanOrEqual(600);
    }
    const sound = await decodeLoudness(files[0]!.path);
    expect(sound.filter(({ db }) => db > -40).length).toBeGreaterThan(235);
  });

  it('survives a change of resolution', async () => {
    const small = await encodeVideo(folder, { codec, seconds: 3 });
    const large = await encodeVideo(folder, { codec, seconds: 3, size: '640x480' });
    const { files, failures } = await recordFrames([...audio, ...small, ...shift(large, 3000)], {
      directory: newDirectory(),
      endMs: 6000,
    });
    expect(failures).toEqual([]);
    expect(files.length).toBe(1);
    expect((await decodeCheck(files[0]!.path)).filter((line) => /error|invalid|corrupt/i.test(line))).toEqual(
      [],
    );
    if (codec !== 'h264') {
      expect(files[0]).toMatchObject({ width: 640, height: 480 });
    }
    const pictures = await decodeDigests(files[0]!.path, 'v:0');
    expect(pictures.filter(({ atMs }) => atMs > 3100).length).toBeGreaterThan(80);
  });
});

it('leaves ffmpeg nothing to complain of when pictures come unevenly', async () => {
  const even = await encodeVideo(folder, { codec: 'vp8', seconds: 4 });
  const uneven = even.map((frame, index) => ({
    ...frame,
    timestampMs: frame.timestampMs + ((index * 7) % 25),
  }));
  const { files } = await recordFrames(uneven, { directory: newDirectory(), mode: 'video', endMs: 4100 });
  expect(await decodeCheck(files[0]!.path)).toEqual([]);
  expect((await decodeDigests(files[0]!.path, 'v:0')).length).toBeGreaterThanOrEqual(even.length);
});

describe('the last picture of an H.264 stream', () => {
  it.each([
    { coding: 'CABAC', encoder: ['-profile:v', 'main', '-x264-params', 'bframes=0:cabac=1'] },
    {
      coding: 'picture order count type 0',
      encoder: ['-profile:v', 'main', '-x264-params', 'bframes=1:b-bias=-100:b-adapt=1:cabac=0:weightp=0'],
    },
    {
      coding: 'several slices and weighted prediction',
      encoder: [
        '-profile:v',
        'high',
        '-preset',
        'medium',
        '-x264-params',
        'bframes=0:8x8dct=1:weightp=2:slices=3',
      ],
    },
  ])('is repeated without harm to the pictures after it ($coding)', async ({ encoder }) => {
    const source = await encodeVideo(folder, { codec: 'h264', seconds: 4, encoderArguments: encoder });
    const reference = await recordFrames(source, { directory: newDirectory(), mode: 'video', endMs: 4000 });
    const { files } = await recordFrames(
      [...between(source, 0, 2000), ...shift(between(source, 2000, 4000), 2000)],
      {
        directory: newDirectory(),
        mode: 'video',
        endMs: 6000,
      },
    );
    expect(await decodeCheck(files[0]!.path)).toEqual([]);
    const expected = await decodeDigests(reference.files[0]!.path, 'v:0');
    const pictureAt = (ms: number) => expected.findLast(({ atMs }) => atMs <= ms + 1)!.digest;
    const shown = await decodeDigests(files[0]!.path, 'v:0');
    expect(shown.length).toBeGreaterThan(expected.length + 3);
    for (const { atMs, digest } of shown) {
      expect(digest).toBe(pictureAt(atMs < 2000 ? atMs : Math.max(1990, atMs - 2000)));
    }
  });
});

describe('a recording', () => {
  it('starts black until the camera comes, in the same file for VP8', async () => {
    const white = await encodeVideo(folder, { codec: 'vp8', seconds: 3, picture: 'color=color=white:' });
    const { files, keyFrameRequests } = await recordFrames([...audio, ...shift(white, 4000)], {
      directory: newDirectory(),
      endMs: 7000,
    });
    expect(files.length).toBe(1);
    expect(keyFrameRequests).toBeGreaterThan(0);
    expect(await decodeCheck(files[0]!.path)).toEqual([]);
    const brightness = await decodeBrightness(files[0]!.path);
    expect(brightness[0]!.atMs).toBe(0);
    for (const { atMs, luma } of brightness) {
      if (atMs < 4000) expect(luma).toBeLessThan(18);
      else expect(luma).toBeGreaterThan(200);
    }
  });

  it('is black in the size of the camera when the camera comes a moment later', async () => {
    const { files } = await recordFrames([...audio, ...shift(videos.get('vp8')!, 400)], {
      directory: newDirectory(),
      endMs: 5000,
    });
    expect([files[0]!.width, files[0]!.height]).toEqual([320, 240]);
    const brightness = await decodeBrightness(files[0]!.path);
    expect(brightness.filter(({ atMs }) => atMs < 400).every(({ luma }) => luma < 18)).toBe(true);
    expect(brightness.find(({ atMs }) => atMs >= 400)!.luma).toBeGreaterThan(50);
  });

  it('goes on in a second part when the camera comes with a codec the file cannot take', async () => {
    const told: string[] = [];
    const { files } = await recordFrames([...audio, ...shift(videos.get('h264')!, 3000)], {
      directory: newDirectory(),
      endMs: 7000,
      onFile: (file) => told.push(file.path),
    });
    expect(
      files.map(({ path, videoCodec, startMs, endMs }) => [
        path.split('/').at(-1),
        videoCodec,
        startMs,
        endMs,
      ]),
    ).toEqual([
      ['recording.webm', 'vp8', 0, 3000],
      ['recording-2.mp4', 'h264', 3000, 7000],
    ]);
    expect(told.toSorted()).toEqual(files.map(({ path }) => path).toSorted());
    for (const file of files) {
      expect(await decodeCheck(file.path)).toEqual([]);
      expect(file.durationSeconds).toBeCloseTo((file.endMs - file.startMs) / 1000, 1);
    }
  });

  it('of audio alone is an Ogg file as long as the recording', async () => {
    const { files } = await recordFrames(
      [...between(audio, 0, 2000), ...between(audio, 4000, 6000), ...videos.get('vp8')!],
      {
        directory: newDirectory(),
        mode: 'audio',
        endMs: 6000,
      },
    );
    expect(files).toEqual([expect.objectContaining({ format: 'ogg', audioCodec: 'opus' })]);
    expect(files[0]!.videoCodec).toBeUndefined();
    expect(files[0]!.durationSeconds).toBeCloseTo(6, 1);
    expect(await decodeCheck(files[0]!.path)).toEqual([]);
    const sound = await decodeLoudness(files[0]!.path);
    expect(sound.filter(({ atMs, db }) => atMs > 2100 && atMs < 3900 && db > -60)).toEqual([]);
    expect(sound.find(({ atMs, db }) => atMs > 3000 && db > -40)!.atMs).toBeGreaterThan(3980);
  });

  it.each([
    { codec: 'h264', fileFormat: 'mkv' },
    { codec: 'vp8', fileFormat: 'mp4' },
    { codec: 'vp9', fileFormat: 'mkv' },
  ] as const)('of $codec can be had as $fileFormat', async ({ codec, fileFormat }) => {
    const { files } = await recordFrames(
      [...between(audio, 0, 3000), ...between(videos.get(codec)!, 0, 3000)],
      {
        directory: newDirectory(),
        fileFormat,
        endMs: 3000,
      },
    );
    expect(files[0]!.path.endsWith(`.${fileFormat}`)).toBe(true);
    expect(await decodeCheck(files[0]!.path)).toEqual([]);
    expect((await probe(files[0]!.path)).durationSeconds).toBeCloseTo(3, 1);
  });

  it('without any media is black and silent for its whole time', async () => {
    const { files } = await recordFrames([], { directory: newDirectory(), endMs: 2000 });
    expect(files[0]!.durationSeconds).toBeCloseTo(2, 1);
    expect(await decodeCheck(files[0]!.path)).toEqual([]);
  });

  it('leaves nothing but its files behind, and never writes over another', async () => {
    const directory = newDirectory();
    const frames = [...between(audio, 0, 2000), ...between(videos.get('h264')!, 0, 2000)];
    await recordFrames(frames, { directory, endMs: 2000 });
    await recordFrames(frames, { directory, endMs: 2000 });
    expect((await readdir(directory)).toSorted()).toEqual(['recording-2.mp4', 'recording.mp4']);
  });

  it('keeps sound and picture together over 10 minutes of drifting clocks (< 40 ms)', async () => {
    const tone = audio.slice(0, 500).map(({ data }) => data);
    const pictures = (
      await encodeVideo(folder, { codec: 'vp8', seconds: 4, keyInterval: 1, size: '64x64' })
    ).map(({ data }) => data);
    const speed = 1 + 100 / 1e6;
    const frames: EncodedFrame[] = [];
    const seconds = 600;
    for (let i = 0; i * 20 < seconds * 1000; i++) {
      frames.push({
        kind: 'audio',
        codec: 'opus',
        key: true,
        timestampMs: i * 20 * speed,
        data: tone[i % 500]!,
      });
    }
    for (let i = 0; i * 100 < seconds * 1000; i++) {
      frames.push({
        kind: 'video',
        codec: 'vp8',
        key: true,
        timestampMs: i * 100 * speed,
        data: pictures[i % 100]!,
      });
    }
    const { files } = await recordFrames(frames, { directory: newDirectory(), endMs: seconds * 1000 });
    const shown = await decodeDigests(files[0]!.path, 'v:0');
    const heard = await decodeDigests(files[0]!.path, 'a:0');
    const last = (list: { atMs: number }[], count: number) => list[count]!.atMs;
    expect(Math.abs(last(shown, 5990) - 599_000 * speed)).toBeLessThan(40);
    expect(Math.abs(last(heard, 29_950) - 599_000 * speed)).toBeLessThan(40);
  });
});
