import type { ErrorBody, ErrorCode, ErrorDetail } from '../../../runtime/contract/index.ts';

/** Why a call did not succeed: the runtime's own code, or what stood between n8n and the runtime. */
export type RuntimeErrorCode = ErrorCode | 'unreachable' | 'invalid-base-url' | 'not-roomflow';

/** A call to the runtime that did not succeed, worded for the person who builds the workflow. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
  readonly code: RuntimeErrorCode;
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  /** What to do about it. */
  readonly description: string;
  readonly retryable: boolean;

  constructor(options: {
    code: RuntimeErrorCode;
    status?: number;
    message: string;
    description: string;
    retryable: boolean;
  }) {
    super(options.message);
    this.code = options.code;
    this.status = options.status;
    this.description = options.description;
    this.retryable = options.retryable;
  }
}

type Wording = { message: string; todo?: string };

const key =
  'Open the Roomflow credential and enter the server key of this runtime, or a token made with “roomflow token”.';
const rights = 'Use the server key, or a token whose permissions and room allow this.';

/** Short titles in n8n's words; the runtime's own message, which names the value, goes below them. */
const wordings: Partial<Record<ErrorCode, Wording>> = {
  'missing-token': { message: 'The credential holds no API key', todo: key },
  'invalid-token': { message: 'The runtime does not accept the API key', todo: key },
  'expired-token': { message: 'The token of the credential has expired', todo: key },
  'foreign-token': { message: 'The token belongs to another runtime', todo: key },
  'invalid-permissions': { message: 'The API key may not do this', todo: rights },
  'unauthorized-room': { message: 'The token is for another room', todo: rights },
  'unauthorized-participant': { message: 'The token is for another participant', todo: rights },
  'unauthorized-role': { message: 'The token may not call the API', todo: rights },
  'unauthorized-request': { message: 'The API key may not do this', todo: rights },
  'room-not-found': {
    message: 'There is no such room',
    todo: 'Pick a room from the list, or make one with the Create Room node.',
  },
  'room-closed': { message: 'The room is closed', todo: 'Reopen it with Meeting → Room → Reopen.' },
  'room-id-taken': {
    message: 'The room with this ID is closed',
    todo: 'Choose another Room ID, or open it again with Meeting → Room → Reopen.',
  },
  'session-not-found': { message: 'There is no such session' },
  'no-live-session': {
    message: 'Nobody is in the room',
    todo: 'Start the workflow from Participant Joined, or run it while somebody is in the room.',
  },
  'participant-not-found': {
    message: 'The participant is not in the room',
    todo: 'Pick a participant from the list; it shows who is in the room now.',
  },
  'track-not-found': {
    message: 'The participant does not publish this track',
    todo: 'Ask the guest to turn on the microphone or camera, or raise the option Wait for Media.',
  },
  'recording-not-found': { message: 'There is no such recording' },
  'step-not-found': {
    message: 'There is no such step',
    todo: 'Pick one that runs from the list, or take the stepId that Start hands on.',
  },
  'already-recording': {
    message: 'This is being recorded already',
    todo: 'Stop the running recording first, or go on with its stepId.',
  },
  'not-recording': { message: 'This is not being recorded' },
  'already-livestreaming': {
    message: 'The room is live already',
    todo: 'Add a platform with Destination → Add, or stop the running livestream first.',
  },
  'not-livestreaming': { message: 'The room is not live' },
  'output-not-found': {
    message: 'The livestream has no such destination',
    todo: 'Take the outputId from what Livestream → Get lists under outputs.',
  },
  'invalid-livestream-config': {
    message: 'A destination is not complete',
    todo: 'Give the server URL and the stream key as the platform shows them.',
  },
  'address-not-allowed': { message: 'The runtime may not send to this address' },
  'already-hls': {
    message: 'The room is being streamed already',
    todo: 'Go on with HLS → Get, or stop the running stream first.',
  },
  'not-hls': { message: 'The room is not being streamed' },
  'nothing-to-capture': {
    message: 'There is no picture of this time',
    todo: 'Capture while the stream runs, or give a time within it.',
  },
  'image-unusable': {
    message: 'An image of the picture cannot be used',
    todo: 'Give a link to a PNG, JPEG, WebP or SVG that the runtime can reach.',
  },
  'already-transcribing': {
    message: 'This is being transcribed already',
    todo: 'Go on with Transcribe → Get, or stop the running transcription first.',
  },
  'not-transcribing': {
    message: 'The room is not being transcribed',
    todo: 'Start it with Transcribe → Live Room → Start.',
  },
  'transcription-not-found': { message: 'There is no such transcription' },
  'nothing-to-transcribe': { message: 'The recording holds no sound' },
  'unknown-engine': {
    message: 'The runtime has no such speech engine',
    todo: 'Pick one from the list, or name it in the setting speechEngines of the runtime.',
  },
  'unknown-voice': {
    message: 'The runtime has no such voice',
    todo: 'Pick one from the list, or name it in the setting speechVoices of the runtime.',
  },
  'unsupported-language': {
    message: 'The speech engine does not know this language',
    todo: 'Choose another engine, or leave the language out.',
  },
  'engine-not-ready': { message: 'The speech engine cannot be started' },
  'play-not-found': { message: 'There is no such play' },
  'unplayable-audio': {
    message: 'This cannot be played',
    todo: 'Give a sound or film that ffmpeg reads, such as WAV, MP3, Ogg or MP4.',
  },
  'not-server-side': {
    message: 'This participant is a person',
    todo: 'Choose a participant ID that nobody in the room has.',
  },
  'tap-ended': { message: 'The tap has ended' },
  'poll-not-found': { message: 'There is no such poll' },
  'poll-closed': { message: 'The poll is closed already' },
  'question-not-found': { message: 'There is no such question' },
  'step-not-running': { message: 'The step has ended already' },
  'invalid-graph': { message: 'The graph is not valid' },
  'graph-not-found': {
    message: 'There is no such graph',
    todo: 'Pick one from the list, or take the graphId that Run hands on.',
  },
  'graph-instance-not-found': { message: 'Nothing of this kind runs of the graph' },
  'graph-instance-ended': { message: 'This part of the graph has ended already' },
  'too-many-steps': {
    message: 'So much is done in this room already that the runtime takes no more',
    todo: 'Stop something in this room, or raise the setting maxStepsPerRoom of the runtime.',
  },
  'too-many-encoders': {
    message: 'The runtime encodes as much as it can already',
    todo: 'Stop a recording or stream of a room, or raise the setting maxEncoders of the runtime.',
  },
  'invalid-request': { message: 'The runtime does not accept these values' },
  'invalid-step-params': { message: 'The runtime does not accept these values' },
  'disk-full': {
    message: 'The disk of the runtime is full',
    todo: 'Delete old recordings or enlarge the disk.',
  },
  'worker-lost': { message: 'The media worker of this room has just been restarted', todo: 'Try again.' },
  'runtime-stopping': { message: 'The runtime is stopping', todo: 'Try again when it has started.' },
  'too-many-requests': {
    message: 'Too many calls to the runtime',
    todo: 'Turn on Retry On Fail in the settings.',
  },
};

