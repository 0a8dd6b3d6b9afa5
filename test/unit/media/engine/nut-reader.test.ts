import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { NutReader, type NutFrame } from '../../../../runtime/media/engine/ffmpeg/nut-reader.ts';
import { pour } from '../../../../runtime/media/ffmpeg/index.ts';

const run = promisify(execFile);

/** What ffmpeg writes of 40 pictures at 20 a second. */
const nut = async (...encoder: string[]): Promise<Buffer> => {
  const picture = 'testsrc2=size=160x90:rate=20:duration=2';
  const { stdout } = await run(
    'ffmpeg',
    ['-v', 'error', '-f', 'lavfi', '-i', picture, '-pix_fmt', 'yuv420p', ...encoder, '-f', 'nut', '-'],
    { encoding: 'buffer', maxBuffer: 16 * 1024 * 1024 },
  );
  return stdout;
};

const read = (file: Buffer, chunkBytes: number): NutFrame[] => {
  const frames: NutFrame[] = [];
  const reader = new NutReader((frame) => frames.push(frame));
  for (let at = 0; at < file.length; at += chunkBytes) reader.push(file.subarray(at, at + chunkBytes));
  return frames;
};

describe('frames that ffmpeg hands out in NUT', () => {
  let raw: Buffer;
  let encoded: Buffer;
  beforeAll(async () => {
    raw = await nut('-c:v', 'rawvideo');
    encoded = await nut('-c:v', 'libx264', '-g', '10', '-bf', '0');
  });

  it('are whole raw pictures at their times', () => {
    const frames = read(raw, 65_536);
    expect(frames.map(({ timestampMs }) => Math.round(timestampMs))).toEqual(
      Array.from({ length: 40 }, (_, index) => index * 50),
    );
    expect(new Set(frames.map(({ data }) => data.length))).toEqual(new Set([160 * 90 * 1.5]));
  });

  it('say which of them are key frames', () => {
    const keys = read(encoded, 65_536).flatMap(({ key }, index) => (key ? [index] : []));
    expect(keys).toEqual([0, 10, 20, 30]);
  });

  it('are the same however the pipe cuts them', () => {
    const whole = read(encoded, encoded.length);
    expect(whole).toHaveLength(40);
    expect(read(encoded, 7)).toEqual(whole);
    expect(read(encoded, 1)).toEqual(whole);
  });

  it('are the same when they are read into their own memory, in parts of any size', () => {
    for (const file of [raw, encoded]) {
      const whole = read(file, file.length);
      for (const mostBytes of [1, 7, 1000, file.length]) {
        const frames: NutFrame[] = [];
        const reader = new NutReader((frame) => frames.push(frame));
        pour(file, {
          space: () => reader.space().subarray(0, mostBytes),
          filled: (bytes) => {
            reader.filled(bytes);
          },
        });
        expect(frames).toEqual(whole);
      }
    }
  });
});
