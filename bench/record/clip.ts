import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { EncodedPacketSink, FilePathSource, Input, type InputTrack, WEBM } from 'mediabunny';

const run = promisify(execFile);

/** What each participant sends, over and over. */
export const clip = { seconds: 10, framesPerSecond: 30, videoKbps: 1200, audioMs: 20 };

/** Encoded pictures and sounds in sending order. */
export type Clip = { pictures: Uint8Array[]; sounds: Uint8Array[] };

/**
 * Encodes the clip once: 720p VP8 at a constant 1.2 Mbps with a key frame every two seconds, since the
 * senders cannot make one when asked, and speech-rate Opus. Noise gives the encoder enough to do to reach
 * its rate.
 */
export async function encodeClip(path: string): Promise<void> {
  const { seconds, framesPerSecond, videoKbps } = clip;
  const picture = `testsrc2=size=1280x720:rate=${framesPerSecond}:duration=${seconds},noise=alls=12:allf=t`;
  const rate = `${videoKbps}k`;
  await run('ffmpeg', [
    ...['-nostdin', '-v', 'error'],
    ...['-f', 'lavfi', '-i', picture],
    ...['-f', 'lavfi', '-i', `anoisesrc=color=pink:amplitude=0.2:sample_rate=48000:duration=${seconds}`],
    ...['-pix_fmt', 'yuv420p', '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8'],
    ...['-b:v', rate, '-minrate', rate, '-maxrate', rate, '-bufsize', rate, '-undershoot-pct', '100'],
    ...['-lag-in-frames', '0', '-error-resilient', '1', '-g', String(2 * framesPerSecond)],
    ...['-c:a', 'libopus', '-b:a', '40k', '-vbr', 'off', '-application', 'voip', '-ac', '1'],
    ...['-frame_duration', String(clip.audioMs), '-y', path],
  ]);
}

/** Reads a clip made by {@link encodeClip}. */
export async function readClip(path: string): Promise<Clip> {
  const input = new Input({ source: new FilePathSource(path), formats: [WEBM] });
  try {
    return {
      pictures: await packetsOf(await input.getPrimaryVideoTrack()),
      sounds: await packetsOf(await input.getPrimaryAudioTrack()),
    };
  } finally {
    input.dispose();
  }
}

/** The rate of a clip's encoded media, without what RTP adds. */
export function kbpsOf({ pictures, sounds }: Clip): { video: number; audio: number } {
  const rate = (packets: readonly Uint8Array[], packetsPerSecond: number): number => {
    const bytes = packets.reduce((sum, { length }) => sum + length, 0);
    return Math.round((bytes * 8 * packetsPerSecond) / packets.length / 1000);
  };
  return { video: rate(pictures, clip.framesPerSecond), audio: rate(sounds, 1000 / clip.audioMs) };
}

async function packetsOf(track: InputTrack | null): Promise<Uint8Array[]> {
  if (track === null) {
    throw new Error('The clip has not both picture and sound');
  }
  const packets: Uint8Array[] = [];
  for await (const { data } of new EncodedPacketSink(track).packets()) {
    packets.push(data.slice());
  }
  return packets;
}
