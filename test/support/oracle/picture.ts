import type { Colour } from './colour.ts';
import { cropFilter, decodeMedia, type Region } from './decoded-media.ts';
import { runFfmpeg } from './ffmpeg.ts';
import { meanDifference, meanLuma } from './luma.ts';
import { spanOfFrames, type Span } from './timeline.ts';

export type PictureReport = {
  frameCount: number;
  span: Span | undefined;
  averageFps: number;
  /** Share of frames that are all black. */
  blackShare: number;
  /** The longest time in which nothing in the picture changed, whether frames repeated or were missing. */
  longestFreezeMs: number;
  /** The longest time from one frame to the next. */
  longestGapMs: number;
  /** Each size the frames have, from the time on at which they have it. */
  sizes: { width: number; height: number; fromSeconds: number }[];
  decodeErrors: string[];
};

/** What is to be seen at one moment. */
export type Picture = { meanLuma: number; meanColour: Colour; isBlack: boolean };

/** Brighter than this on average (of 255) is not black; leaves room for a codec's noise. */
const BLACKEST_LUMA = 6;
/** Noise of a codec on a still picture stays below this mean difference; anything that moves is above it. */
const LEAST_CHANGE = 0.25;

/** Decodes all pictures of a recording and says how they flow. @throws when it cannot be opened. */
export async function analysePicture(
  path: string,
  { region }: { region?: Region } = {},
): Promise<PictureReport> {
  let blackCount = 0;
  let reference: Uint8Array | undefined;
  /** Indices of the frames in which the picture changed. */
  const changes: number[] = [];
  let index = 0;
  const media = await decodeMedia(path, {
    region,
    onLuma: (luma) => {
      if (meanLuma(luma) < BLACKEST_LUMA) {
        blackCount += 1;
      }
      // Compared with the last frame that differed, so that slow movement adds up to a change.
      if (reference === undefined || meanDifference(luma, reference) >= LEAST_CHANGE) {
        reference = Uint8Array.from(luma);
        changes.push(index);
      }
      index += 1;
    },
  });

  const { frameSeconds, frameSizes } = media;
  const span = spanOfFrames(frameSeconds);
  const lengthSeconds = span === undefined ? 0 : span.endSeconds - span.startSeconds;
  const changeSeconds = changes.map((frame) => frameSeconds[frame] ?? 0);
  return {
    frameCount: frameSeconds.length,
    span,
    averageFps: lengthSeconds === 0 ? 0 : frameSeconds.length / lengthSeconds,
    blackShare: frameSeconds.length === 0 ? 0 : blackCount / frameSeconds.length,
    longestFreezeMs: longestStepMs([...changeSeconds, ...(span === undefined ? [] : [span.endSeconds])]),
    longestGapMs: longestStepMs(frameSeconds),
    sizes: frameSizes
      .map((size, frame) => ({ ...size, fromSeconds: frameSeconds[frame] ?? 0 }))
      .filter(({ width, height }, frame, all) => {
        const before = all[frame - 1];
        return before === undefined || before.width !== width || before.height !== height;
      }),
    decodeErrors: media.decodeErrors,
  };
}

/**
 * What the picture shows at a time of the file's clock: the last frame at or before it. Without a time, the
 * first frame, which is also the way to look at an image file.
 *
 * @throws when the file cannot be opened or shows nothing yet at that time.
 */
export async function pictureAt(
  path: string,
  seconds?: number,
  { region }: { region?: Region } = {},
): Promise<Picture> {
  const chunks: Buffer[] = [];
  // All frames up to the moment are decoded and the last one is kept: a seek would land on a keyframe. Shrunk to
  // one pixel each, so an hour of them is little.
  const upTo = seconds === undefined ? '' : `trim=end=${seconds + 0.001},`;
  await runFfmpeg(
    [
      ...['-copyts', '-i', path, '-map', '0:v:0', ...(seconds === undefined ? ['-frames:v', '1'] : [])],
      ...['-vf', `${upTo}${cropFilter(region)}scale=1:1:flags=area,format=rgb24`],
      ...['-fps_mode', 'passthrough', '-enc_time_base', '1:90000', '-f', 'rawvideo', 'pipe:1'],
    ],
    { onFirstOutput: (chunk) => chunks.push(chunk) },
  );
  const [red, green, blue] = Buffer.concat(chunks).subarray(-3);
  if (red === undefined || green === undefined || blue === undefined) {
    throw new Error(`${path} shows no picture at ${seconds ?? 0} s`);
  }
  // ITU-R BT.601, as the cameras here.
  const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
  return { meanLuma: luma, meanColour: { red, green, blue }, isBlack: luma < BLACKEST_LUMA };
}

function longestStepMs(seconds: readonly number[]): number {
  let longest = 0;
  for (let index = 1; index < seconds.length; index++) {
    longest = Math.max(longest, (seconds[index] ?? 0) - (seconds[index - 1] ?? 0));
  }
  return longest * 1000;
}
