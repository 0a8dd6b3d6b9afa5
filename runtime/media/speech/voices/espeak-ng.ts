import { execFile, spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { Voice } from './voice.ts';
import { voiceFailure } from './voice-failure.ts';

const run = promisify(execFile);
const MOST_COMPLAINT_CHARACTERS = 1000;

/** Name and language tags of what espeak-ng speaks, such as `de` or `en-us`; throws where the program is not there. */
export async function espeakVoices(): Promise<string[]> {
  const { stdout } = await run('espeak-ng', ['--voices']);
  return stdout
    .split('\n')
    .slice(1)
    .flatMap((line) => /^\s*\d+\s+(\S+)/.exec(line)?.[1] ?? []);
}

/** A hundred languages, robotic, works offline; the program speaks as it reads. */
export function createEspeakVoice(name: string, language: string): Voice {
  async function* spoken(text: string, signal: AbortSignal): AsyncGenerator<Buffer> {
    const child = spawn('espeak-ng', ['-v', language, '--stdin', '--stdout', '-b', '1'], { signal });
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (more: string) => {
      complaints = (complaints + more).slice(-MOST_COMPLAINT_CHARACTERS);
    });
    child.stdin.on('error', () => {
      // It has ended, and says why.
    });
    const ended = new Promise<number | null>((resolve) => {
      child.once('error', (error) => {
        complaints += error.message;
        resolve(null);
      });
      child.once('close', resolve);
    });
    child.stdin.end(text);
    try {
      yield* child.stdout as AsyncIterable<Buffer>;
      if ((await ended) !== 0) {
        throw voiceFailure(`The voice "${name}" failed: ${complaints.trim()}.`, false);
      }
    } finally {
      child.kill('SIGKILL');
    }
  }

  return {
    name,
    speak: (text, signal) =>
      Promise.resolve({
        kind: 'stream',
        stream: Readable.from(spoken(text, signal), { objectMode: false }),
        // Its header cannot say how long it will be.
        inputOptions: ['-f', 'wav', '-ignore_length', '1'],
      }),
  };
}
