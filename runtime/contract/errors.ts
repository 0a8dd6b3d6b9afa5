/** Who can mend an error: the caller, the place media is sent to, or the operator of the runtime. */
export type Fault = 'user' | 'destination' | 'runtime';

type ErrorRow = {
  readonly status: number;
  /** VideoSDK's meeting error number, where it has one for this case. */
  readonly videosdk?: number;
  readonly retryable: boolean;
  readonly fault: Fault;
};

/**
 * The one table of errors: stable code, HTTP status, VideoSDK number, whether trying again can help and
 * whose fault it is. Codes are never renamed; messages may change.
 */
export const errorTable = {
  'invalid-request': { status: 400, retryable: false, fault: 'user' },
  'invalid-signalling': { status: 400, retryable: false, fault: 'user' },
  'invalid-sdp': { status: 400, retryable: false, fault: 'user' },
  'invalid-config': { status: 400, retryable: false, fault: 'user' },
  'missing-token': { status: 401, videosdk: 4002, retryable: false, fault: 'user' },
  'invalid-token': { status: 401, videosdk: 4002, retryable: false, fault: 'user' },
  'expired-token': { status: 401, videosdk: 4002, retryable: false, fault: 'user' },
  'foreign-token': { status: 401, videosdk: 4001, retryable: false, fault: 'user' },
  'invalid-permissions': { status: 403, videosdk: 4008, retryable: false, fault: 'user' },
  'unauthorized-room': { status: 403, videosdk: 4022, retryable: false, fault: 'user' },
  'unauthorized-participant': { status: 403, videosdk: 4023, retryable: false, fault: 'user' },
  'unauthorized-role': { status: 403, videosdk: 4024, retryable: false, fault: 'user' },
  'unauthorized-request': { status: 403, videosdk: 4025, retryable: false, fault: 'user' },
  'entry-denied': { status: 403, retryable: false, fault: 'user' },
  'room-not-found': { status: 404, videosdk: 4003, retryable: false, fault: 'user' },
  'room-closed': { status: 404, videosdk: 4003, retryable: false, fault: 'user' },
  'session-not-found': { status: 404, retryable: false, fault: 'user' },
  'no-live-session': { status: 404, retryable: true, fault: 'user' },
  'participant-not-found': { status: 404, videosdk: 4004, retryable: false, fault: 'user' },
  'track-not-found': { status: 404, retryable: true, fault: 'user' },
  'recording-not-found': { status: 404, retryable: false, fault: 'user' },
  'step-not-found': { status: 404, retryable: false, fault: 'user' },
  'file-not-found': { status: 404, retryable: false, fault: 'user' },
  'route-not-found': { status: 404, retryable: false, fault: 'user' },
  'method-not-allowed': { status: 405, retryable: false, fault: 'user' },
  'room-id-taken': { status: 409, retryable: false, fault: 'user' },
  'participant-replaced': { status: 409, videosdk: 4005, retryable: false, fault: 'user' },
  'participant-removed': { status: 403, retryable: false, fault: 'user' },
  'already-recording': { status: 409, videosdk: 4018, retryable: false, fault: 'user' },
  'not-recording': { status: 409, videosdk: 4036, retryable: false, fault: 'user' },
  'room-not-recording': { status: 409, videosdk: 4012, retryable: false, fault: 'user' },
  'composite-not-recording': { status: 409, videosdk: 4040, retryable: false, fault: 'user' },
  'already-livestreaming': { status: 409, videosdk: 4019, retryable: false, fault: 'user' },
  'not-livestreaming': { status: 409, videosdk: 4014, retryable: false, fault: 'user' },
  'livestream-not-found': { status: 404, retryable: false, fault: 'user' },
  'output-not-found': { status: 404, retryable: false, fault: 'user' },
  'invalid-livestream-config': { status: 422, videosdk: 4015, retryable: false, fault: 'user' },
  'address-not-allowed': { status: 422, videosdk: 4015, retryable: false, fault: 'user' },
  'already-hls': { status: 409, videosdk: 4020, retryable: false, fault: 'user' },
  'not-hls': { status: 409, videosdk: 4017, retryable: false, fault: 'user' },
  'hls-not-found': { status: 404, retryable: false, fault: 'user' },
  'hls-gone': { status: 404, retryable: true, fault: 'user' },
  'nothing-to-capture': { status: 409, retryable: true, fault: 'user' },
  'invalid-composition': { status: 422, retryable: false, fault: 'user' },
  'image-unusable': { status: 422, retryable: false, fault: 'user' },
  'already-composite-recording': { status: 409, videosdk: 4039, retryable: false, fault: 'user' },
  'already-transcribing': { status: 409, retryable: false, fault: 'user' },
  'not-transcribing': { status: 409, retryable: false, fault: 'user' },
  'transcription-not-found': { status: 404, retryable: false, fault: 'user' },
  'nothing-to-transcribe': { status: 422, retryable: false, fault: 'user' },
  'unknown-engine': { status: 422, retryable: false, fault: 'user' },
  'unknown-voice': { status: 422, retryable: false, fault: 'user' },
  'unsupported-language': { status: 422, retryable: false, fault: 'user' },
  'engine-not-ready': { status: 503, retryable: false, fault: 'runtime' },
  'play-not-found': { status: 404, retryable: false, fault: 'user' },
  'unplayable-audio': { status: 422, retryable: false, fault: 'user' },
  'not-server-side': { status: 409, retryable: false, fault: 'user' },
  'participant-busy': { status: 409, retryable: true, fault: 'user' },
  'too-many-plays': { status: 429, retryable: true, fault: 'user' },
  'tap-ended': { status: 409, retryable: false, fault: 'user' },
  'poll-not-found': { status: 404, retryable: false, fault: 'user' },
  'poll-closed': { status: 409, retryable: false, fault: 'user' },
  'already-voted': { status: 409, retryable: false, fault: 'user' },
  'question-not-found': { status: 404, retryable: false, fault: 'user' },
  'question-closed': { status: 409, retryable: false, fault: 'user' },
  'not-invited': { status: 403, videosdk: 4025, retryable: false, fault: 'user' },
  'step-not-running': { status: 409, retryable: false, fault: 'user' },
  'invalid-step-params': { status: 422, retryable: false, fault: 'user' },
  'invalid-graph': { status: 422, retryable: false, fault: 'user' },
  'graph-not-found': { status: 404, retryable: false, fault: 'user' },
  'graph-instance-not-found': { status: 404, retryable: false, fault: 'user' },
  'graph-instance-ended': { status: 409, retryable: false, fault: 'user' },
  'too-many-steps': { status: 429, retryable: true, fault: 'user' },
  'too-many-encoders': { status: 503, retryable: true, fault: 'runtime' },
  'sealed-value-unreadable': { status: 500, retryable: false, fault: 'runtime' },
  'room-full': { status: 403, videosdk: 4009, retryable: true, fault: 'user' },
  'body-too-large': { status: 413, retryable: false, fault: 'user' },
  'unsupported-media-type': { status: 415, retryable: false, fault: 'user' },
  'too-many-requests': { status: 429, retryable: true, fault: 'user' },
  'start-recording-failed': { status: 500, videosdk: 4035, retryable: true, fault: 'runtime' },
  'recording-failed': { status: 500, videosdk: 5012, retryable: true, fault: 'runtime' },
  'disk-full': { status: 507, videosdk: 5012, retryable: true, fault: 'runtime' },
  'livestream-failed': { status: 502, videosdk: 5002, retryable: true, fault: 'destination' },
  'hls-failed': { status: 500, videosdk: 5003, retryable: true, fault: 'runtime' },
  'composition-failed': { status: 500, videosdk: 5014, retryable: true, fault: 'runtime' },
  'start-transcription-failed': { status: 500, videosdk: 4031, retryable: true, fault: 'runtime' },
  'transcription-failed': { status: 500, videosdk: 5007, retryable: true, fault: 'runtime' },
  'engine-failed': { status: 502, videosdk: 5007, retryable: true, fault: 'destination' },
  'engine-rate-limited': { status: 502, videosdk: 5007, retryable: true, fault: 'destination' },
  'engine-unauthorized': { status: 502, videosdk: 5007, retryable: false, fault: 'runtime' },
  'summary-failed': { status: 502, retryable: true, fault: 'destination' },
  'voice-failed': { status: 502, retryable: true, fault: 'destination' },
  'play-failed': { status: 500, retryable: true, fault: 'runtime' },
  'merge-failed': { status: 500, videosdk: 5012, retryable: true, fault: 'runtime' },
  'data-folder-unusable': { status: 500, retryable: false, fault: 'runtime' },
  'data-folder-in-use': { status: 500, retryable: false, fault: 'runtime' },
  'port-in-use': { status: 500, retryable: false, fault: 'runtime' },
  'ffmpeg-missing': { status: 500, retryable: false, fault: 'runtime' },
  'ffmpeg-too-old': { status: 500, retryable: false, fault: 'runtime' },
  'worker-lost': { status: 503, retryable: true, fault: 'runtime' },
  'runtime-stopping': { status: 503, retryable: true, fault: 'runtime' },
  'webhook-refused': { status: 502, retryable: true, fault: 'destination' },
  internal: { status: 500, videosdk: 4000, retryable: true, fault: 'runtime' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

export const errorCodes = Object.keys(errorTable) as readonly ErrorCode[];

/** True when `value` is a code of the table; used where an error crosses a process border as JSON. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorTable, value);
}

/** A value that was refused: where it stands (a JSON pointer), and what is wrong with it. */
export type ErrorDetail = {
  pointer: string;
  message: string;
  /** Of graph documents: which problem it is, what was found there, and what to write instead. */
  code?: string;
  received?: unknown;
  suggestion?: string | null;
};

/** The body that every failed call answers: HTTP, signalling and worker messages alike. */
export type ErrorBody = {
  statusCode: number;
  code: ErrorCode;
  /** VideoSDK's number, when it has one. */
  errorCode?: number;
  message: string;
  retryable: boolean;
  fault: Fault;
  /** JSON pointers and messages of each rejected value, when the request was malformed. */
  details?: ErrorDetail[];
};

/**
 * An expected failure. The message names the received value and what to do about it.
 *
 * @example throw new RoomflowError('room-not-found', `No room "${roomId}". Create it with POST /v2/rooms.`);
 */
export class RoomflowError extends Error {
  override readonly name = 'RoomflowError';
  readonly code: ErrorCode;
  readonly details: ErrorDetail[] | undefined;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: ErrorDetail[] } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  toBody(): ErrorBody {
    const row: ErrorRow = errorTable[this.code];
    return {
      statusCode: row.status,
      code: this.code,
      ...(row.videosdk === undefined ? {} : { errorCode: row.videosdk }),
      message: this.message,
      retryable: row.retryable,
      fault: row.fault,
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }

  /** Rebuilds an error from its body, as it comes from a worker or a peer of the API. */
  static fromBody(body: Pick<ErrorBody, 'code' | 'message'> & Partial<ErrorBody>): RoomflowError {
    return new RoomflowError(body.code, body.message, body.details ? { details: body.details } : {});
  }

  /** The error as it is, or anything else as `internal` with the original as its cause. */
  static from(error: unknown): RoomflowError {
    if (error instanceof RoomflowError) {
      return error;
    }
    const message = error instanceof Error ? error.message : String(error);
    return new RoomflowError('internal', message, { cause: error });
  }
}
