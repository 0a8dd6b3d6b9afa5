import { spawn } from 'node:child_process';

/**
 * A program that reads files and writes a file would go on when this process is killed, and write under the hands of
 * the next run. So the shell beside it ends it when its own standard input ends, which this process holds open.
 */
const LEASHED = `
exec 3<&0
nice -n "$0" "$@" </dev/null &
job=$!
{ read -r _ <&3; kill -KILL $job; } 2>/dev/null &
watch=$!
wait $job
code=$?
kill $watch 2>/dev/null
exit $code`;

const TOLD_COMPLAINTS = 3;

/**
 * Runs an ffmpeg that works on files. It is gone when the promise settles, and soon after this process is.
 *
 * @throws with ffmpeg's own words, or the signal's reason
 */
export const runFileJob = (
  args: readonly string[],
  { niceness, signal }: { niceness: number; signal?: AbortSignal | undefined },
): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(abortReason(signal));
      return;
    }
    const ffmpeg = process.env['FFMPEG_PATH'] ?? 'ffmpeg';
    const child = spawn('/bin/sh', ['-c', LEASHED, String(niceness), ffmpeg, ...args], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    const abort = (): void => {
      child.stdin.end();
    };
    signal?.addEventListener('abort', abort);
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
    child.stdin.on('error', () => {
      // The shell has ended, and `close` says why.
    });
    const settle = (end: () => void): void => {
      signal?.removeEventListener('abort', abort);
      end();
    };
    child.on('error', (error) => {
      settle(() => {
        reject(error);
      });
    });
    child.on('close', (code, killer) => {
      settle(() => {
        if (signal?.aborted === true) reject(abortReason(signal));
        else if (code === 0) resolve();
        else reject(new Error(lastOf(complaints) ?? `ffmpeg ended with ${killer ?? code ?? 'no code'}`));
      });
    });
  });

const lastOf = (complaints: string): string | undefined => {
  const lines = complaints.split('\n').flatMap((line) => line.trim() || []);
  return lines.length === 0 ? undefined : lines.slice(-TOLD_COMPLAINTS).join(' ');
};

const abortReason = ({ reason }: AbortSignal): Error =>
  reason instanceof Error ? reason : new Error('The work was broken off.');
