import { runFfmpeg } from './ffmpeg.ts';

const SAMPLE_RATE = 16_000;

export type TonesOptions = {
  /** One channel of the file, from 0; the mix of all when left out. */
  channel?: number;
  /** How finely the sound is looked at. */
  windowMs?: number;
};

/** How loud a tone is in each stretch of a file's sound, in dB full scale. */
export type ToneLevels = (frequencyHz: number) => { atMs: number; db: number }[];

/** Decodes the sound of a file, for levels of tones in it. */
export async function analyseTones(
  path: string,
  { channel, windowMs = 100 }: TonesOptions = {},
): Promise<ToneLevels> {
  const chunks: Buffer[] = [];
  const mix = channel === undefined ? [] : ['-af', `pan=mono|c0=c${channel}`];
  await runFfmpeg(
    ['-i', path, '-map', '0:a:0', ...mix, '-ac', '1', '-ar', String(SAMPLE_RATE), '-f', 'f32le', 'pipe:1'],
    {
      onFirstOutput: (chunk) => {
        chunks.push(chunk);
      },
    },
  );
  const bytes = Buffer.concat(chunks);
  const samples = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  const length = Math.round((SAMPLE_RATE * windowMs) / 1000);
  return (frequencyHz) => {
    const levels: { atMs: number; db: number }[] = [];
    for (let start = 0; start + length <= samples.length; start += length) {
      const amplitude = amplitudeOf(samples.subarray(start, start + length), frequencyHz);
      levels.push({ atMs: (start * 1000) / SAMPLE_RATE, db: 20 * Math.log10(Math.max(amplitude, 1e-9)) });
    }
    return levels;
  };
}

/** Amplitude of one frequency in a window of samples (Goertzel's filter). */
function amplitudeOf(samples: Float32Array, frequencyHz: number): number {
  const step = (2 * Math.PI * frequencyHz) / SAMPLE_RATE;
  const coefficient = 2 * Math.cos(step);
  let [last, beforeLast] = [0, 0];
  for (const sample of samples) {
    [last, beforeLast] = [sample + coefficient * last - beforeLast, last];
  }
  const power = last ** 2 + beforeLast ** 2 - coefficient * last * beforeLast;
  return (2 * Math.sqrt(Math.max(0, power))) / samples.length;
}
