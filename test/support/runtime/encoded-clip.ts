import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';
import { temporaryDirectory } from '../temporary/index.ts';

const run = promisify(execFile);

export type ClipCodec = 'vp8' | 'h264' | 'opus';
export type ClipFrame = { data: Uint8Array; isKey: boolean };

/** Encoded media to be sent over and over, as a camera or microphone without end. */
export type EncodedClip = {
  codec: ClipCodec;
  frameMs: number;
  frames: readonly ClipFrame[];
  /** How loud each packet says it is, in -dBov (RFC 6464); nothing is said when left out. */
  level?: number;
};

const FRAMES_PER_SECOND = 30;
const OPUS_FRAME_MS = 20;

/**
 * A moving test picture, or one of a colour, with a key frame each second, so that a sender can begin anew where it is asked to.
 * H.264 frames are in Annex B format with their parameter sets.
 */
export async function encodeVideoClip(
  codec: 'vp8' | 'h264',
  {
    size = '320x180',
    seconds = 5,
    kbps = 500,
    source = 'testsrc2=',
  }: { size?: string; seconds?: number; kbps?: number; source?: 'testsrc2=' | `color=${string}:` } = {},
): Promise<EncodedClip> {
  await using directory = await temporaryDirectory();
  const path = directory.entry(codec === 'vp8' ? 'clip.mkv' : 'clip.264');
  const encoder =
    codec === 'vp8'
      ? ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-lag-in-frames', '0']
      : ['-c:v', 'libx264', '-profile:v', 'baseline', '-preset', 'ultrafast', '-tune', 'zerolatency'];
  await run('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', `${source}size=${size}:rate=${FRAMES_PER_SECOND}`],
    ...['-t', String(seconds), '-pix_fmt', 'yuv420p', ...encoder, '-b:v', `${kbps}k`],
    ...['-g', String(FRAMES_PER_SECOND), '-keyint_min', String(FRAMES_PER_SECOND)],
    ...(codec === 'h264' ? ['-x264-params', 'aud=1:repeat-headers=1:scenecut=0', '-f', 'h264'] : []),
    path,
  ]);
  const frames = codec === 'vp8' ? await packetsOf(path) : accessUnits(await readFile(path));
  return { codec, frameMs: 1000 / FRAMES_PER_SECOND, frames };
}

/** A tone, 18 dB below full scale. */
export async function encodeAudioClip(seconds = 5, frequencyHz = 440): Promise<EncodedClip> {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'clip.mkv');
  await run('ffmpeg', [
    ...[
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      `sine=frequency=${frequencyHz}:sample_rate=48000:duration=${seconds}`,
    ],
    ...['-ac', '2', '-c:a', 'libopus', '-b:a', '48k', '-frame_duration', String(OPUS_FRAME_MS), path],
  ]);
  return { codec: 'opus', frameMs: OPUS_FRAME_MS, frames: await packetsOf(path) };
}

/** The encoded frames in a file's video or audio track, in order, as they lie there. */
export async function packetsOf(path: string, kind?: 'audio' | 'video'): Promise<ClipFrame[]> {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  try {
    const track =
      (kind === 'audio' ? null : await input.getPrimaryVideoTrack()) ??
      (kind === 'video' ? null : await input.getPrimaryAudioTrack());
    if (!track) {
      throw new Error(`${path} has no ${kind ?? 'media'}`);
    }
    const frames: ClipFrame[] = [];
    for await (const packet of new EncodedPacketSink(track).packets()) {
      frames.push({ data: packet.data.slice(), isKey: packet.type === 'key' });
    }
    return frames;
  } finally {
    input.dispose();
  }
}

const ACCESS_UNIT_DELIMITER = 9;
const IDR = 5;

/** Splits an Annex B stream that has access unit delimiters, which are left out of the frames. */
function accessUnits(stream: Buffer): ClipFrame[] {
  const units: Buffer[][] = [];
  for (const unit of nalUnits(stream)) {
    if ((unit[0]! & 31) === ACCESS_UNIT_DELIMITER) {
      units.push([]);
    } else {
      units.at(-1)?.push(unit);
    }
  }
  return units.map((nals) => ({
    data: Buffer.concat(nals.flatMap((nal) => [Buffer.of(0, 0, 0, 1), nal])),
    isKey: nals.some((nal) => (nal[0]! & 31) === IDR),
  }));
}

/** The NAL units between start codes of three or four bytes (H.264 annex B). */
export function nalUnits(stream: Uint8Array): Buffer[] {
  const bytes = Buffer.from(stream.buffer, stream.byteOffset, stream.byteLength);
  const units: Buffer[] = [];
  let start = -1;
  for (let at = bytes.indexOf('000001', 0, 'hex'); at !== -1; at = bytes.indexOf('000001', at + 3, 'hex')) {
    if (start !== -1) {
      units.push(withoutTrailingZero(bytes.subarray(start, at)));
    }
    start = at + 3;
  }
  if (start !== -1) {
    units.push(bytes.subarray(start));
  }
  return units;
}

const withoutTrailingZero = (unit: Buffer): Buffer =>
  unit.at(-1) === 0 ? unit.subarray(0, unit.length - 1) : unit;
