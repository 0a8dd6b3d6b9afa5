import { build } from './build.mjs';
import { installN8nHost } from './n8n-host.mjs';
import { installNodePackages } from './node-packages.mjs';
import { say, SetUpError } from './progress.mjs';
import {
  aiortc,
  chromium,
  espeak,
  ffmpeg,
  installSystemPackages,
  pocketsphinx,
  pythonWebSockets,
  rtmpServer,
} from './system-packages.mjs';

/**
 * Makes a fresh machine ready for the demo and the tests. Each step looks first and does nothing where
 * nothing is missing. Runs on whatever Node 20 or newer the machine has, and needs no package.
 *
 * @param {{ built?: boolean, forTests?: boolean }} options `built: false` leaves the build to the caller;
 *   `forTests: true` installs what only tests need too
 * @throws {SetUpError} that says what the user has to do
 */
export async function setUp({ built = true, forTests = false } = {}) {
  await installNodePackages();
  await installSystemPackages([
    ...[ffmpeg, chromium, pocketsphinx, espeak],
    ...(forTests ? [rtmpServer, pythonWebSockets, aiortc] : []),
  ]);
  await installN8nHost();
  if (built) {
    await build();
  }
}

/** Runs a step; what the user can mend is told without a stack trace, and the process is to exit with 1. */
export async function orExplain(step) {
  try {
    await step();
    return true;
  } catch (error) {
    if (!(error instanceof SetUpError)) {
      throw error;
    }
    say(error.message);
    process.exitCode = 1;
    return false;
  }
}
