import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { Readable } from 'node:stream';
import type { Writable } from 'node:stream';
import createCommand from 'fluent-ffmpeg';
import type { SocketPair } from './socket-pair.ts';

export type CodecProcessOptions = {
  inputOptions: string[];
  outputOptions: string[];
  /** What comes out: in chunks that are memory of their own, or to whoever has opened the pair. */
  output: ((chunk: Buffer) => void) | SocketPair;
  /** What filters write to `pipe:3`, as it comes; the pipe is there only when somebody reads it. */
  onNotes?: (text: string) => void;
  /** The process has ended, with the last it complained of. Called once, not after {@link CodecProcess.close}. */
  onEnd: (complaints: string) => void;
};

/** An ffmpeg that decodes or encodes what is written to it while it comes. */
export type CodecProcess = {
  readonly pid: number | undefined;
  /** Bytes that the process has not taken yet. */
  readonly queuedBytes: number;
  /**
   * Lets what comes out wait in the pipe, and what is more in the process, until {@link takeOutput}. The end of the process
   * is not seen either meanwhile.
   */
  holdOutput(): void;
  takeOutput(): void;
  /** Writes parts one after the other; they must not be changed before `onTaken` is called. */
  write(parts: readonly Uint8Array[], onTaken?: () => void): void;
  /** Ends the process. Resolves when it is gone; one that does not end by itself is killed. */
  close(): Promise<void>;
};

const END_MS = 1000;
const MOST_COMPLAINT_CHARACTERS = 2000;

/** Starts an ffmpeg between two pipes. */
export const startCodecProcess = (options: CodecProcessOptions): CodecProcess => {
  const { output } = options;
  const child = spawn(process.env['FFMPEG_PATH'] ?? 'ffmpeg', argumentsOf(options), {
    stdio: [
      'pipe',
      typeof output === 'function' ? 'pipe' : output.far,
      'pipe',
      ...(options.onNotes ? (['pipe'] as const) : []),
    ],
  });
  // It comes also where there is nothing to listen to it below.
  child.on('error', () => undefined);
  const { stdin, stdout, stderr } = pipesOf(child, output);
  const notes = child.stdio[3];
  if (notes instanceof Readable && options.onNotes) {
    notes.setEncoding('utf8').on('data', options.onNotes);
  }
  let closing = false;
  let complaints = '';
  if (typeof output === 'function') {
    stdout.on('data', (chunk: Buffer) => {
      if (!closing) output(chunk);
    });
  }
  stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-MOST_COMPLAINT_CHARACTERS);
  });
  // The process has closed its end: it is ending, and `close` says why.
  stdin.on('error', () => undefined);
  stdout.on('error', () => undefined);
  const gone = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      complaints += error.message;
      stdout.destroy();
      resolve();
    });
    child.on('close', () => {
      if (stdout.closed) resolve();
      else stdout.on('close', resolve);
    });
  });
  void gone.then(() => {
    if (!closing) options.onEnd(complaints.trim());
  });

  return {
    pid: child.pid,
    get queuedBytes() {
      return stdin.writableLength;
    },
    holdOutput() {
      stdout.pause();
    },
    takeOutput() {
      stdout.resume();
    },
    write(parts, onTaken) {
      const last = parts.length - 1;
      stdin.cork();
      parts.forEach((part, index) => stdin.write(part, index === last && onTaken ? onTaken : undefined));
      stdin.uncork();
    },
    async close() {
      closing = true;
      // A process is gone when all that came out of it was read.
      stdout.resume();
      stdin.end();
      const killer = setTimeout(() => child.kill('SIGKILL'), END_MS);
      await gone;
      clearTimeout(killer);
    },
  };
};

/** The process's own descriptors, or the end of the pair that it was not given. */
const pipesOf = (
  child: ChildProcess,
  output: CodecProcessOptions['output'],
): { stdin: Writable; stdout: Readable; stderr: Readable } => {
  // Node gives none at all to a process that it could not start for want of descriptors.
  const { stdin, stdout, stderr }: Partial<ChildProcess> = child;
  const read = typeof output === 'function' ? stdout : output.near;
  if (!stdin || !read || !stderr) throw new Error('There are no descriptors left for ffmpeg');
  if (typeof output !== 'function') output.far.destroy();
  return { stdin, stdout: read, stderr };
};

const argumentsOf = ({ inputOptions, outputOptions }: CodecProcessOptions): string[] =>
  createCommand()
    .input('pipe:0')
    .inputOptions(['-hide_banner', '-loglevel', 'error', '-nostats', '-nostdin', ...inputOptions])
    .output('pipe:1')
    .outputOptions(outputOptions)
    ._getArguments();
