import type { MessageView } from '../contract/index.ts';
import type { AudienceJournal } from './audience/index.ts';
import type { LiveTrack, Participant } from './participant.ts';
import type { SessionIdentity } from './session-identity.ts';

/** What a live session wants remembered: rows of the store and entries of the event log. */
export type SessionJournal = AudienceJournal & {
  sessionStarted(session: SessionIdentity): void;
  /** Somebody has come for whose leave it ends; the log does not tell of it. */
  sessionOccupied(session: SessionIdentity): void;
  sessionEnded(session: SessionIdentity, reason: string): void;
  participantJoined(session: SessionIdentity, participant: Participant): void;
  participantLeft(session: SessionIdentity, participant: Participant, reason: string): void;
  participantConnection(session: SessionIdentity, participant: Participant, reconnecting: boolean): void;
  entryRequested(session: SessionIdentity, participant: Participant): void;
  entryResponded(session: SessionIdentity, participant: Participant, decision: 'allowed' | 'denied'): void;
  trackPublished(session: SessionIdentity, participant: Participant, track: LiveTrack): void;
  trackUnpublished(session: SessionIdentity, participant: Participant, track: LiveTrack): void;
  trackMuted(session: SessionIdentity, participant: Participant, track: LiveTrack): void;
  speakerChanged(session: SessionIdentity, participantId: string | null): void;
  messageSent(
    session: SessionIdentity,
    message: MessageView,
    persist: boolean,
    sendOnly: readonly string[] | null,
  ): void;
};
