import type { EventType } from '../contract/index.ts';
import type { EventContent, EventLog } from '../events/index.ts';
import {
  deleteLiveParticipant,
  deleteLiveTrack,
  endModeSpans,
  endPresence,
  endSession,
  endTrackSpans,
  forgetResumeToken,
  saveLiveParticipant,
  insertLiveSession,
  insertMessage,
  insertSession,
  saveLiveTrack,
  saveParticipant,
  startModeSpan,
  startPresence,
  startTrackSpan,
  updateLiveParticipant,
  updateLiveSession,
  type Store,
} from '../store/index.ts';
import { createStoredAudienceJournal, personOf } from './audience/index.ts';
import { mayHaveItsIdAgain } from './departures.ts';
import type { SessionJournal } from './journal.ts';
import type { LiveTrack, Participant } from './participant.ts';
import type { SessionIdentity } from './session-identity.ts';

/** Keeps what live sessions tell in the store and appends their events; each call is one transaction. */
export function createStoredJournal(store: Store, events: EventLog): SessionJournal {
  const now = (): string => new Date().toISOString();
  const trackOf = (participant: Participant, track: LiveTrack) => ({
    ...personOf(participant),
    trackId: track.trackId,
    kind: track.kind,
  });

  function keepTrack(session: SessionIdentity, { participantId }: Participant, track: LiveTrack): void {
    const { kind, trackId, codec, muted, mutedByHost } = track;
    saveLiveTrack(store, session.sessionId, { participantId, kind, trackId, codec, muted, mutedByHost });
  }

  function append<T extends EventType>(
    session: SessionIdentity,
    type: T,
    data: EventContent<T>['data'],
  ): void {
    events.append(type, { roomId: session.roomId, sessionId: session.sessionId, data });
  }

  return {
    ...createStoredAudienceJournal(store, events),
    sessionStarted(session) {
      const start = new Date(session.startedAtMs).toISOString();
      store.transact(() => {
        insertSession(store, { id: session.sessionId, roomId: session.roomId, start });
        insertLiveSession(store, session.sessionId);
        append(session, 'session-started', { start });
      });
    },
    sessionOccupied(session) {
      updateLiveSession(store, session.sessionId, { occupied: true });
    },
    sessionEnded(session, reason) {
      const end = now();
      store.transact(() => {
        endSession(store, session.sessionId, {
          end,
          reason,
          activeDurationSeconds: (Date.parse(end) - session.startedAtMs) / 1000,
        });
        append(session, 'session-ended', {
          start: new Date(session.startedAtMs).toISOString(),
          end,
          reason,
        });
      });
    },
    participantJoined(session, participant) {
      const joinedAt = now();
      store.transact(() => {
        saveParticipant(store, {
          sessionId: session.sessionId,
          participantId: participant.participantId,
          roomId: session.roomId,
          name: participant.name,
          mode: participant.mode,
          permissions: [...participant.permissions],
          metaData: participant.metaData,
          resumeTokenHash: participant.resumeTokenHash,
          userAgent: participant.connection.userAgent,
          joinedAt,
        });
        saveLiveParticipant(store, session.sessionId, participant);
        startPresence(store, session.sessionId, participant.participantId, joinedAt);
        startModeSpan(store, {
          sessionId: session.sessionId,
          participantId: participant.participantId,
          mode: participant.mode,
          start: joinedAt,
        });
        append(session, 'participant-joined', {
          ...personOf(participant),
          mode: participant.mode,
          permissions: [...participant.permissions],
          metaData: participant.metaData,
        });
      });
    },
    participantLeft(session, participant, reason) {
      const end = now();
      store.transact(() => {
        endPresence(store, session.sessionId, participant.participantId, end);
        endModeSpans(store, session.sessionId, participant.participantId, end);
        endTrackSpans(store, session.sessionId, participant.participantId, null, end);
        deleteLiveParticipant(store, session.sessionId, participant.participantId);
        if (!mayHaveItsIdAgain(reason)) {
          forgetResumeToken(store, session.sessionId, participant.participantId);
        }
        append(session, 'participant-left', { ...personOf(participant), reason });
      });
    },
    participantConnection(session, participant, reconnecting) {
      store.transact(() => {
        updateLiveParticipant(store, session.sessionId, participant.participantId, {
          isReconnecting: reconnecting,
        });
        append(session, reconnecting ? 'participant-reconnecting' : 'participant-reconnected', {
          ...personOf(participant),
        });
      });
    },
    entryRequested(session, participant) {
      append(session, 'entry-requested', { ...personOf(participant) });
    },
    entryResponded(session, participant, decision) {
      append(session, 'entry-responded', { ...personOf(participant), decision });
    },
    trackPublished(session, participant, track) {
      store.transact(() => {
        if (!track.muted) {
          startTrackSpan(store, session.sessionId, participant.participantId, track.kind, now());
        }
        keepTrack(session, participant, track);
        append(session, 'track-published', {
          ...trackOf(participant, track),
          codec: track.codec,
        });
      });
    },
    trackUnpublished(session, participant, track) {
      store.transact(() => {
        endTrackSpans(store, session.sessionId, participant.participantId, track.kind, now());
        deleteLiveTrack(store, session.sessionId, participant.participantId, track.kind);
        append(session, 'track-unpublished', { ...trackOf(participant, track) });
      });
    },
    trackMuted(session, participant, track) {
      store.transact(() => {
        if (track.muted) {
          endTrackSpans(store, session.sessionId, participant.participantId, track.kind, now());
        } else {
          startTrackSpan(store, session.sessionId, participant.participantId, track.kind, now());
        }
        keepTrack(session, participant, track);
        append(session, track.muted ? 'track-muted' : 'track-unmuted', {
          ...trackOf(participant, track),
        });
      });
    },
    speakerChanged(session, participantId) {
      append(session, 'speaker-changed', { participantId });
    },
    messageSent(session, message, persist, sendOnly) {
      store.transact(() => {
        insertMessage(store, {
          ...message,
          roomId: session.roomId,
          sessionId: session.sessionId,
          sendOnly: sendOnly ? [...sendOnly] : null,
          persist,
        });
        // What is meant for some must not reach everyone who reads the log or a webhook.
        if (sendOnly === null) {
          append(session, 'message-sent', {
            messageId: message.messageId,
            topic: message.topic,
            message: message.message,
            senderId: message.senderId,
            senderName: message.senderName,
            payload: message.payload,
          });
        }
      });
    },
  };
}
