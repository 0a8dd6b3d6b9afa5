import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { guestColour } from '../guests/index.ts';
import { temporaryDirectory } from '../temporary/index.ts';
import { packetsOf, type EncodedClip } from './encoded-clip.ts';

const run = promisify(execFile);

/** What a guest of a composed room sends: told apart by its colour in the picture and by its tone in the mix. */
export type BeepAndFlashClips = { audio: EncodedClip; video: EncodedClip; beepHz: number };

const SECONDS = 5;
const WIDTH = 640;
const HEIGHT = 360;
/**
 * An Opus encoder looks 6.5 ms ahead, and so much later a beep comes out of a decoder. The browser guests make half
 * of it good; so do these.
 */
const SOUND_LEAD_SECONDS = 0.003;

/** Multiples of 250 Hz: over the 4 ms that the oracle looks at, none is heard in another. */
export const beepHzOf = (number: number): number => 500 * number;

/**
 * A beep and a flash for a tenth in the middle of every second, over the guest's colour on which a square moves. The
 * clips have whole seconds and only key frames: sent over and over, from any frame on, they stay in time.
 *
 * @param number 1 for the first guest
 */
export async function encodeBeepAndFlash(
  number: number,
  { beeps = true }: { beeps?: boolean } = {},
): Promise<BeepAndFlashClips> {
  await using directory = await temporaryDirectory();
  const { red, green, blue } = guestColour(number);
  const colour = `0x${[red, green, blue].map((value) => value.toString(16).padStart(2, '0')).join('')}`;
  const beepHz = beepHzOf(number);
  const video = directory.entry('flash.mkv');
  const audio = directory.entry('beep.mkv');
  const square = Math.round(HEIGHT / 6);
  await run('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', `color=c=${colour}:size=${WIDTH}x${HEIGHT}:rate=30:d=${SECONDS}`],
    ...['-f', 'lavfi', '-i', `color=c=gray:size=${square}x${square}:rate=30:d=${SECONDS}`],
    '-filter_complex',
    `[0]drawbox=c=white:t=fill:enable='between(mod(n,30),15,17)'[flash];` +
      `[flash][1]overlay=x='mod(n,30)/30*(W-w)':y=H*0.4,format=yuv420p`,
    ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-lag-in-frames', '0'],
    ...['-b:v', '1M', '-g', '1', video],
  ]);
  const gate = beeps ? `*lt(abs(mod(t+${SOUND_LEAD_SECONDS},1)-0.55),0.05)` : '';
  await run('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi'],
    ...['-i', `aevalsrc='0.3*sin(2*PI*${beepHz}*t)${gate}':s=48000:c=stereo:d=${SECONDS}`],
    ...['-c:a', 'libopus', '-b:a', '64k', '-frame_duration', '20', audio],
  ]);
  const packets = await packetsOf(audio);
  return {
    beepHz,
    video: { codec: 'vp8', frameMs: 1000 / 30, frames: await packetsOf(video) },
    // The encoder's last packet is the rest of its look-ahead.
    audio: { codec: 'opus', frameMs: 20, frames: packets.slice(0, (SECONDS * 1000) / 20) },
  };
}
