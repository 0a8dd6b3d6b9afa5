import { execFile } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EncodedFrame } from '../../../runtime/media/index.ts';
import { createHlsPackager, type HlsUpdate } from '../../../runtime/media/hls/index.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/temporary/index.ts';
import { encodeAac } from './support/aac.ts';
import { decodeDigests } from './support/decoded.ts';
import { between, encodeVideo, shift } from './support/sources.ts';

const run = promisify(execFile);
type Part = Extract<HlsUpdate, { kind: 'hls-part' }>;

/** What a packager made of some frames. */
type Packaged = { updates: HlsUpdate[]; parts: Part[]; segmentUris: string[]; keyFrameRequests: number[] };

/** Pictures at exact thirtieths of a second, as a compositor makes them; files round to milliseconds. */
const inStep = (frames: EncodedFrame[]): EncodedFrame[] =>
  frames.map((frame, index) => ({ ...frame, timestampMs: (index * 1000) / 30 }));

/** When the packets of a stream are to be shown, in milliseconds, as they stand in the file. */
const packetTimes = async (path: string, stream: 'v:0' | 'a:0'): Promise<number[]> => {
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-select_streams', stream, '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', path],
  ]);
  return stdout
    .trim()
    .split('\n')
    .map((seconds) => Number(seconds.replace(',', '')) * 1000);
};