function isErrorBody(body: unknown): body is ErrorBody {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    typeof body.code === 'string' &&
    'message' in body &&
    typeof body.message === 'string'
  );
}

/** The sentences of a message without those that speak of HTTP paths, which are for programs. */
function forPeople(message: string): string {
  return message
    .split(/(?<=\.) (?=[A-Z])/)
    .filter((sentence) => !sentence.includes('/v2/'))
    .join(' ');
}

/** Where something is wrong, what it is, and what may have been meant. */
function factOf({ pointer, message, suggestion }: ErrorDetail): string {
  const meant = typeof suggestion === 'string' ? ` Did you mean “${suggestion}”?` : '';
  return `${pointer || '/'} ${message}.${meant}`;
}

/** What an answer with an error status means. Anything but the runtime's own error body: not a runtime. */
export function errorOfAnswer(status: number, body: unknown, baseUrl: string): RuntimeError {
  if (!isErrorBody(body)) {
    return new RuntimeError({
      code: 'not-roomflow',
      status,
      message: `${baseUrl} does not answer as a Roomflow runtime (HTTP ${status})`,
      description: 'Check the Base URL of the Roomflow credential, and any proxy in between.',
      retryable: status >= 500,
    });
  }
  const wording = wordings[body.code];
  const details = (body.details ?? []).map(factOf);
  // The message sums the details up where there are any.
  const facts = details.length > 0 ? details : [forPeople(body.message)];
  const sentences = [...facts, wording?.todo].filter((part) => part !== undefined);
  return new RuntimeError({
    code: body.code,
    status,
    message: wording?.message ?? body.message,
    description: wording === undefined ? details.join(' ') : sentences.join(' '),
    retryable: body.retryable,
  });
}

/** What it means that no answer came at all. */
export function errorOfSilence(baseUrl: string, cause: string): RuntimeError {
  return new RuntimeError({
    code: 'unreachable',
    message: `The Roomflow runtime cannot be reached at ${baseUrl}`,
    description: `Start it with “roomflow serve” and check the Base URL of the credential. When n8n runs in a container, 127.0.0.1 is the container itself: use the address of the machine that runs the runtime. (${cause})`,
    retryable: true,
  });
}

export function errorOfBaseUrl(value: unknown): RuntimeError {
  return new RuntimeError({
    code: 'invalid-base-url',
    message: `The Base URL "${String(value)}" of the Roomflow credential is not a URL`,
    description: 'It looks like http://127.0.0.1:7890.',
    retryable: false,
  });
}

/**
 * True for what only a person can mend in the credential or the node: waiting does not help. Everything
 * else may pass by itself.
 */
export function isConfigurationError(error: unknown): error is RuntimeError {
  if (!(error instanceof RuntimeError)) {
    return false;
  }
  const refused = error.status === 401 || error.status === 403 || error.status === 404;
  return error.code === 'invalid-base-url' || (refused && !error.retryable);
}
