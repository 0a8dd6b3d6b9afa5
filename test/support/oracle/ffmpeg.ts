import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

export type FfmpegSinks = {
  /** Bytes written to `pipe:1`. */
  onFirstOutput?: (chunk: Buffer) => void;
  /** Bytes written to `pipe:3`. */
  onSecondOutput?: (chunk: Buffer) => void;
  /** Each line of the log, with ffmpeg's `[level]` tag in it. */
  onLogLine?: (line: string) => void;
};

/**
 * Runs ffmpeg to its end.
 *
 * @throws when ffmpeg exits with another code than 0; the message holds the errors it logged.
 */
export async function runFfmpeg(args: readonly string[], sinks: FfmpegSinks = {}): Promise<void> {
  const errors: string[] = [];
  const child = spawn(
    'ffmpeg',
    ['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'level+info', ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  );
  const [, firstPipe, log, secondPipe] = child.stdio;
  const drained = [
    drain(firstPipe, sinks.onFirstOutput),
    drain(secondPipe, sinks.onSecondOutput),
    (async () => {
      for await (const line of createInterface({ input: readable(log) })) {
        if (isErrorLine(line)) {
          errors.push(line);
        }
        sinks.onLogLine?.(line);
      }
    })(),
  ];
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  await Promise.all(drained);
  if (code !== 0) {
    throw new Error(`ffmpeg ${args.join(' ')} exited with ${code}:\n${errors.join('\n')}`);
  }
}

/** Whether ffmpeg logged this line as an error rather than as a warning or information. */
export function isErrorLine(line: string): boolean {
  return /\[(error|fatal|panic)\]/.test(line);
}

async function drain(stream: unknown, sink: ((chunk: Buffer) => void) | undefined): Promise<void> {
  for await (const chunk of readable(stream)) {
    sink?.(chunk as Buffer);
  }
}

function readable(stream: unknown): Readable {
  if (!(stream instanceof Readable)) {
    throw new TypeError('ffmpeg was started without one of its pipes');
  }
  return stream;
}
