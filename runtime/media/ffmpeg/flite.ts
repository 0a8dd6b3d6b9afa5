import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import createCommand from 'fluent-ffmpeg';

const run = promisify(execFile);
const ffmpeg = (): string => process.env['FFMPEG_PATH'] ?? 'ffmpeg';
const MOST_COMPLAINT_CHARACTERS = 1000;

/** The voices that ffmpeg's flite filter has. */
export const fliteVoices = ['slt', 'awb', 'rms', 'kal16', 'kal'] as const;
export type FliteVoice = (typeof fliteVoices)[number];

/** Of what {@link spokenByFlite} gives. */
export const FLITE_RATE = 48_000;

/** Whether this ffmpeg was built with flite. */
export async function hasFlite(): Promise<boolean> {
  // It exits with 0 also for a filter that it does not know.
  const { stdout, stderr } = await run(ffmpeg(), ['-hide_banner', '-h', 'filter=flite']);
  return `${stdout}${stderr}`.includes('Filter flite');
}

/**
 * Speaks what stands in a text file: s16le, mono, {@link FLITE_RATE}. The text goes through a file because every
 * character means something to a filter's options; the file's own name must be plain.
 *
 * @throws Error with ffmpeg's own words
 */
export async function* spokenByFlite(options: {
  directory: string;
  fileName: string;
  voice: FliteVoice;
}): AsyncGenerator<Buffer> {
  const child = spawn(
    ffmpeg(),
    createCommand()
      .input(`flite=textfile=${options.fileName}:voice=${options.voice}`)
      .inputOptions(['-hide_banner', '-loglevel', 'error', '-nostdin', '-f', 'lavfi'])
      .output('pipe:1')
      .outputOptions(['-f', 's16le', '-ac', '1', '-ar', String(FLITE_RATE)])
      ._getArguments(),
    { cwd: options.directory, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-MOST_COMPLAINT_CHARACTERS);
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      complaints += error.message;
      resolve(null);
    });
    child.once('close', resolve);
  });
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    // Nothing but marks and foreign letters is nothing to say, which ffmpeg calls an end of file.
    if ((await ended) !== 0 && !complaints.includes('End of file')) {
      throw new Error(complaints.trim());
    }
  } finally {
    child.kill('SIGKILL');
  }
}
