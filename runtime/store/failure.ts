import { RoomflowError } from '../contract/index.ts';

// https://www.sqlite.org/rescode.html#full
const sqliteFull = 13;
/** Busy, locked, out of memory, read-only, I/O error, full, cannot be opened. */
const sqlitePassing: readonly number[] = [5, 6, 7, 8, 10, sqliteFull, 14];

const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode
    : undefined;

/** A full disk is the operator's to mend and has its own code; the rest stays what it is. */
export function storeFailure(error: unknown): unknown {
  const code = codeOf(error);
  return code !== undefined && (code & 0xff) === sqliteFull
    ? new RoomflowError('disk-full', 'The database cannot grow: the disk is full. Free some space.', {
        cause: error,
      })
    : error;
}

/** Whether the store may take later what it refuses now: nothing was wrong with what was to be written. */
export function isPassingFailure(error: unknown): boolean {
  const code = codeOf(error instanceof RoomflowError ? error.cause : error);
  return code !== undefined && sqlitePassing.includes(code & 0xff);
}
