import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A decoded picture or sound block: when it is presented and a digest of its content. */
export type Decoded = { atMs: number; digest: string };

/** Decodes one stream of a file and digests each frame. */
export const decodeDigests = async (
  path: string,
  stream: 'v:0' | 'a:0',
  decoder?: string,
): Promise<Decoded[]> => {
  const { stdout } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', ...(decoder === undefined ? [] : ['-c:v', decoder]), '-i', path],
      ...[
        '-map',
        `0:${stream}`,
        '-fps_mode',
        'passthrough',
        '-enc_time_base',
        '1:1000',
        '-f',
        'framemd5',
        '-',
      ],
    ],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  const timeBase = /#tb 0: (\d+)\/(\d+)/.exec(stdout);
  const msPerTick = timeBase ? (1000 * Number(timeBase[1])) / Number(timeBase[2]) : 1;
  return stdout
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').map((field) => field.trim()))
    .map((fields) => ({ atMs: Number(fields[2]) * msPerTick, digest: fields[5]! }));
};

/** Average luma (16 is black) of each picture. */
export const decodeBrightness = async (path: string): Promise<{ atMs: number; luma: number }[]> => {
  const side = 8;
  const frameBytes = (side * side * 3) / 2;
  const { stdout } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', '-i', path, '-map', '0:v:0', '-fps_mode', 'passthrough'],
      ...['-vf', `scale=${side}:${side}`, '-pix_fmt', 'yuv420p', '-f', 'rawvideo', '-'],
    ],
    { maxBuffer: 64 * 1024 * 1024, encoding: 'buffer' },
  );
  const pictures = await decodeDigests(path, 'v:0');
  return pictures.map(({ atMs }, index) => {
    const luma = stdout.subarray(index * frameBytes, index * frameBytes + side * side);
    return { atMs, luma: luma.reduce((sum, value) => sum + value, 0) / luma.length };
  });
};

/** Loudness of each 20 ms of sound, in dB full scale (-Infinity for silence), by file time. */
export const decodeLoudness = async (path: string): Promise<{ atMs: number; db: number }[]> => {
  const { stdout } = await run(
    'ffmpeg',
    ['-v', 'error', '-i', path, '-map', '0:a:0', '-ac', '1', '-ar', '48000', '-f', 's16le', '-'],
    { maxBuffer: 256 * 1024 * 1024, encoding: 'buffer' },
  );
  const samples = new Int16Array(stdout.buffer, stdout.byteOffset, stdout.length >> 1);
  const blocks: { atMs: number; db: number }[] = [];
  for (let start = 0; start + 960 <= samples.length; start += 960) {
    let sum = 0;
    for (let i = start; i < start + 960; i++) sum += (samples[i]! / 32768) ** 2;
    blocks.push({ atMs: start / 48, db: 10 * Math.log10(sum / 960) });
  }
  return blocks;
};

/** Streams of a file as ffprobe sees them. */
export const describeStreams = async (path: string): Promise<{ codec: string; startMs: number }[]> => {
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-show_entries', 'stream=codec_name,start_time', '-of', 'json', path],
  ]);
  const { streams } = JSON.parse(stdout) as { streams: { codec_name: string; start_time: string }[] };
  return streams.map(({ codec_name, start_time }) => ({
    codec: codec_name,
    startMs: Number(start_time) * 1000,
  }));
};
