/**
 * Builds the helper for this machine: `node build.mjs FOLDER`, with FOLDER that of node_api.h (package
 * `node-api-headers`, folder `include`). Needs a C compiler named `cc`, or the one in CC.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [headers] = process.argv.slice(2);
if (headers === undefined) {
  throw new Error('Give the folder of node_api.h.');
}
const source = join(import.meta.dirname, 'packet-sender.c');
const hash = createHash('sha256').update(readFileSync(source)).digest('hex');
const output = join(import.meta.dirname, `${process.platform}-${process.arch}.node`);
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
    `-DSOURCE_SHA256="${hash}"`,
    '-o',
    output,
    source,
  ],
  { stdio: 'inherit' },
);
