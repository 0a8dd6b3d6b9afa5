import { runFfmpeg } from './ffmpeg.ts';

export type SyntheticFileOptions = {
  seconds: number;
  /** How late the picture is behind the sound; negative when early. */
  videoDelayMs?: number;
  /** How much later than the flashes the beeps have become by the end. */
  soundDriftMs?: number;
  /** Beeps (and flashes) with these numbers are left out; number 0 is at the start. */
  withoutBeeps?: readonly number[];
  withoutFlashes?: readonly number[];
  frequencyHz?: number;
  /** An ffmpeg filter that the pictures go through last, for example `select` to make their rate vary. */
  videoFilter?: string;
  /** Encoders; what the file's name ends in has to go with them. */
  audioCodec?: string;
  videoCodec?: string;
};

/** Length of a beep and of a flash. */
const EVENT_SECONDS = 0.1;

/**
 * Writes a file that beeps (1 kHz) and flashes (white on dark grey) for a tenth of each second, with known
 * faults. The yardstick the oracle itself is measured against.
 */
export async function writeSyntheticFile(path: string, options: SyntheticFileOptions): Promise<void> {
  const { seconds, videoDelayMs = 0, soundDriftMs = 0, frequencyHz = 1000 } = options;
  const soundPeriod = 1 + soundDriftMs / 1000 / seconds;
  const beepGate = gate('t', soundPeriod, options.withoutBeeps);
  const flashGate = gate('T', 1, options.withoutFlashes);
  const videoFilters = [
    `geq=lum='if(${flashGate},235,32)':cb=128:cr=128`,
    // Finer than a frame, so that the delay need not be a whole number of frames.
    `settb=1/90000,setpts=PTS+${videoDelayMs / 1000}/TB`,
    ...(options.videoFilter === undefined ? [] : [options.videoFilter]),
  ];
  await runFfmpeg([
    ...['-f', 'lavfi', '-i', `aevalsrc='0.5*sin(2*PI*${frequencyHz}*t)*${beepGate}':s=48000:d=${seconds}`],
    ...['-f', 'lavfi', '-i', `color=c=black:s=64x36:r=30:d=${seconds}`],
    ...['-filter_complex', `[1:v]${videoFilters.join(',')}[v]`, '-map', '0:a', '-map', '[v]'],
    ...['-c:a', options.audioCodec ?? 'pcm_s16le', '-c:v', options.videoCodec ?? 'rawvideo'],
    ...['-fps_mode', 'passthrough', '-enc_time_base:v', '1:90000', '-y', path],
  ]);
}

function gate(time: string, period: number, without: readonly number[] = []): string {
  // A hundredth of a millisecond of room: 31.000000 may be 30.999999 to a floating-point modulo.
  const withRoom = `(${time}+0.00001)`;
  const missing = without.map((number) => `*not(eq(floor(${withRoom}/${period}),${number}))`).join('');
  return `lt(mod(${withRoom},${period}),${EVENT_SECONDS})${missing}`;
}
