import type { MeetingErrorCode } from '../../client/index.ts';

export type ErrorText = {
  title: string;
  /** What to do about it. */
  advice: string;
};

const brokenLink: ErrorText = {
  title: 'This link does not work',
  advice:
    'It may have been shortened or cut off when it was copied. Open it again from the invitation, or ask the host for a new one.',
};
const wrongLink: ErrorText = {
  title: 'This link is for something else',
  advice: 'It belongs to another room or another person. Ask the host for a link to this meeting.',
};

const texts: Readonly<Partial<Record<MeetingErrorCode, ErrorText>>> = {
  'missing-token': brokenLink,
  'invalid-token': brokenLink,
  'foreign-token': brokenLink,
  'invalid-signalling': {
    title: 'This page is out of step with the server',
    advice: 'The meeting server was probably updated. Reload the page to get the matching version.',
  },
  'expired-token': {
    title: 'This link has expired',
    advice: 'Join links are valid for a limited time. Ask the host for a new one.',
  },
  'invalid-permissions': {
    title: 'This link cannot be used to join',
    advice: 'It was made for something other than taking part. Ask the host for a join link.',
  },
  'unauthorized-room': wrongLink,
  'unauthorized-participant': wrongLink,
  'unauthorized-role': wrongLink,
  'entry-denied': {
    title: 'You were not let in',
    advice: 'A host declined the request. If you think that was a mistake, contact the host and knock again.',
  },
  'room-not-found': {
    title: 'There is no such room',
    advice: 'Check the address, or ask the host for the link again.',
  },
  'room-closed': {
    title: 'This room is closed',
    advice: 'The meeting is over, or the host has closed the room.',
  },
  'room-full': {
    title: 'The room is full',
    advice: 'Nobody else can join right now. Try again when somebody has left.',
  },
  'participant-removed': {
    title: 'You were removed from the meeting',
    advice: 'A host took you out. Contact the host if you think that was a mistake.',
  },
  'participant-replaced': {
    title: 'You joined from somewhere else',
    advice:
      'The same link is now in use in another tab or on another device. Join again to bring the meeting back here.',
  },
  'too-many-requests': {
    title: 'Too many attempts',
    advice: 'Wait a moment, then try again.',
  },
  unreachable: {
    title: 'The meeting server cannot be reached',
    advice:
      'Check your internet connection, then try again. A company network or VPN may block the connection.',
  },
  'connection-lost': {
    title: 'The connection was lost',
    advice: 'Check your internet connection, then join again.',
  },
  'no-answer': {
    title: 'The meeting server does not answer',
    advice: 'It may be overloaded. Wait a moment, then try again.',
  },
  'runtime-stopping': {
    title: 'The meeting server is restarting',
    advice: 'It should be back within a minute. Try again then.',
  },
  'worker-lost': {
    title: 'The meeting server had a problem',
    advice: 'It is starting again. Try again in a few seconds.',
  },
};

/** What to tell a person about the code an attempt or a meeting ended with. */
export function errorText(code: MeetingErrorCode, message: string): ErrorText {
  return (
    texts[code] ?? { title: 'Something went wrong', advice: `${sentence(message)} Try again in a moment.` }
  );
}

/** Endings after which the same link can work again at once. */
export function canTryAgain(code: MeetingErrorCode, retryable: boolean): boolean {
  return retryable || code === 'participant-replaced' || code === 'entry-denied';
}

const sentence = (message: string): string =>
  /[.!?]$/.test(message) || message === '' ? message : `${message}.`;
