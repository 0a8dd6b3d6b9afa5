import { BeepDetector } from './beep-detector.ts';
import { cadenceOf, type Cadence } from './cadence.ts';
import { decodeMedia, type Region } from './decoded-media.ts';
import { flashOnsets } from './flash-detector.ts';
import { meanLuma } from './luma.ts';
import { changeOver, median, percentile } from './statistics.ts';
import { secondsOfSample, spanOfFrames, spanOfSamples, type Span } from './timeline.ts';

export type BeepAndFlashOptions = {
  /** Time from one beep (and flash) to the next. */
  periodMs?: number;
  /** How long the recording has to be: events missing at its ends then count as missing. */
  expectedSeconds?: number;
  frequencyHz?: number;
  /** Where in the picture the flashes are looked for. */
  region?: Region;
};

export type BeepAndFlashReport = {
  /** Onset of each beep, in seconds on the file's clock. */
  beeps: number[];
  /** Time of the first bright frame of each flash. */
  flashes: number[];
  /** How many of each the file's streams (or `expectedSeconds`) have room for. */
  expected: { beeps: number; flashes: number };
  beepShare: number;
  flashShare: number;
  /** Of each flash the time since its nearest beep: positive when the picture is late. */
  offsetsMs: number[];
  offsetMedianMs: number;
  /** 95 in 100 flashes are at most this far from their beep, either way. */
  offsetP95Ms: number;
  /** How much picture and sound move apart from the first flash to the last. */
  driftMs: number;
  beepCadence: Cadence;
  flashCadence: Cadence;
  audioSpan: Span | undefined;
  videoSpan: Span | undefined;
  /** From the first sample or picture to the last, whatever the header says. */
  durationSeconds: number;
  headerDurationSeconds: number | undefined;
  frameCount: number;
  videoCodec: string | undefined;
  audioCodec: string | undefined;
  decodeErrors: string[];
};

/**
 * Decodes a recording of guests that beep (1 kHz) and flash (white) at the same instants, and says which beeps
 * and flashes are there and how far apart. After the content checks of LiveKit Egress.
 *
 * Takes anything ffmpeg opens: files, playlists, URLs.
 *
 * @throws when it cannot be opened. What is wrong inside is reported, not thrown.
 */
export async function analyseBeepAndFlash(
  path: string,
  { periodMs = 1000, expectedSeconds, frequencyHz = 1000, region }: BeepAndFlashOptions = {},
): Promise<BeepAndFlashReport> {
  const detector = new BeepDetector({ frequencyHz });
  const meanLumas: number[] = [];
  const media = await decodeMedia(path, {
    region,
    onSamples: (samples) => detector.push(samples),
    onLuma: (luma) => meanLumas.push(meanLuma(luma)),
  });

  const beeps = detector.onsets().map((sample) => secondsOfSample(media.sound, sample));
  const flashes = flashOnsets(media.frameSeconds, meanLumas);
  const audioSpan = spanOfSamples(media.sound);
  const videoSpan = spanOfFrames(media.frameSeconds);
  const expectedAtLeast = expectedSeconds === undefined ? 0 : Math.floor((expectedSeconds * 1000) / periodMs);
  const beepCadence = cadenceOf(beeps, audioSpan, periodMs, expectedAtLeast);
  const flashCadence = cadenceOf(flashes, videoSpan, periodMs, expectedAtLeast);
  const pairs = pairWithNearest(flashes, beeps, periodMs / 2);
  const offsetsMs = pairs.map((pair) => pair.offsetMs);

  return {
    beeps,
    flashes,
    expected: { beeps: beepCadence.expected, flashes: flashCadence.expected },
    beepShare: beepCadence.share,
    flashShare: flashCadence.share,
    offsetsMs,
    offsetMedianMs: median(offsetsMs),
    offsetP95Ms: percentile(offsetsMs.map(Math.abs), 0.95),
    driftMs: changeOver(pairs.map((pair) => ({ x: pair.flash, y: pair.offsetMs }))),
    beepCadence,
    flashCadence,
    audioSpan,
    videoSpan,
    durationSeconds: lengthOfAll([audioSpan, videoSpan]),
    headerDurationSeconds: media.headerDurationSeconds,
    frameCount: media.frameSeconds.length,
    videoCodec: media.videoCodec,
    audioCodec: media.audioCodec,
    decodeErrors: media.decodeErrors,
  };
}

function pairWithNearest(
  flashes: readonly number[],
  beeps: readonly number[],
  farthestMs: number,
): { flash: number; offsetMs: number }[] {
  const pairs: { flash: number; offsetMs: number }[] = [];
  let next = 0;
  for (const flash of flashes) {
    const distance = (index: number): number => Math.abs((beeps[index] ?? Number.POSITIVE_INFINITY) - flash);
    while (next + 1 < beeps.length && distance(next + 1) <= distance(next)) {
      next += 1;
    }
    const offsetMs = (flash - (beeps[next] ?? Number.POSITIVE_INFINITY)) * 1000;
    if (Math.abs(offsetMs) < farthestMs) {
      pairs.push({ flash, offsetMs });
    }
  }
  return pairs;
}

function lengthOfAll(spans: readonly (Span | undefined)[]): number {
  const present = spans.filter((span) => span !== undefined);
  if (present.length === 0) {
    return 0;
  }
  const end = Math.max(...present.map((span) => span.endSeconds));
  return end - Math.min(...present.map((span) => span.startSeconds));
}
