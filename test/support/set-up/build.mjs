import { existsSync } from 'node:fs';
import { inRoot, projectEnvironment } from './paths.mjs';
import { fingerprint, isStamped, writeStamp } from './fingerprint.mjs';
import { run } from './run.mjs';

const stamp = inRoot('dist/.built-from');
const sources = ['nodes', 'credentials', 'runtime', 'rollup.config.mjs', 'package.json', 'package-lock.json'];
const outputs = ['dist/credentials', 'runtime/dist/main.js'];

/** Builds nodes, runtime and pages, unless what is there was built from these very sources. */
export async function build() {
  const wanted = fingerprint(sources.map((path) => inRoot(path)));
  if (isStamped(stamp, wanted) && outputs.every((path) => existsSync(inRoot(path)))) {
    return;
  }
  await run('Building', inRoot('node_modules/.bin/rollup'), ['--config', '--silent'], {
    env: projectEnvironment(),
  });
  writeStamp(stamp, wanted);
}
