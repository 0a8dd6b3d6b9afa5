import { randomUUID } from 'node:crypto';
import {
  RoomflowError,
  type MessageView,
  type SignallingMethod,
  type SignallingParams,
  type SignallingResults,
} from '../contract/index.ts';
import { audienceHandlers } from './audience-handlers.ts';
import type { Connection } from './connection.ts';
import type { LiveRooms } from './live-rooms.ts';
import type { MediaPlane } from './media-plane.ts';
import type { Place, SignallingHandlers } from './signalling-handlers.ts';
import type { Principal } from './tokens/index.ts';

/** One client's side of the signalling: which calls it may make, and what they do. */
export type SignallingClient = {
  handle<M extends SignallingMethod>(
    method: M,
    params: SignallingParams<M>,
  ): SignallingResults[M] | Promise<SignallingResults[M]>;
  /** The wire is gone. */
  closed(): void;
};

/** Speaks the contract's signalling for one wire; params are parsed before they come here. */
export function createSignallingClient(options: {
  roomId: string;
  principal: Principal;
  connection: Connection;
  rooms: LiveRooms;
  media: MediaPlane;
}): SignallingClient {
  const { rooms, connection, media } = options;
  let place: Place | null = null;

  function inRoom(): Place {
    if (!place?.participant.isPresent) {
      throw new RoomflowError(
        'invalid-signalling',
        'Call "join" first, and wait until you have been let in.',
      );
    }
    return place;
  }

  function withMedia(): Place {
    const here = inRoom();
    if (here.participant.isViewer) {
      throw new RoomflowError(
        'unauthorized-request',
        'A participant in mode SIGNALLING_ONLY has no media in the room; it watches the HLS stream until it is invited to the stage.',
      );
    }
    return here;
  }

  function asHost(): Place {
    const here = inRoom();
    if (!here.participant.isModerator) {
      throw new RoomflowError('unauthorized-request', 'Only a participant with allow_mod may do this.');
    }
    return here;
  }

  const handlers: SignallingHandlers = {
    join(params) {
      if (place && !place.participant.lifecycle.getSnapshot().matches('left')) {
        throw new RoomflowError('invalid-signalling', 'This connection has joined already.');
      }
      const outcome = rooms.join(options.roomId, options.principal, params, connection);
      place = outcome;
      return outcome.answer;
    },
    leave() {
      const { session, participant } = place ?? inRoom();
      session.leave(participant);
      return {};
    },
    'media-start'() {
      const { session, participant } = withMedia();
      media.startMedia(session.sessionId, participant.participantId);
      return {};
    },
    publish({ sdp, tracks }) {
      const { session, participant } = inRoom();
      return session.tracks.publish(participant, sdp, tracks);
    },
    candidate({ connection: side, candidate }) {
      const { session, participant } = withMedia();
      media.addCandidate(session.sessionId, participant.participantId, side, candidate);
      return {};
    },
    async 'subscribe-answer'({ offerId, sdp }) {
      const { session, participant } = withMedia();
      await media.acceptAnswer(session.sessionId, participant.participantId, offerId, sdp);
      return {};
    },
    'set-muted'({ kind, muted }) {
      const { session, participant } = inRoom();
      session.tracks.setMuted(participant, kind, muted);
      return {};
    },
    prefer({ trackId, layer, paused }) {
      const { session, participant } = withMedia();
      session.tracks.prefer(participant, trackId, {
        ...(layer === undefined ? {} : { layer }),
        ...(paused === undefined ? {} : { paused }),
      });
      return {};
    },
    'send-message'({ topic, message, persist, sendOnly, payload }) {
      const { session, participant } = inRoom();
      const view: MessageView = {
        messageId: randomUUID(),
        topic,
        message,
        senderId: participant.participantId,
        senderName: participant.name,
        payload: payload ?? null,
        at: new Date().toISOString(),
      };
      session.say(view, { persist: persist ?? false, sendOnly: sendOnly ?? null });
      return { messageId: view.messageId };
    },
    'respond-entry'({ participantId, decision }) {
      const { session, participant } = inRoom();
      if (!participant.mayAdmit) {
        throw new RoomflowError(
          'unauthorized-request',
          'Only a participant with allow_join who is on stage, or a moderator, may let others in.',
        );
      }
      session.respondEntry(participantId, decision);
      return {};
    },
    'mute-participant'({ participantId, kind }) {
      const { session, participant } = asHost();
      session.tracks.muteByHost(participantId, kind, participant.name);
      return {};
    },
    'remove-participant'({ participantId }) {
      const { session, participant } = asHost();
      session.remove(participantId, `${participant.name} has removed you from the meeting.`);
      return {};
    },
    ...audienceHandlers({ inRoom, asHost }),
    ping() {
      return {};
    },
  };

  return {
    handle(method, params) {
      return handlers[method](params);
    },
    closed() {
      if (place) {
        place.session.connectionLost(place.participant, connection);
      }
    },
  };
}
