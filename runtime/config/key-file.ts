import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';

const privateMode = 0o600;

/**
 * The text of a file that only its owner may read. Made by `create` when it is not there: written aside,
 * synced and linked into place, so that neither a crash nor a second process can leave half a key.
 * A mode that lets others in is mended.
 */
export function keyFile(path: string, create: () => string): string {
  const existing = readPrivate(path);
  if (existing !== undefined) {
    return existing;
  }
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  const descriptor = openSync(aside, 'wx', privateMode);
  try {
    writeFileSync(descriptor, create());
    fsyncSync(descriptor);
    linkSync(aside, path);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) {
      throw error;
    }
  } finally {
    closeSync(descriptor);
    rmSync(aside, { force: true });
  }
  const written = readPrivate(path);
  if (written === undefined) {
    throw new Error(`The key file ${path} went away while it was being made.`);
  }
  return written;
}

function readPrivate(path: string): string | undefined {
  try {
    if ((statSync(path).mode & 0o777) !== privateMode) {
      chmodSync(path, privateMode);
    }
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) {
      return undefined;
    }
    throw error;
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
