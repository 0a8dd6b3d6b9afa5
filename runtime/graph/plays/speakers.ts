import { RoomflowError } from '../../contract/index.ts';
import type { LiveSession, Participant } from '../../rooms/index.ts';
import { PlayQueue } from './play-queue.ts';

/** Somebody who has nothing more to say leaves after so long: what follows at once finds it still there. */
const LEAVE_AFTER_MS = 5000;
const DEFAULT_NAME = 'Assistant';

/** A server-side participant that plays, and what it has to play. */
export type Speaker = {
  readonly session: LiveSession;
  readonly participant: Participant;
  readonly queue: PlayQueue;
  /** Stays when all is played, by wish. */
  stays: boolean;
  /** Leaves when it is over. */
  leaving: NodeJS.Timeout | null;
};

/** The participants through which plays are heard. */
export type Speakers = {
  /**
   * The one a play is for: named by its id, or else by its name, or a new one.
   *
   * @throws RoomflowError `not-server-side`, `room-full`; `participant-busy` for one whose program speaks
   */
  admit(
    session: LiveSession,
    wanted: { participantId?: string | undefined; name?: string | undefined; stay?: boolean | undefined },
  ): Speaker;
  /** Those of a session. */
  of(sessionId: string): Speaker[];
  /** Has it leave in a while when it has nothing to play. */
  rest(speaker: Speaker): void;
};

/** @param onLeft - somebody who plays has left, or was removed */
export function createSpeakers(onLeft: (speaker: Speaker) => void): Speakers {
  const speakers = new Map<Participant, Speaker>();

  function idNamed(session: LiveSession, name: string): string | undefined {
    return [...speakers.values()].find(
      (speaker) => speaker.session === session && speaker.participant.name === name,
    )?.participant.participantId;
  }

  function follow(session: LiveSession, participant: Participant): Speaker {
    const speaker: Speaker = { session, participant, queue: new PlayQueue(), stays: false, leaving: null };
    speakers.set(participant, speaker);
    participant.lifecycle.subscribe({
      complete() {
        speakers.delete(participant);
        clear(speaker);
        onLeft(speaker);
      },
    });
    return speaker;
  }

  return {
    admit(session, { participantId, name = DEFAULT_NAME, stay = false }) {
      const id = participantId ?? idNamed(session, name);
      const present = id === undefined ? undefined : session.find(id);
      if (present?.isPresent === true && present.isServerSide && !speakers.has(present)) {
        throw new RoomflowError(
          'participant-busy',
          `Participant "${present.participantId}" speaks for a program that publishes as it; play as another one.`,
        );
      }
      const participant = session.admitServerSide({ participantId: id, name, metaData: null });
      const speaker = speakers.get(participant) ?? follow(session, participant);
      speaker.stays ||= stay;
      clear(speaker);
      return speaker;
    },
    of: (sessionId) => [...speakers.values()].filter(({ session }) => session.sessionId === sessionId),
    rest(speaker) {
      if (speaker.stays || !speaker.queue.isEmpty || speaker.leaving) {
        return;
      }
      speaker.leaving = setTimeout(() => {
        speaker.session.leave(speaker.participant, 'played');
      }, LEAVE_AFTER_MS);
      speaker.leaving.unref();
    },
  };
}

function clear(speaker: Speaker): void {
  if (speaker.leaving) {
    clearTimeout(speaker.leaving);
    speaker.leaving = null;
  }
}
