import { RoomflowError } from '../contract/index.ts';

// https://www.sqlite.org/rescode.html#full
const sqliteFull = 13;

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
