import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { EncodedFrame } from '../../../../runtime/media/index.ts';
import { temporaryDirectory } from '../../../support/temporary/index.ts';

const run = promisify(execFile);
const MAX_BYTES = 512 * 1024 * 1024;

/** A decoded picture, in RGB, and when it is to be seen. */
export type Picture = { atMs: number; width: number; height: number; rgb: Buffer };

/** Decodes H.264 in Annex B form or VP8. A frame that does not decode leaves the result short. */
export const decodePictures = async (frames: EncodedFrame[]): Promise<Picture[]> => {
  await using directory = await temporaryDirectory();
  const h264 = frames[0]?.codec === 'h264';
  const path = directory.entry(h264 ? 'pictures.h264' : 'pictures.ivf');
  await writeFile(path, h264 ? Buffer.concat(frames.map(({ data }) => data)) : ivf(frames));
  const { width, height } = frames.find(({ key }) => key)!;
  const { stdout, stderr } = await run(
    'ffmpeg',
    ['-v', 'warning', '-i', path, '-fps_mode', 'passthrough', '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-'],
    { encoding: 'buffer', maxBuffer: MAX_BYTES },
  );
  if (stderr.includes('error')) throw new Error(stderr.toString());
  const size = width! * height! * 3;
  return Array.from({ length: stdout.length / size }, (_, index) => ({
    atMs: frames[index]!.timestampMs,
    width: width!,
    height: height!,
    rgb: stdout.subarray(index * size, (index + 1) * size),
  }));
};

/** The colour around a point, its coordinates as shares of the picture, as one of those that guests send. */
export const colourAt = (picture: Picture, x: number, y: number): string => {
  const at = 3 * (Math.floor(y * picture.height) * picture.width + Math.floor(x * picture.width));
  const [red = 0, green = 0, blue = 0] = picture.rgb.subarray(at, at + 3);
  const bright = [red, green, blue].map((value) => value > 110);
  const names = ['black', 'blue', 'lime', 'cyan', 'red', 'magenta', 'yellow', 'white'];
  return names[Number(bright[0]) * 4 + Number(bright[1]) * 2 + Number(bright[2])]!;
};

/** Mono samples and the session time of the first. */
export type Sound = { startMs: number; samples: Int16Array };

/** Decodes raw AAC frames at 48 kHz stereo. */
export const decodeAac = async (frames: EncodedFrame[]): Promise<Sound> => {
  await using directory = await temporaryDirectory();
  const path = directory.entry('sound.aac');
  await writeFile(path, Buffer.concat(frames.flatMap(({ data }) => [adtsHeader(data.length), data])));
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', path, '-ac', '1', '-f', 's16le', '-'], {
    encoding: 'buffer',
    maxBuffer: MAX_BYTES,
  });
  return {
    startMs: frames[0]!.timestampMs,
    samples: new Int16Array(stdout.buffer, stdout.byteOffset, stdout.length >> 1),
  };
};

/** Root mean square of a stretch of sound, full scale being 1. */
export const loudness = (sound: Sound, fromMs: number, toMs: number): number => {
  const from = Math.max(0, Math.round((fromMs - sound.startMs) * 48));
  const samples = sound.samples.subarray(from, Math.round((toMs - sound.startMs) * 48));
  return Math.sqrt(samples.reduce((sum, sample) => sum + (sample / 32768) ** 2, 0) / samples.length);
};

/** Where sound begins after at least 200 ms of silence, in session time. */
export const onsets = ({ startMs, samples }: Sound): number[] => {
  const found: number[] = [];
  let lastLoud = 0;
  samples.forEach((sample, index) => {
    if (Math.abs(sample) < 3000) return;
    if (index - lastLoud > 48 * 200) found.push(startMs + index / 48);
    lastLoud = index;
  });
  return found;
};

/** The places on which frames stand that are missing between the first and the last, or taken twice. */
export const irregularities = (frames: EncodedFrame[], spacingMs: number): string[] =>
  frames.flatMap(({ timestampMs }, index) => {
    const previous = frames[index - 1];
    const onGrid = Math.abs(timestampMs / spacingMs - Math.round(timestampMs / spacingMs)) < 0.001;
    const follows = previous === undefined || Math.abs(timestampMs - previous.timestampMs - spacingMs) < 0.01;
    return onGrid && follows ? [] : [`${previous?.timestampMs ?? 'start'} to ${timestampMs}`];
  });

export const PICTURE_MS = 1000 / 30;
export const AAC_FRAME_MS = 1024 / 48;
export const OPUS_FRAME_MS = 20;

/** ISO/IEC 13818-7 §6.2: AAC-LC, 48 kHz, two channels, no checksum. */
const adtsHeader = (length: number): Buffer => {
  const whole = length + 7;
  return Buffer.of(
    0xff,
    0xf1,
    0x4c,
    0x80 | (whole >> 11),
    (whole >> 3) & 0xff,
    ((whole & 7) << 5) | 0x1f,
    0xfc,
  );
};

const ivf = (frames: EncodedFrame[]): Buffer => {
  const { width, height } = frames.find(({ key }) => key)!;
  const header = Buffer.alloc(32);
  header.write('DKIF');
  header.writeUInt16LE(32, 6);
  header.write('VP80', 8);
  header.writeUInt16LE(width!, 12);
  header.writeUInt16LE(height!, 14);
  header.writeUInt32LE(30, 16);
  header.writeUInt32LE(1, 20);
  const parts = frames.flatMap(({ data }, index) => {
    const frameHeader = Buffer.alloc(12);
    frameHeader.writeUInt32LE(data.length, 0);
    frameHeader.writeUInt32LE(index, 4);
    return [frameHeader, data];
  });
  return Buffer.concat([header, ...parts]);
};
