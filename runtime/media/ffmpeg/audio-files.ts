import createCommand from 'fluent-ffmpeg';
import type { FfmpegCommand } from 'fluent-ffmpeg';
import { runFileJob } from './file-job.ts';

/** Formats that sound is encoded to after the fact. */
export type EncodedAudioFormat = 'mp3' | 'm4a';

/** Sound of people and rooms: 128 kbps a stereo file, as compositions have it. */
const ENCODINGS: Record<EncodedAudioFormat, string[]> = {
  mp3: ['-c:a', 'libmp3lame', '-b:a', '128k', '-f', 'mp3'],
  // The place of the index is in front, so that a player can begin before it has all.
  m4a: ['-c:a', 'aac', '-b:a', '128k', '-movflags', '+faststart', '-f', 'ipod'],
};
/** Work that nobody listens to while it runs gives way to live media. */
const NICENESS = 10;

/** A file of sound, or a stretch of it, and where it begins, in milliseconds. */
export type PlacedSound = {
  path: string;
  startMs: number;
  /** The stretch of the file that is meant, on the file's own clock. */
  stretch?: { fromMs: number; toMs: number } | undefined;
};

/**
 * Encodes the sound of a media file anew.
 *
 * @throws with ffmpeg's own words; the output is then not to be used.
 */
export const encodeAudioFile = (options: {
  input: string;
  output: string;
  format: EncodedAudioFormat;
}): Promise<void> =>
  run(
    createCommand(options.input)
      .inputOptions(['-v', 'error'])
      .outputOptions(['-map', '0:a:0', ...ENCODINGS[options.format]])
      .output(options.output),
  );

/**
 * Mixes files of sound into one stereo file: those of `left` into its left channel, those of `right` into its right
 * one, each at its own time. The file begins at 0 of these times and lasts `durationMs`.
 *
 * @throws with ffmpeg's own words, or the signal's reason; the output is then not to be used.
 */
export const mixChannels = (options: {
  left: readonly PlacedSound[];
  right: readonly PlacedSound[];
  durationMs: number;
  output: string;
  format: EncodedAudioFormat;
  signal?: AbortSignal;
}): Promise<void> => {
  const { left, right, durationMs } = options;
  const command = createCommand();
  for (const { path } of [...left, ...right]) command.input(path).inputOptions(['-v', 'error']);
  const filters = [
    ...mono(left, 0, 'left', durationMs),
    ...mono(right, left.length, 'right', durationMs),
    '[left][right]join=inputs=2:channel_layout=stereo:map=0.0-FL|1.0-FR[out]',
  ];
  command
    .complexFilter(filters)
    .outputOptions(['-map', '[out]', '-ar', '48000', ...ENCODINGS[options.format]])
    .output(options.output);
  return run(command, options.signal);
};

/**
 * Puts files of sound after each other in time, silence between them, in one stereo file that lasts `durationMs`.
 *
 * @throws as {@link mixChannels}
 */
export const concatenateSound = (options: {
  sounds: readonly PlacedSound[];
  durationMs: number;
  output: string;
  format: EncodedAudioFormat;
}): Promise<void> => {
  const command = createCommand();
  for (const { path } of options.sounds) command.input(path).inputOptions(['-v', 'error']);
  command
    .complexFilter(placed(options.sounds, 0, 'out', 'stereo', options.durationMs))
    .outputOptions(['-map', '[out]', '-ar', '48000', ...ENCODINGS[options.format]])
    .output(options.output);
  return run(command);
};

const mono = (
  sounds: readonly PlacedSound[],
  firstInput: number,
  name: string,
  durationMs: number,
): string[] => placed(sounds, firstInput, name, 'mono', durationMs);

/** Filters that mix inputs, each at its time, into a stream of a given length; loud sums are held below clipping. */
const placed = (
  sounds: readonly PlacedSound[],
  firstInput: number,
  name: string,
  layout: 'mono' | 'stereo',
  durationMs: number,
): string[] => {
  const format = `aformat=sample_fmts=fltp:sample_rates=48000:channel_layouts=${layout}`;
  const inputs = sounds.map(
    // Time stamps of the file are kept: a hole in it stays a hole of the same length.
    ({ startMs, stretch }, index) => {
      const cut = stretch
        ? `atrim=start=${stretch.fromMs / 1000}:end=${stretch.toMs / 1000},asetpts=PTS-STARTPTS,`
        : '';
      const delay = `adelay=${Math.round(startMs * 48)}S:all=1`;
      return `[${firstInput + index}:a:0]aresample=48000:async=1:first_pts=0,${cut}${format},${delay}[${name}${index}]`;
    },
  );
  const all = sounds.map((_, index) => `[${name}${index}]`).join('');
  const mix =
    sounds.length > 1
      ? `amix=inputs=${sounds.length}:duration=longest:dropout_transition=0:normalize=0,alimiter=limit=0.97:level=false,`
      : '';
  return [
    ...inputs,
    `${all}${mix}apad=whole_dur=${durationMs}ms,atrim=end=${durationMs / 1000},${format}[${name}]`,
  ];
};

const run = (command: FfmpegCommand, signal?: AbortSignal): Promise<void> =>
  runFileJob(command.outputOptions(['-y'])._getArguments(), { niceness: NICENESS, signal });
