import type { MeetingErrorCode } from '../../client/index.ts';
import { errorText, type ErrorText } from '../../shared/index.ts';

/** Where a viewer is told something else than somebody who meets. */
const texts: Readonly<Partial<Record<MeetingErrorCode, ErrorText>>> = {
  'expired-token': {
    title: 'This link has expired',
    advice: 'Links to watch are valid for a limited time. Ask the host for a new one.',
  },
  'invalid-permissions': {
    title: 'This link cannot be used to watch',
    advice: 'It was made for something else. Ask the host for a link to the broadcast.',
  },
  'room-not-found': {
    title: 'There is no such broadcast',
    advice: 'Check the address, or ask the host for the link again.',
  },
  'room-closed': {
    title: 'The broadcast is over',
    advice: 'The host has closed the room.',
  },
  'room-full': {
    title: 'The audience is full',
    advice: 'Nobody else can watch right now. Try again when somebody has left.',
  },
  'participant-removed': {
    title: 'You were removed from the audience',
    advice: 'A host took you out. Contact the host if you think that was a mistake.',
  },
  'participant-replaced': {
    title: 'You are watching somewhere else',
    advice:
      'The same link is now in use in another tab or on another device. Watch again to bring the broadcast back here.',
  },
  'connection-lost': {
    title: 'The connection was lost',
    advice: 'Check your internet connection, then watch again.',
  },
};

/** What to tell a viewer about the code that watching ended with. */
export function watchErrorText(code: MeetingErrorCode, message: string): ErrorText {
  return texts[code] ?? errorText(code, message);
}
