import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import createCommand from 'fluent-ffmpeg';
import { RoomflowError } from '../../contract/index.ts';

const run = promisify(execFile);

/** An ffmpeg on this machine that is new enough. */
export type FfmpegInstallation = {
  ffmpegPath: string;
  ffprobePath: string;
  /** As ffmpeg tells it, like `5.1.9-0+deb12u1`. */
  version: string;
};

/** Oldest ffmpeg whose muxers and filters the runtime relies on. */
const MINIMUM_MAJOR_VERSION = 5;

/** First executable of a name on PATH. */
const findOnPath = async (name: string): Promise<string | undefined> => {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    const path = join(folder, name);
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return path;
  }
  return undefined;
};

/**
 * Finds ffmpeg and ffprobe (`FFMPEG_PATH` and `FFPROBE_PATH`, else `PATH`) and checks the version.
 *
 * @throws with what was looked for, what was found and what to install.
 */
export const locateFfmpeg = async (): Promise<FfmpegInstallation> => {
  const ffmpegPath = process.env['FFMPEG_PATH'] ?? (await findOnPath('ffmpeg'));
  const ffprobePath = process.env['FFPROBE_PATH'] ?? (await findOnPath('ffprobe'));
  if (!ffmpegPath || !ffprobePath) {
    const missing = [!ffmpegPath && 'ffmpeg', !ffprobePath && 'ffprobe'].filter(Boolean).join(' and ');
    throw new RoomflowError(
      'ffmpeg-missing',
      `${missing} not found on PATH. Install ffmpeg ${MINIMUM_MAJOR_VERSION}.0 or newer (Debian: apt install ffmpeg).`,
    );
  }
  const version = await readFfmpegVersion(ffmpegPath);
  const major = majorOf(version);
  // A build from source calls itself by its commit ("N-109542-g…"), which says nothing of its age: it may pass.
  if (Number.isFinite(major) && major < MINIMUM_MAJOR_VERSION) {
    throw new RoomflowError(
      'ffmpeg-too-old',
      `${ffmpegPath} is version ${version}; ${MINIMUM_MAJOR_VERSION}.0 or newer is needed (Debian: apt install ffmpeg).`,
    );
  }
  return { ffmpegPath, ffprobePath, version };
};

const majorOf = (version: string): number => Number.parseInt(version.replace(/^n/, ''), 10);

/** The major version of the ffmpeg that is used; undefined when there is none, or it does not say. */
export const readMajorVersion = async (): Promise<number | undefined> => {
  try {
    const major = majorOf(await readFfmpegVersion(process.env['FFMPEG_PATH'] ?? 'ffmpeg'));
    return Number.isFinite(major) ? major : undefined;
  } catch {
    return undefined;
  }
};

/** The version an ffmpeg binary reports. */
const readFfmpegVersion = async (ffmpegPath: string): Promise<string> => {
  const { stdout } = await run(ffmpegPath, ['-hide_banner', '-version']);
  const version = /^ffmpeg version (\S+)/.exec(stdout)?.[1];
  if (!version)
    throw new Error(`${ffmpegPath} does not say its version; its first line is: ${stdout.split('\n', 1)[0]}`);
  return version;
};

/** The protocols that an ffmpeg binary can send with, such as `rtmps`. */
export const readOutputProtocols = async (ffmpegPath: string): Promise<string[]> => {
  const { stdout } = await run(ffmpegPath, ['-hide_banner', '-protocols']);
  return (stdout.split('Output:')[1] ?? '').split(/\s+/).filter((name) => name !== '');
};

/**
 * Decodes a media file from beginning to end.
 *
 * @returns what ffmpeg complained of, a line each; empty when the file is whole.
 */
export const decodeCheck = (path: string): Promise<string[]> =>
  new Promise((resolve) => {
    const complaints: string[] = [];
    createCommand(path)
      .inputOptions(['-v', 'warning'])
      .outputOptions(['-map', '0', '-f', 'null'])
      .output('-')
      .on('stderr', (line: string) => {
        if (line.trim() !== '') complaints.push(line.trim());
      })
      .on('error', (error: Error) => resolve([...complaints, error.message]))
      .on('end', () => resolve(complaints))
      .run();
  });
