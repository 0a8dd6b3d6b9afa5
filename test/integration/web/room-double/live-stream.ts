import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { runFfmpeg } from '../../../support/oracle/ffmpeg.ts';
import { spawnProcess, type SpawnedProcess } from '../../../support/temporary/index.ts';

const picture =
  'gradients=s=640x360:r=15:c0=0x0f6b5f:c1=0x173a33:c2=0xf6b93b:x0=0:y0=0:x1=640:y1=360:nb_colors=3';
const sound = 'sine=frequency=330:sample_rate=48000';
const encode = [
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p'],
  ...['-g', '15', '-c:a', 'aac', '-b:a', '64k'],
];
const fragmented = ['-f', 'hls', '-hls_segment_type', 'fmp4', '-hls_time', '1'];

/** A stream in two qualities that runs in real time; leaving its scope ends it, as the end of a broadcast does. */
export type LiveStream = Pick<SpawnedProcess, 'end'> & AsyncDisposable;

/** Writes `live.m3u8` and its segments into `folder`, until ended. Resolves when a player could begin. */
export async function startLiveStream(folder: string): Promise<LiveStream> {
  await mkdir(folder, { recursive: true });
  const ffmpeg = await spawnProcess('ffmpeg', [
    ...['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'verbose', '-y'],
    ...['-re', '-f', 'lavfi', '-i', picture, '-re', '-f', 'lavfi', '-i', sound],
    ...['-filter_complex', '[0:v]split[full][half];[half]scale=320:180[small]'],
    ...['-map', '[full]', '-map', '1:a', '-map', '[small]', '-map', '1:a', ...encode],
    ...['-b:v:0', '900k', '-b:v:1', '250k', ...fragmented],
    ...['-hls_list_size', '6', '-hls_flags', 'delete_segments+program_date_time+independent_segments'],
    ...['-var_stream_map', 'v:0,a:0 v:1,a:1', '-master_pl_name', 'live.m3u8'],
    ...['-hls_segment_filename', path.join(folder, 'level-%v-%d.m4s')],
    path.join(folder, 'level-%v.m3u8'),
  ]);
  await ffmpeg.waitForLine(/Opening '.*level-1-3\.m4s'/);
  return ffmpeg;
}

/** Writes a finished recording of `seconds` as `index.m3u8` into `folder`. */
export async function writeReplay(folder: string, seconds: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await runFfmpeg([
    ...['-y', '-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', sound, '-t', String(seconds), ...encode],
    ...[...fragmented, '-hls_list_size', '0', '-hls_playlist_type', 'vod', path.join(folder, 'index.m3u8')],
  ]);
}