describe('the HLS packager', () => {
  let directory: TemporaryDirectory;
  let video: EncodedFrame[];
  let audio: EncodedFrame[];
  let folders = 0;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    video = inStep(await encodeVideo(directory.path, { codec: 'h264', seconds: 9, keyInterval: 60 }));
    audio = await encodeAac(9);
  });

  afterAll(async () => {
    await directory[Symbol.asyncDispose]();
  });

  /** Packs frames in the order in which they come, sound `audioLateMs` behind. */
  const pack = async (
    frames: EncodedFrame[],
    options: {
      hasVideo?: boolean;
      audioLateMs?: number;
      interruptAtMs?: number;
      onKeyFrameRequest?: (atMs: number) => void;
    } = {},
  ): Promise<Packaged & { folder: string }> => {
    const { hasVideo = true, audioLateMs = 0 } = options;
    const folder = directory.entry(`stream-${(folders += 1)}`);
    const updates: HlsUpdate[] = [];
    const keyFrameRequests: number[] = [];
    const arrivalMs = ({ kind, timestampMs }: EncodedFrame): number =>
      timestampMs + (kind === 'audio' ? audioLateMs : 0);
    let nowMs = 0;
    let interrupted = false;
    const packager = createHlsPackager({
      directory: folder,
      rendition: '',
      generation: 1,
      hasVideo,
      requestKeyFrame: () => keyFrameRequests.push(nowMs),
      onUpdate: (update) => updates.push(update),
      onFailure: (error) => {
        throw error;
      },
    });
    for (const frame of frames.toSorted((one, other) => arrivalMs(one) - arrivalMs(other))) {
      nowMs = arrivalMs(frame);
      if (options.interruptAtMs !== undefined && !interrupted && nowMs >= options.interruptAtMs) {
        interrupted = true;
        packager.interrupt();
      }
      packager.write(frame);
    }
    await packager.finish();
    return {
      folder,
      updates,
      parts: updates.filter((update) => update.kind === 'hls-part'),
      segmentUris: updates.flatMap((update) => (update.kind === 'hls-segment' ? [update.uri] : [])),
      keyFrameRequests,
    };
  };

  const joined = async (folder: string, uris: readonly string[]): Promise<string> => {
    const path = `${folder}/joined-${uris.length}-${uris.at(-1)}.mp4`;
    await writeFile(path, Buffer.concat(await Promise.all(uris.map((uri) => readFile(`${folder}/${uri}`)))));
    return path;
  };

  it('loses no picture and no sound, at the times they had', async () => {
    const { folder, segmentUris } = await pack([...video, ...audio]);
    const path = await joined(folder, ['init-1-1.mp4', ...segmentUris]);
    const pictures = await packetTimes(path, 'v:0');
    const endMs = video.at(-1)!.timestampMs + 1000 / 30;
    const heard = audio.filter(({ timestampMs }) => timestampMs < endMs - 12);
    const sounds = await packetTimes(path, 'a:0');
    expect(pictures).toHaveLength(video.length);
    expect(sounds).toHaveLength(heard.length);
    for (const [times, frames] of [
      [pictures, video],
      [sounds, heard],
    ] as const) {
      expect(
        Math.max(...times.map((atMs, index) => Math.abs(atMs - frames[index]!.timestampMs))),
      ).toBeLessThan(0.1);
    }
    expect(await decodeDigests(path, 'v:0')).toHaveLength(video.length);
    const { stderr } = await run('ffmpeg', ['-v', 'warning', '-i', path, '-f', 'null', '-']);
    expect(stderr).toBe('');
  });

  it('makes parts of six pictures and segments of two seconds that begin with a key frame, the first one shorter', async () => {
    const early = inStep(
      await encodeVideo(directory.path, {
        ...{ codec: 'h264', seconds: 9 },
        encoderArguments: ['-force_key_frames', 'expr:eq(mod(n+30,60),0)'],
      }),
    );
    const { folder, parts, segmentUris } = await pack([...early, ...audio]);
    expect(parts.map(({ durationMs }) => Math.round(durationMs))).toEqual([...parts.map(() => 200)]);
    expect(parts.flatMap(({ independent, startMs }) => (independent ? [Math.round(startMs)] : []))).toEqual([
      0, 1000, 3000, 5000, 7000,
    ]);
    expect(segmentUris).toHaveLength(5);
    for (const uri of segmentUris) {
      const path = await joined(folder, ['init-1-1.mp4', uri]);
      const { stdout } = await run('ffprobe', [
        ...['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'packet=flags', '-of', 'csv=p=0', path],
      ]);
      expect(stdout.split('\n')[0]).toContain('K');
      expect(stdout.match(/K/g)).toHaveLength(1);
    }
  });

  it('tells a part with its last picture, and the name of the next one', async () => {
    const { parts } = await pack([...between(video, 0, 390), ...between(audio, 0, 430)]);
    // Twelve pictures make two parts; nothing had to come after them.
    expect(parts.map(({ uri, nextUri }) => [uri, nextUri])).toEqual([
      ['part-1-1.m4s', 'part-1-2.m4s'],
      ['part-1-2.m4s', 'part-1-3.m4s'],
    ]);
  });

  it('puts the sound of a part into it when sound comes a little later than pictures', async () => {
    const { folder, parts } = await pack([...video, ...audio], { audioLateMs: 60 });
    for (const [index, { uri }] of parts.slice(0, 10).entries()) {
      const path = await joined(folder, ['init-1-1.mp4', uri]);
      const [firstMs] = await packetTimes(path, 'a:0');
      expect(Math.abs(firstMs! - index * 200)).toBeLessThan(12);
    }
  });

  it('keeps parts even when a camera does not keep its time, and loses no picture', async () => {
    for (const [framesPerSecond, jitterMs, lostOfThirty] of [
      [30, 9, 0],
      [24, 4, 0],
      [15, 12, 0],
      [7, 0, 0],
      [30, 0, 2],
    ] as const) {
      const shaky = video
        .map((frame, index) => ({
          ...frame,
          timestampMs: 20 + (index * 1000) / framesPerSecond + jitterMs * Math.sin(index * 1.7),
        }))
        .filter((_frame, index) => index % 30 < 10 || index % 30 >= 10 + lostOfThirty);
      const endMs = shaky.at(-1)!.timestampMs;
      const { folder, parts, updates } = await pack([...shaky, ...between(audio, 0, endMs)]);
      const segments: Part[][] = [[]];
      for (const update of updates) {
        if (update.kind === 'hls-part') {
          segments.at(-1)!.push(update);
        } else if (update.kind === 'hls-segment') {
          segments.push([]);
        }
      }
      for (const durations of segments.map((one) => one.map(({ durationMs }) => durationMs))) {
        expect(durations.slice(0, -1).filter((durationMs) => Math.abs(durationMs - 200) > 0.1)).toEqual([]);
        expect(Math.max(0, ...durations)).toBeLessThanOrEqual(200.001);
      }
      const path = await joined(folder, ['init-1-1.mp4', ...parts.map(({ uri }) => uri)]);
      const pictures = await packetTimes(path, 'v:0');
      expect(pictures).toHaveLength(shaky.length);
      expect(
        Math.max(...pictures.map((atMs, index) => Math.abs(atMs - shaky[index]!.timestampMs))),
      ).toBeLessThan(0.1);
    }
  });

  it('is a segment file that is exactly its parts', async () => {
    const { folder, updates } = await pack([...video, ...audio]);
    let parts: Buffer[] = [];
    for (const update of updates) {
      if (update.kind === 'hls-part') {
        parts.push(await readFile(`${folder}/${update.uri}`));
      } else if (update.kind === 'hls-segment') {
        expect(Buffer.compare(Buffer.concat(parts), await readFile(`${folder}/${update.uri}`))).toBe(0);
        parts = [];
      }
    }
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('asks for a key frame when a segment has its length and none has come', async () => {
    const rare = inStep(await encodeVideo(directory.path, { codec: 'h264', seconds: 3 }));
    const { keyFrameRequests } = await pack([...rare, ...audio]);
    expect(keyFrameRequests.map(Math.round)).toEqual([1000]);
  });

  it('begins anew behind a hole: a new initialization segment at the next key frame', async () => {
    const { updates } = await pack([...between(video, 0, 2500), ...between(video, 3500, 9000), ...audio], {
      interruptAtMs: 3500,
    });
    const kinds = updates.map(({ kind, uri }) => (kind === 'hls-part' ? 'part' : uri));
    expect(kinds.filter((kind) => kind.startsWith('init'))).toEqual(['init-1-1.mp4', 'init-1-2.mp4']);
    const anew = kinds.indexOf('init-1-2.mp4');
    expect(kinds[anew - 1]).toMatch(/^segment/);
    expect((updates[anew + 1] as Part).startMs).toBeCloseTo(4000, 0);
  });

  it('begins anew when the picture changes its size', async () => {
    const larger = await encodeVideo(directory.path, {
      codec: 'h264',
      seconds: 2,
      size: '640x360',
      keyInterval: 60,
    });
    const { updates } = await pack([...between(video, 0, 2000), ...shift(larger, 2000), ...audio]);
    expect(
      updates.flatMap((update) => (update.kind === 'hls-init' ? [[update.width, update.height]] : [])),
    ).toEqual([
      [320, 240],
      [640, 360],
    ]);
  });

  it('packs sound alone in parts of nine frames', async () => {
    const { folder, parts, segmentUris } = await pack(audio, { hasVideo: false });
    expect(parts[0]?.durationMs).toBeCloseTo(192, 0);
    expect(parts.every(({ independent, durationMs }) => independent && durationMs <= 200)).toBe(true);
    const path = await joined(folder, ['init-1-1.mp4', ...segmentUris]);
    expect(await packetTimes(path, 'a:0')).toHaveLength(audio.length);
  });
});
