import { RoomflowError } from '../contract/index.ts';

/** A place in a log: everything up to and including `seq` was seen. */
export type Cursor = { epoch: string; seq: number };

export const cursorText = ({ epoch, seq }: Cursor): string => `${epoch}:${seq}`;

/**
 * `<epoch>:<seq>`, `latest` or `earliest`.
 *
 * @throws RoomflowError `invalid-request`
 */
export function parseCursor(text: string): Cursor | 'latest' | 'earliest' {
  if (text === 'latest' || text === 'earliest') {
    return text;
  }
  const match = /^([A-Za-z0-9_-]+):(\d{1,15})$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new RoomflowError(
      'invalid-request',
      `"${text.slice(0, 100)}" is not an event cursor. Send one that an event or "ready" gave you, "latest" or "earliest".`,
    );
  }
  return { epoch: match[1], seq: Number(match[2]) };
}

/** Why a cursor could not be followed: of another log, beyond the end of this one, or events since are pruned. */
export type ResetReason = 'other-log' | 'beyond-end' | 'pruned';

/** Where reading begins, and the reason when that is not where the cursor pointed. */
export function startOf(
  cursor: Cursor | 'latest' | 'earliest',
  log: { epoch: string; first: number; last: number },
): { after: number; reset: ResetReason | null } {
  const beginning = Math.max(0, log.first - 1);
  if (cursor === 'latest') {
    return { after: log.last, reset: null };
  }
  if (cursor === 'earliest') {
    return { after: beginning, reset: null };
  }
  if (cursor.epoch !== log.epoch) {
    return { after: beginning, reset: 'other-log' };
  }
  // The store was put back to an older copy.
  if (cursor.seq > log.last) {
    return { after: beginning, reset: 'beyond-end' };
  }
  return cursor.seq < beginning ? { after: beginning, reset: 'pruned' } : { after: cursor.seq, reset: null };
}
