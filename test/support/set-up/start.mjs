/**
 * `node start.mjs` does the set-up; `node start.mjs <script> [arguments]` then runs a script on Node 24.
 *
 * One program does both because a shell that has run the machine's own `node` once would run it again, even
 * though Node 24 leads PATH by then.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { projectEnvironment, projectNode, root } from './paths.mjs';
import { orExplain, setUp } from './set-up.mjs';

const [script, ...args] = process.argv.slice(2);

// `npm run set-up` makes the machine ready for everything.
if ((await orExplain(() => setUp({ forTests: script === undefined }))) && script !== undefined) {
  const child = spawn(projectNode, [script, ...args], {
    cwd: root,
    env: projectEnvironment(),
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => child.kill(signal));
  }
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}
