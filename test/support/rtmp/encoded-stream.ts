import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { EncodedFrame } from '../../../runtime/media/index.ts';
import { encodeVideoClip, packetsOf } from '../runtime/index.ts';
import { temporaryDirectory } from '../temporary/index.ts';

const run = promisify(execFile);

const AAC_FRAME_MS = (1024 / 48_000) * 1000;

/**
 * A test picture at 30 frames a second, with a key frame each second, and a tone: what an encoder of a composition
 * makes, in order of time.
 */
export async function encodeForRtmp(options: {
  width: number;
  height: number;
  seconds: number;
  kbps?: number;
}): Promise<EncodedFrame[]> {
  const { width, height, seconds, kbps = 500 } = options;
  const clip = await encodeVideoClip('h264', { size: `${width}x${height}`, seconds, kbps });
  const video = clip.frames.map(({ data, isKey }, index): EncodedFrame => ({
    kind: 'video',
    codec: 'h264',
    key: isKey,
    data,
    timestampMs: index * clip.frameMs,
    ...(isKey ? { width, height } : {}),
  }));
  const audio = (await encodeTone(seconds)).map((data, index): EncodedFrame => ({
    kind: 'audio',
    codec: 'aac',
    key: true,
    data,
    timestampMs: index * AAC_FRAME_MS,
  }));
  return [...video, ...audio].sort((a, b) => a.timestampMs - b.timestampMs);
}

/** Raw AAC-LC frames, 48 kHz, stereo. */
async function encodeTone(seconds: number): Promise<Uint8Array[]> {
  await using directory = await temporaryDirectory();
  const path = directory.entry('tone.mp4');
  await run('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`],
    ...['-ac', '2', '-c:a', 'aac', '-b:a', '128k', path],
  ]);
  return (await packetsOf(path, 'audio')).map(({ data }) => data);
}
