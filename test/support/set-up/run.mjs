import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { say, SetUpError } from './progress.mjs';
import { root } from './paths.mjs';

const HEARTBEAT_MS = 5_000;
const SHOWN_ON_FAILURE = 40;

/**
 * Runs a long program, with a line every few seconds that tells it still works, and what it last said.
 *
 * @param {string} label what the user is waiting for
 * @throws {SetUpError} when it fails, with the end of its output
 */
export async function run(label, command, args, { cwd = root, env = process.env } = {}) {
  const startedAt = Date.now();
  const lines = [];
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  const heartbeat = setInterval(() => {
    const latest =
      lines
        .findLast((line) => !line.startsWith('npm warn'))
        ?.trim()
        .slice(0, 80) ?? '';
    say(`  … ${label}: ${seconds()} s${latest === '' ? '' : `, ${latest}`}`);
  }, HEARTBEAT_MS);
  say(`${label} …`);
  try {
    const code = await ended(command, args, { cwd, env }, (line) => lines.push(line));
    if (code !== 0) {
      const shown = lines.slice(-SHOWN_ON_FAILURE).join('\n');
      throw new SetUpError(`${label} did not succeed (${command} ${args.join(' ')}: ${code}).\n${shown}`);
    }
  } finally {
    clearInterval(heartbeat);
  }
  say(`${label}: done in ${seconds()} s`);
}

/** What a program prints, or undefined when there is no such program or it fails. */
export async function outputOf(command, args, options = {}) {
  const lines = [];
  try {
    const code = await ended(command, args, options, (line) => lines.push(line));
    return code === 0 ? lines.join('\n') : undefined;
  } catch (error) {
    if (error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/** Resolves with the exit code, or the name of the signal that ended the program. */
function ended(command, args, options, take) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', take);
    }
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
}
