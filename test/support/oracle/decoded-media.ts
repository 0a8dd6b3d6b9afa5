import { isErrorLine, runFfmpeg } from './ffmpeg.ts';
import { probeFile, type ProbedFile } from './probed-file.ts';
import type { SampleTimeline } from './timeline.ts';

/** A part of the picture, in shares of its width and height (0 to 1, from the top left corner). */
export type Region = { x: number; y: number; width: number; height: number };

export type DecodeOptions = {
  /** Only this part of the picture is looked at. */
  region?: Region | undefined;
  /** Called with 16-bit mono samples as they are decoded. */
  onSamples?: (samples: Int16Array) => void;
  /** Called with each picture, scaled to {@link LUMA_WIDTH} × {@link LUMA_HEIGHT}, 0 black to 255 white. */
  onLuma?: (luma: Uint8Array) => void;
};

export type DecodedMedia = ProbedFile & {
  sound: SampleTimeline;
  /** Presentation time of each picture. */
  frameSeconds: number[];
  /** Size of each picture as it is in the file. */
  frameSizes: { width: number; height: number }[];
  /** What ffmpeg logged as errors while it read and decoded. */
  decodeErrors: string[];
};

export const SAMPLE_RATE = 48_000;
export const LUMA_WIDTH = 64;
export const LUMA_HEIGHT = 36;

/**
 * Decodes a whole file once and streams its samples and pictures to the callbacks, so that hours fit in memory.
 *
 * Times are the file's own (`-copyts`), never a frame count divided by a rate: files of live media have a
 * variable frame rate.
 *
 * @throws when the file cannot be opened or has neither sound nor picture.
 */
export async function decodeMedia(path: string, options: DecodeOptions = {}): Promise<DecodedMedia> {
  const probed = await probeFile(path);
  const sound: SampleTimeline = {
    sampleRate: SAMPLE_RATE,
    frameStarts: [],
    frameSeconds: [],
    sampleCount: 0,
  };
  const frameSeconds: number[] = [];
  const frameSizes: { width: number; height: number }[] = [];
  const decodeErrors: string[] = [];
  let sampleBytes = 0;
  let pictureBytes = 0;

  const readLogLine = (line: string): void => {
    if (isErrorLine(line)) {
      decodeErrors.push(line);
    } else if (line.includes('_ashowinfo_')) {
      const match = / pts_time:(\S+) .* nb_samples:(\d+)/.exec(line);
      if (match) {
        sound.frameStarts.push(sound.sampleCount);
        sound.frameSeconds.push(Number(match[1]));
        sound.sampleCount += Number(match[2]);
      }
    } else if (line.includes('_showinfo_')) {
      const match = / pts_time:(\S+) .* s:(\d+)x(\d+)/.exec(line);
      if (match) {
        frameSeconds.push(Number(match[1]));
        frameSizes.push({ width: Number(match[2]), height: Number(match[3]) });
      }
    }
  };

  await runFfmpeg(
    [
      ...['-copyts', '-i', path],
      ...(probed.audioCodec === undefined ? [] : soundOutput()),
      ...(probed.videoCodec === undefined ? [] : pictureOutput(options.region)),
    ],
    {
      onLogLine: readLogLine,
      onFirstOutput: inBlocks(2, (bytes) => {
        sampleBytes += bytes.length;
        options.onSamples?.(asSamples(bytes));
      }),
      onSecondOutput: inBlocks(LUMA_WIDTH * LUMA_HEIGHT, (bytes) => {
        pictureBytes += bytes.length;
        for (let start = 0; start < bytes.length; start += LUMA_WIDTH * LUMA_HEIGHT) {
          options.onLuma?.(bytes.subarray(start, start + LUMA_WIDTH * LUMA_HEIGHT));
        }
      }),
    },
  );
  // Times come by the log and content by the pipes: a measurement that mixed them up would be worthless.
  const pictureCount = pictureBytes / (LUMA_WIDTH * LUMA_HEIGHT);
  if (sampleBytes !== 2 * sound.sampleCount || pictureCount !== frameSeconds.length) {
    throw new Error(
      `${path}: ffmpeg gave times for ${sound.sampleCount} samples and ${frameSeconds.length} pictures, ` +
        `but ${sampleBytes / 2} samples and ${pictureCount} pictures`,
    );
  }
  return { ...probed, sound, frameSeconds, frameSizes, decodeErrors };
}

/** The crop filter for a region, with the comma that joins it to the next filter. */
export function cropFilter(region: Region | undefined): string {
  return region === undefined
    ? ''
    : `crop=iw*${region.width}:ih*${region.height}:iw*${region.x}:ih*${region.y},`;
}

function soundOutput(): string[] {
  const format = `aformat=sample_fmts=s16:sample_rates=${SAMPLE_RATE}:channel_layouts=mono`;
  return ['-map', '0:a:0', '-af', `${format},ashowinfo`, '-f', 's16le', 'pipe:1'];
}

function pictureOutput(region: Region | undefined): string[] {
  const scale = `scale=${LUMA_WIDTH}:${LUMA_HEIGHT}:flags=area,format=gray`;
  return [
    ...['-map', '0:v:0', '-vf', `showinfo,${cropFilter(region)}${scale}`],
    // Without a finer time base ffmpeg counts output in frames of the nominal rate, and reports every two pictures
    // that come closer than that as an error of its own making.
    ...['-fps_mode', 'passthrough', '-enc_time_base', '1:90000', '-f', 'rawvideo', 'pipe:3'],
  ];
}

/** Passes bytes on in multiples of `size` and keeps the rest for the next chunk. */
function inBlocks(size: number, sink: (bytes: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % size);
    rest = bytes.subarray(whole);
    if (whole > 0) {
      sink(bytes.subarray(0, whole));
    }
  };
}

function asSamples(bytes: Buffer): Int16Array {
  // A view needs an even offset into its memory, which a pipe's chunk does not promise.
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
  return new Int16Array(aligned.buffer, aligned.byteOffset, aligned.length / 2);
}
