import type { ErrorBody, SignallingEvents, SignallingNotification } from '../../contract/index.ts';

export type ServerMessage =
  | { type: 'reply'; id: number; data: unknown }
  | { type: 'error'; id: number; error: ErrorBody }
  | { type: 'event'; notification: SignallingNotification };

const eventNames: Readonly<Record<keyof SignallingEvents, true>> = {
  joined: true,
  'participant-joined': true,
  'participant-left': true,
  'participant-updated': true,
  'subscribe-offer': true,
  'speaker-changed': true,
  message: true,
  'entry-requested': true,
  'entry-responded': true,
  'mute-requested': true,
  'media-restart': true,
  'connection-state': true,
  removed: true,
  'captions-changed': true,
  'transcription-text': true,
  'recording-state-changed': true,
  'poll-changed': true,
  'question-changed': true,
  'gift-sent': true,
  'reaction-sent': true,
  'hands-changed': true,
  'viewers-changed': true,
  'pins-changed': true,
  'hls-changed': true,
  'stage-invited': true,
  'stage-responded': true,
  'mode-changed': true,
};

/** Reads one message of the runtime; null for anything this page does not know, such as a newer event. */
export function readServerMessage(text: string): ServerMessage | null {
  const message = parseObject(text);
  if (message === null) {
    return null;
  }
  if (typeof message['event'] === 'string') {
    return isNotification(message) ? { type: 'event', notification: message } : null;
  }
  const id = message['id'];
  if (typeof id !== 'number') {
    return null;
  }
  const error = message['error'];
  return isErrorBody(error) ? { type: 'error', id, error } : { type: 'reply', id, data: message['data'] };
}

/** The body of a failed call over HTTP; null for anything else. */
export function readErrorBody(text: string): ErrorBody | null {
  const body = parseObject(text);
  return isErrorBody(body) ? body : null;
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The runtime is of the same build as the page, so a known name with an object vouches for the rest. */
const isNotification = (
  message: Record<string, unknown>,
): message is Record<string, unknown> & SignallingNotification =>
  typeof message['event'] === 'string' &&
  Object.hasOwn(eventNames, message['event']) &&
  isObject(message['data']);

const isErrorBody = (value: unknown): value is ErrorBody =>
  isObject(value) && typeof value['code'] === 'string' && typeof value['message'] === 'string';
