import { decodeMedia, SAMPLE_RATE } from './decoded-media.ts';
import { secondsOfSample, spanOfSamples, type Span } from './timeline.ts';

export type SoundReport = {
  span: Span | undefined;
  /** Root mean square of all samples, 0 to 1. */
  level: number;
  /** The longest time in which nothing is to be heard, whether samples are silent or missing. */
  longestSilenceMs: number;
  /** The longest hole between the timestamps of neighbouring samples. */
  longestGapMs: number;
  decodeErrors: string[];
};

const BLOCK_SAMPLES = SAMPLE_RATE / 100;

/**
 * Decodes the sound of a recording and says how it flows.
 *
 * @param options.silenceLevel the root mean square, over 10 ms, below which it is silent (default -50 dB)
 * @throws when the file cannot be opened.
 */
export async function analyseSound(
  path: string,
  { silenceLevel = 0.003 }: { silenceLevel?: number } = {},
): Promise<SoundReport> {
  let power = 0;
  let blockPower = 0;
  let sampleIndex = 0;
  /** Index of the first sample of each block that can be heard. */
  const heard: number[] = [];
  const media = await decodeMedia(path, {
    onSamples: (samples) => {
      for (const sample of samples) {
        blockPower += (sample / 32_768) ** 2;
        sampleIndex += 1;
        if (sampleIndex % BLOCK_SAMPLES === 0) {
          if (Math.sqrt(blockPower / BLOCK_SAMPLES) >= silenceLevel) {
            heard.push(sampleIndex - BLOCK_SAMPLES);
          }
          power += blockPower;
          blockPower = 0;
        }
      }
    },
  });

  const { sound } = media;
  const span = spanOfSamples(sound);
  let silentSinceSeconds = span?.startSeconds ?? 0;
  let longestSilenceSeconds = 0;
  for (const sample of heard) {
    longestSilenceSeconds = Math.max(
      longestSilenceSeconds,
      secondsOfSample(sound, sample) - silentSinceSeconds,
    );
    silentSinceSeconds = secondsOfSample(sound, sample + BLOCK_SAMPLES - 1);
  }
  longestSilenceSeconds = Math.max(longestSilenceSeconds, (span?.endSeconds ?? 0) - silentSinceSeconds);

  return {
    span,
    level: Math.sqrt((power + blockPower) / Math.max(1, sampleIndex)),
    longestSilenceMs: longestSilenceSeconds * 1000,
    longestGapMs: longestGapMs(sound),
    decodeErrors: media.decodeErrors,
  };
}

function longestGapMs(sound: { frameStarts: number[]; frameSeconds: number[] }): number {
  let longestSeconds = 0;
  for (let frame = 1; frame < sound.frameStarts.length; frame++) {
    const samples = (sound.frameStarts[frame] ?? 0) - (sound.frameStarts[frame - 1] ?? 0);
    const step = (sound.frameSeconds[frame] ?? 0) - (sound.frameSeconds[frame - 1] ?? 0);
    longestSeconds = Math.max(longestSeconds, step - samples / SAMPLE_RATE);
  }
  return longestSeconds * 1000;
}
