import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Meeting } from './meeting.ts';

export const MeetingContext = createContext<Meeting | null>(null);

/** The page's meeting. @throws outside of the app */
export function useMeeting(): Meeting {
  const meeting = useContext(MeetingContext);
  if (meeting === null) {
    throw new Error('useMeeting needs a MeetingContext around it.');
  }
  return meeting;
}
