import type { MessageView } from '../contract/index.ts';
import type { LiveSession } from './live-session.ts';
import type { LiveTrack, Participant } from './participant.ts';

/** What a live session wants remembered: rows of the store and entries of the event log. */
export type SessionJournal = {
  sessionStarted(session: LiveSession): void;
  sessionEnded(session: LiveSession, reason: string): void;
  participantJoined(session: LiveSession, participant: Participant): void;
  participantLeft(session: LiveSession, participant: Participant, reason: string): void;
  participantConnection(session: LiveSession, participant: Participant, reconnecting: boolean): void;
  entryRequested(session: LiveSession, participant: Participant): void;
  entryResponded(session: LiveSession, participant: Participant, decision: 'allowed' | 'denied'): void;
  trackPublished(session: LiveSession, participant: Participant, track: LiveTrack): void;
  trackUnpublished(session: LiveSession, participant: Participant, track: LiveTrack): void;
  trackMuted(session: LiveSession, participant: Participant, track: LiveTrack): void;
  speakerChanged(session: LiveSession, participantId: string | null): void;
  messageSent(
    session: LiveSession,
    message: MessageView,
    persist: boolean,
    sendOnly: readonly string[] | null,
  ): void;
};
