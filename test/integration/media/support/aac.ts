import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { EncodedFrame } from '../../../../runtime/media/index.ts';

const run = promisify(execFile);

/** Samples in an AAC-LC frame, at 48 kHz. */
const FRAME_MS = (1024 * 1000) / 48_000;

/** Encodes a tone as raw AAC-LC frames, 48 kHz stereo, timestamps from 0. */
export const encodeAac = async (seconds: number, source = 'sine=frequency=440'): Promise<EncodedFrame[]> => {
  const { stdout } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', '-f', 'lavfi', '-i', `${source}:sample_rate=48000:duration=${seconds}`],
      ...['-ac', '2', '-c:a', 'aac', '-b:a', '128k', '-f', 'adts', '-'],
    ],
    { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 },
  );
  return withoutAdts(stdout).map((data, index) => ({
    kind: 'audio',
    codec: 'aac',
    key: true,
    data,
    timestampMs: index * FRAME_MS,
  }));
};

/** Raw frames of an ADTS stream without error protection (ISO/IEC 13818-7 §6.2). */
const withoutAdts = (stream: Buffer): Uint8Array[] => {
  const frames: Uint8Array[] = [];
  for (let at = 0; at + 7 <= stream.length;) {
    const length = ((stream[at + 3]! & 3) << 11) | (stream[at + 4]! << 3) | (stream[at + 5]! >> 5);
    frames.push(Uint8Array.from(stream.subarray(at + 7, at + length)));
    at += length;
  }
  return frames;
};
