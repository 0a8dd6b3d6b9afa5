import type { ErrorBody, ErrorCode } from '../../../contract/index.ts';

/** Codes of the runtime's table, and what only the browser can notice. */
export type CallErrorCode = ErrorCode | 'unreachable';

/** Why a call failed, in the runtime's own words. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: CallErrorCode;
  /** What was wrong with which value, when the request was refused for its values. */
  readonly details: readonly string[];

  constructor(code: CallErrorCode, message: string, details: readonly string[] = []) {
    super(message);
    this.code = code;
    this.details = details;
  }

  static fromBody({ code, message, details = [] }: ErrorBody): CallError {
    return new CallError(
      code,
      message,
      details.map((detail) => `${detail.pointer} ${detail.message}`.trim()),
    );
  }

  /** The error as it is; anything else as `internal`. */
  static from(error: unknown): CallError {
    if (error instanceof CallError) {
      return error;
    }
    return new CallError('internal', error instanceof Error ? error.message : String(error));
  }
}

const refusals: readonly CallErrorCode[] = [
  'missing-token',
  'invalid-token',
  'expired-token',
  'unauthorized-role',
];

/** Whether the credential itself is not taken, so that no other call can succeed either. */
export const isRefusal = (code: CallErrorCode): boolean => refusals.includes(code);
