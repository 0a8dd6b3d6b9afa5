import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a server recorded of a stream. */
export type RecordedStream = {
  pictures: number;
  sounds: number;
  /** Longest time from one packet to the next, in milliseconds. */
  longestPictureGapMs: number;
  longestSoundGapMs: number;
  durationMs: number;
  width: number;
  height: number;
  /** What a decoder complained of. */
  complaints: string;
};

/** Reads and decodes a recorded stream from beginning to end. */
export async function readRecordedStream(path: string): Promise<RecordedStream> {
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-show_entries', 'packet=codec_type,dts_time:stream=codec_type,width,height'],
    ...['-of', 'json', path],
  ]);
  const { packets, streams } = JSON.parse(stdout) as {
    packets: { codec_type: string; dts_time: string }[];
    streams: { codec_type: string; width?: number; height?: number }[];
  };
  const timesOf = (kind: string): number[] =>
    packets
      .filter(({ codec_type }) => codec_type === kind)
      .map(({ dts_time }) => Math.round(Number(dts_time) * 1000));
  const pictures = timesOf('video');
  const sounds = timesOf('audio');
  const all = [...pictures, ...sounds];
  const { stderr } = await run('ffmpeg', [
    ...['-v', 'warning', '-i', path],
    // Each picture at its own time: a camera’s are not a thirtieth of a second apart to the millisecond.
    ...['-fps_mode', 'passthrough', '-enc_time_base:v', '1:1000', '-f', 'null', '-'],
  ]);
  const video = streams.find(({ codec_type }) => codec_type === 'video');
  return {
    pictures: pictures.length,
    sounds: sounds.length,
    longestPictureGapMs: longestGap(pictures),
    longestSoundGapMs: longestGap(sounds),
    durationMs: Math.max(...all) - Math.min(...all),
    width: video?.width ?? 0,
    height: video?.height ?? 0,
    complaints: stderr,
  };
}

const longestGap = (times: readonly number[]): number =>
  times.slice(1).reduce((longest, at, index) => Math.max(longest, at - times[index]!), 0);
