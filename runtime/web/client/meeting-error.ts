import type { ErrorBody, ErrorCode } from '../../contract/index.ts';

/** Codes of the runtime's table, and what only the browser can notice. */
export type MeetingErrorCode = ErrorCode | 'unreachable' | 'connection-lost' | 'no-answer';

/** Why a request or the whole meeting failed. `retryable`: the same again may work. */
export class MeetingError extends Error {
  override readonly name = 'MeetingError';
  readonly code: MeetingErrorCode;
  readonly retryable: boolean;

  constructor(code: MeetingErrorCode, message: string, retryable: boolean) {
    super(message);
    this.code = code;
    this.retryable = retryable;
  }

  static fromBody(body: ErrorBody): MeetingError {
    return new MeetingError(body.code, body.message, body.retryable);
  }

  /** The error as it is; anything else as `internal`. */
  static from(error: unknown): MeetingError {
    if (error instanceof MeetingError) {
      return error;
    }
    return new MeetingError('internal', error instanceof Error ? error.message : String(error), true);
  }
}
