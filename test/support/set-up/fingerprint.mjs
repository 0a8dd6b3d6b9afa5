import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './paths.mjs';

const NOT_SOURCES = new Set(['node_modules', 'dist']);

/** A hash over the names and contents of files and of all files in folders. */
export function fingerprint(paths, ...more) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesIn)) {
    // Relative, so that a project that is moved is not set up anew.
    hash
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update('\0');
  }
  return hash.update(more.join('\0')).digest('hex');
}

/** Whether a finished step left this fingerprint. */
export const isStamped = (stamp, value) => existsSync(stamp) && readFileSync(stamp, 'utf8') === value;

/** Notes that a step has finished; written last, so that an interrupted step is done again. */
export function writeStamp(stamp, value) {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, value);
}

function filesIn(path) {
  if (!existsSync(path)) {
    return [];
  }
  if (!statSync(path).isDirectory()) {
    return [path];
  }
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !NOT_SOURCES.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => filesIn(join(path, entry.name)));
}
