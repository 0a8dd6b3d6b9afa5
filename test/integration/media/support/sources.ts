import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';
import type { EncodedFrame, VideoCodec } from '../../../../runtime/media/index.ts';

const run = promisify(execFile);

const VIDEO_ENCODERS: Record<VideoCodec, string[]> = {
  vp8: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-lag-in-frames', '0', '-b:v', '600k'],
  vp9: [
    '-c:v',
    'libvpx-vp9',
    '-deadline',
    'realtime',
    '-cpu-used',
    '8',
    '-lag-in-frames',
    '0',
    '-b:v',
    '600k',
  ],
  h264: [
    '-c:v',
    'libx264',
    '-profile:v',
    'baseline',
    '-preset',
    'ultrafast',
    '-tune',
    'zerolatency',
    '-b:v',
    '600k',
  ],
  av1: ['-c:v', 'libsvtav1', '-preset', '12', '-svtav1-params', 'pred-struct=1:lookahead=0', '-b:v', '600k'],
};

/** What to encode with ffmpeg: a moving test picture or a tone. */
export type VideoSource = {
  codec: VideoCodec;
  seconds: number;
  size?: string;
  keyInterval?: number;
  /** Start of an ffmpeg lavfi picture source, up to its size; by default `testsrc2=`. */
  picture?: string;
  /** ffmpeg filters over it. */
  filter?: string;
  encoderArguments?: string[];
};

/** Encodes a test picture and returns its frames, timestamps from 0. */
export const encodeVideo = async (folder: string, source: VideoSource): Promise<EncodedFrame[]> => {
  const { codec, seconds, size = '320x240', keyInterval = 9999 } = source;
  const path = join(folder, `${codec}-${size}-${Math.random().toString(36).slice(2)}.mkv`);
  const picture = source.picture ?? 'testsrc2=';
  await run('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', `${picture}size=${size}:rate=30:duration=${seconds}`],
    ...(source.filter === undefined ? [] : ['-vf', source.filter]),
    ...['-pix_fmt', 'yuv420p', ...VIDEO_ENCODERS[codec], '-g', String(keyInterval)],
    ...(source.encoderArguments ?? []),
    path,
  ]);
  return readFrames(path, 'video', codec);
};

/** Encodes a 440 Hz tone, or another ffmpeg lavfi source, as Opus, 20 ms a frame, timestamps from 0. */
export const encodeAudio = async (
  folder: string,
  seconds: number,
  sound = `sine=frequency=440:sample_rate=48000:duration=${seconds}`,
): Promise<EncodedFrame[]> => {
  const path = join(folder, `opus-${Math.random().toString(36).slice(2)}.mkv`);
  await run('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', sound],
    ...['-ac', '2', '-c:a', 'libopus', '-b:a', '48k', path],
  ]);
  return readFrames(path, 'audio', 'opus');
};

/**
 * Encodes a beep and a flash at each whole second as a composition's frames: pictures at n/30 s, AAC frames at
 * multiples of 1024 samples, each at the time its sound has.
 */
export const encodeComposition = async (
  folder: string,
  seconds: number,
  encoderArguments: string[] = [],
): Promise<{ video: EncodedFrame[]; audio: EncodedFrame[] }> => {
  const flash = `drawbox=c=white:t=fill:enable='lt(mod(t,1),0.099)'`;
  const video = await encodeVideo(folder, {
    codec: 'h264',
    seconds,
    keyInterval: 60,
    picture: 'color=color=black:',
    encoderArguments: ['-profile:v', 'high', '-vf', flash, ...encoderArguments],
  });
  const path = join(folder, `aac-${Math.random().toString(36).slice(2)}.mkv`);
  await run('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi'],
    ...['-i', `aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,1),0.1)':s=48000:c=stereo:d=${seconds}`],
    ...['-c:a', 'aac', '-b:a', '128k', path],
  ]);
  const aac = await readFrames(path, 'audio', 'aac');
  // The encoder's first frame is of before its first sample.
  return {
    video: video.map((frame, index) => ({ ...frame, timestampMs: (index * 1000) / 30 })),
    audio: aac.slice(1).map((frame, index) => ({ ...frame, timestampMs: (index * 1024) / 48 })),
  };
};

const readFrames = async (
  path: string,
  kind: 'audio' | 'video',
  codec: EncodedFrame['codec'],
): Promise<EncodedFrame[]> => {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  try {
    const track = kind === 'video' ? await input.getPrimaryVideoTrack() : await input.getPrimaryAudioTrack();
    if (!track) throw new Error(`No ${kind} in ${path}`);
    const parameterSets = codec === 'h264' ? annexBParameterSets(await track.getDecoderConfig()) : undefined;
    const frames: EncodedFrame[] = [];
    let firstMs: number | undefined;
    for await (const packet of new EncodedPacketSink(track).packets()) {
      const key = packet.type === 'key';
      const data = parameterSets ? toAnnexB(packet.data, key ? parameterSets : []) : packet.data.slice();
      firstMs ??= packet.timestamp * 1000;
      frames.push({ kind, codec, key, data, timestampMs: packet.timestamp * 1000 - firstMs });
    }
    return frames;
  } finally {
    input.dispose();
  }
};

const annexBParameterSets = (config: { description?: AllowSharedBufferSource } | null): Uint8Array[] => {
  const description = config?.description;
  if (!description) throw new Error('The H.264 source has no decoder configuration');
  const record = ArrayBuffer.isView(description)
    ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength)
    : new Uint8Array(description);
  const sets: Uint8Array[] = [];
  let offset = 5;
  for (let list = 0; list < 2; list++) {
    const count = record[offset++]! & 31;
    for (let i = 0; i < count; i++) {
      const length = (record[offset]! << 8) | record[offset + 1]!;
      sets.push(record.slice(offset + 2, offset + 2 + length));
      offset += 2 + length;
    }
  }
  return sets;
};

const toAnnexB = (lengthPrefixed: Uint8Array, parameterSets: Uint8Array[]): Uint8Array => {
  const units = [...parameterSets];
  const view = new DataView(lengthPrefixed.buffer, lengthPrefixed.byteOffset, lengthPrefixed.byteLength);
  for (let offset = 0; offset + 4 <= lengthPrefixed.length;) {
    const length = view.getUint32(offset);
    units.push(lengthPrefixed.subarray(offset + 4, offset + 4 + length));
    offset += 4 + length;
  }
  return Uint8Array.from(Buffer.concat(units.flatMap((unit) => [Uint8Array.of(0, 0, 0, 1), unit])));
};

/** Frames moved on the session clock. */
export const shift = (frames: EncodedFrame[], byMs: number): EncodedFrame[] =>
  frames.map((frame) => ({ ...frame, timestampMs: frame.timestampMs + byMs }));

/** Frames captured in a stretch of time. */
export const between = (frames: EncodedFrame[], fromMs: number, toMs: number): EncodedFrame[] =>
  frames.filter((frame) => frame.timestampMs >= fromMs && frame.timestampMs < toMs);
