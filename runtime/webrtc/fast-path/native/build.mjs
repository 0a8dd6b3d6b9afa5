/**
 * Builds the helper for this machine: `node build.mjs FOLDER`, with FOLDER that of node_api.h (package
 * `node-api-headers`, folder `include`). Needs a C compiler named `cc`, or the one in CC.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const [headers] = process.argv.slice(2);
if (headers === undefined) {
  throw new Error('Give the folder of node_api.h.');
}
const folder = import.meta.dirname;
const files = readdirSync(folder).filter((name) => /\.[ch]$/.test(name));
const sources = files.filter((name) => name.endsWith('.c')).map((name) => join(folder, name));
const output = join(folder, `${process.platform}-${process.arch}.node`);
execFileSync(
  process.env['CC'] ?? 'cc',
  [
    '-std=c11',
    '-O2',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-fPIC',
    '-shared',
    '-fstack-protector-strong',
    '-s',
    '-Wl,-z,relro,-z,now',
    `-I${headers}`,
    `-DSOURCE_SHA256="${hashOf(files)}"`,
    '-o',
    output,
    ...sources,
  ],
  { stdio: 'inherit' },
);

/** SHA-256 of all sources, one behind the other in the order of their names. */
function hashOf(names) {
  const hash = createHash('sha256');
  for (const name of names.toSorted()) {
    hash.update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
}
