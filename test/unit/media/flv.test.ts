import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFlvPackager, type FlvPacket, type FlvStream } from '../../../runtime/media/flv/index.ts';
import type { EncodedFrame } from '../../../runtime/media/index.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/temporary/index.ts';
import { encodeForRtmp } from '../../support/rtmp/index.ts';

const SIZE = { width: 320, height: 180 };
const STREAM: FlvStream = {
  video: { ...SIZE, bitrateBps: 300_000, frameRate: 30 },
  audio: { bitrateBps: 128_000 },
};

let folder: TemporaryDirectory;
let frames: EncodedFrame[];

beforeAll(async () => {
  folder = await temporaryDirectory('roomflow-flv-');
  frames = await encodeForRtmp({ ...SIZE, seconds: 3 });
});
afterAll(() => folder[Symbol.asyncDispose]());

function pack(input: readonly EncodedFrame[], stream = STREAM): FlvPacket[] {
  const packager = createFlvPackager(stream);
  return input.map((frame) => packager.push(frame)).filter((packet) => packet !== null);
}

async function fileOf(packets: readonly FlvPacket[]): Promise<string> {
  const path = join(folder.path, `${Math.random().toString(36).slice(2)}.flv`);
  await writeFile(
    path,
    Buffer.concat([packets[0]!.configuration.opening, ...packets.map(({ data }) => data)]),
  );
  return path;
}

function probe(path: string): { streams: Record<string, unknown>[]; packets: Record<string, unknown>[] } {
  const text = execFileSync(
    'ffprobe',
    ['-v', 'error', '-show_streams', '-show_packets', '-of', 'json', path],
    {
      encoding: 'utf8',
    },
  );
  return JSON.parse(text) as ReturnType<typeof probe>;
}

describe('an FLV stream', () => {
  it('is read by ffprobe as H.264 and AAC of the given size and rate', async () => {
    const { streams } = probe(await fileOf(pack(frames)));
    expect(streams).toHaveLength(2);
    expect(streams.find(({ codec_name }) => codec_name === 'h264')).toMatchObject({
      ...SIZE,
      avg_frame_rate: '30/1',
    });
    expect(streams.find(({ codec_name }) => codec_name === 'aac')).toMatchObject({
      profile: 'LC',
      sample_rate: '48000',
      channels: 2,
    });
  });

  it('holds every frame at its time, and decodes without complaint', async () => {
    const packets = pack(frames);
    const path = await fileOf(packets);
    const read = probe(path).packets;
    expect(read).toHaveLength(frames.length);
    expect(read.map(({ dts_time }) => Math.round(Number(dts_time) * 1000)).sort((a, b) => a - b)).toEqual(
      packets.map(({ timestampMs }) => timestampMs).sort((a, b) => a - b),
    );
    const complaints = execFileSync('ffmpeg', ['-v', 'warning', '-i', path, '-f', 'null', '-'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(complaints).toBe('');
  });

  it('begins with the first key frame, and its clock there', () => {
    const firstKey = frames.findIndex(({ kind, key }) => kind === 'video' && key);
    const secondKey = frames.findIndex(({ kind, key }, at) => at > firstKey && kind === 'video' && key);
    const packets = pack(frames.slice(firstKey + 1));
    expect(packets).toHaveLength(
      frames.slice(secondKey).filter(({ timestampMs }) => timestampMs >= frames[secondKey]!.timestampMs)
        .length,
    );
    expect(packets[0]).toMatchObject({ kind: 'video', key: true, timestampMs: 0 });
  });

  it('tells of another picture size where it begins, and of nothing while the configuration is the same', async () => {
    const larger = await encodeForRtmp({ width: 640, height: 360, seconds: 2 });
    const later = larger.map((frame) => ({ ...frame, timestampMs: frame.timestampMs + 3000 }));
    const packets = pack([...frames, ...later]);
    const configurations = [...new Set(packets.map(({ configuration }) => configuration))];
    expect(configurations).toHaveLength(2);
    const change = packets.findIndex(({ configuration }) => configuration === configurations[1]);
    expect(packets[change]).toMatchObject({ kind: 'video', key: true });
    const path = join(folder.path, 'larger.flv');
    await writeFile(
      path,
      Buffer.concat([
        packets[0]!.configuration.opening,
        ...packets.slice(0, change).map(({ data }) => data),
        configurations[1]!.change,
        ...packets.slice(change).map(({ data }) => data),
      ]),
    );
    const sizes = execFileSync(
      'ffprobe',
      ['-v', 'error', '-select_streams', 'v', '-show_entries', 'frame=width', '-of', 'csv=p=0', path],
      { encoding: 'utf8' },
    );
    const widths = sizes
      .split('\n')
      .filter((line) => line !== '')
      .map(Number);
    // ffmpeg's decoder holds one picture back and lets it go when the size changes.
    expect(widths.filter((width) => width === 320).length).toBeGreaterThanOrEqual(89);
    expect(widths.filter((width) => width === 640).length).toBeGreaterThanOrEqual(59);
  });

  it('carries sound alone when there is no picture', async () => {
    const packets = pack(
      frames.filter(({ kind }) => kind === 'audio'),
      { ...STREAM, video: null },
    );
    expect(packets.every(({ key }) => key)).toBe(true);
    expect(probe(await fileOf(packets)).streams).toEqual([expect.objectContaining({ codec_name: 'aac' })]);
  });

  it('keeps its clock beyond 24 bits of milliseconds', async () => {
    const packager = createFlvPackager({ ...STREAM, video: null });
    const [first, second] = frames.filter(({ kind }) => kind === 'audio');
    const begin = packager.push(first!)!;
    const afterFiveHours = packager.push({ ...second!, timestampMs: first!.timestampMs + 18_000_000 })!;
    const { packets } = probe(await fileOf([begin, afterFiveHours]));
    expect(Number(packets[1]!['dts_time'])).toBeCloseTo(18_000, 3);
    expect((await readFile(await fileOf([begin]))).subarray(0, 3).toString()).toBe('FLV');
  });
});
