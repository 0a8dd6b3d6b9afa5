import { spawn } from 'node:child_process';
import createCommand from 'fluent-ffmpeg';
import type { Readable } from 'node:stream';

const MOST_COMPLAINT_CHARACTERS = 2000;

/** Sound of a file, being decoded as fast as it is read. */
export type SoundReader = {
  /** Signed 16 bit, mono, little-endian; what is not read waits in ffmpeg. Fails with ffmpeg's own words. */
  readonly samples: Readable;
  /** Ends ffmpeg. Idempotent. */
  close(): void;
};

/** What a media file says of itself. */
export type FileSound = { hasSound: boolean; durationMs: number };

/**
 * Whether a file has sound, and how long it is.
 *
 * @throws with ffprobe's own words when it is no media file
 */
export const probeSound = (path: string): Promise<FileSound> =>
  new Promise((resolve, reject) => {
    createCommand.ffprobe(path, (error: Error | null, data) => {
      if (error !== null) {
        reject(new Error(error.message.split('\n').filter(Boolean).at(-1) ?? error.message));
        return;
      }
      const { duration } = data.format;
      resolve({
        hasSound: data.streams.some(({ codec_type }) => codec_type === 'audio'),
        durationMs: (duration ?? 0) * 1000,
      });
    });
  });

/**
 * Decodes the first sound of a file, so that each sample lies at its time: holes are filled with silence of their
 * length.
 *
 * @param fromMs - Where to begin: the first sample is of that time.
 */
export const readSound = ({
  path,
  sampleRate,
  fromMs = 0,
  toMs,
}: {
  path: string;
  sampleRate: number;
  fromMs?: number | undefined;
  toMs?: number | undefined;
}): SoundReader => {
  const input = [...(fromMs > 0 ? ['-ss', seconds(fromMs)] : [])];
  const length = toMs === undefined ? [] : ['-t', seconds(Math.max(0, toMs - fromMs))];
  const args = createCommand(path)
    .inputOptions(['-hide_banner', '-loglevel', 'error', '-nostats', '-nostdin', ...input])
    .output('pipe:1')
    // Holes of more than 10 ms are filled; ffmpeg's own threshold is 100 ms, and so much it may be off.
    .audioFilters([`aresample=${sampleRate}:async=1:min_hard_comp=0.01:first_pts=0`])
    .outputOptions(['-map', '0:a:0', '-ac', '1', ...length, '-f', 's16le'])
    ._getArguments();
  const child = spawn(process.env['FFMPEG_PATH'] ?? 'ffmpeg', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const { stdout, stderr } = child;
  let complaints = '';
  stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-MOST_COMPLAINT_CHARACTERS);
  });
  let closed = false;
  const fail = (reason: string): void => {
    if (!closed) stdout.destroy(new Error(complaints.trim() === '' ? reason : complaints.trim()));
  };
  child.on('error', ({ message }) => {
    fail(message);
  });
  child.on('exit', (code, signal) => {
    if (code !== 0) fail(signal ? `ffmpeg ended by ${signal}` : `ffmpeg ended with ${code ?? 'no code'}`);
  });
  return {
    samples: stdout,
    close() {
      closed = true;
      child.kill('SIGKILL');
      stdout.destroy();
    },
  };
};

const seconds = (ms: number): string => (ms / 1000).toFixed(6);
