import { RoomflowError, type Play, type PlayStatus } from '../../contract/index.ts';
import type { EventLog } from '../../events/index.ts';
import { findPlay, insertPlay, updatePlay, type Store, type StoredPlay } from '../../store/index.ts';

export type PlayEnd = {
  status: Extract<PlayStatus, 'finished' | 'interrupted' | 'stopped' | 'failed'>;
  playedMs: number;
  error: { code: string; message: string } | null;
};

/** What is written of plays and told of them. */
export type PlayJournal = {
  /** @throws RoomflowError `play-not-found` */
  require(playId: string): StoredPlay;
  add(play: StoredPlay): void;
  /** Its step is there; nothing is heard yet. */
  starting(playId: string, stepId: string): void;
  /** It is heard now. */
  started(playId: string): void;
  /** Written and told once. */
  ended(playId: string, end: PlayEnd, at?: string): void;
};

export function createPlayJournal({ store, events }: { store: Store; events: EventLog }): PlayJournal {
  const told = ({ id, stepId, participantId, participantName }: StoredPlay) => ({
    playId: id,
    stepId,
    participantId,
    participantName,
  });
  const journal: PlayJournal = {
    require(playId) {
      const play = findPlay(store, playId);
      if (!play) {
        throw new RoomflowError('play-not-found', `There is no play "${playId}".`);
      }
      return play;
    },
    add(play) {
      insertPlay(store, play);
    },
    starting(playId, stepId) {
      updatePlay(store, playId, { stepId });
    },
    started(playId) {
      const play = journal.require(playId);
      if (play.status !== 'waiting') {
        // Begun anew in another worker.
        return;
      }
      store.transact(() => {
        updatePlay(store, playId, { status: 'playing', start: new Date().toISOString() });
        events.append('play-started', {
          roomId: play.roomId,
          sessionId: play.sessionId,
          data: told(play),
        });
      });
    },
    ended(playId, end, at = new Date().toISOString()) {
      const play = journal.require(playId);
      if (play.end !== null) {
        return;
      }
      store.transact(() => {
        updatePlay(store, playId, { ...end, end: at });
        events.append('play-finished', {
          roomId: play.roomId,
          sessionId: play.sessionId,
          data: { ...told(play), ...end },
        });
      });
    },
  };
  return journal;
}

/** A play as it is shown. @param playedMs - as it is now, where it plays */
export function playView(stored: StoredPlay, playedMs = stored.playedMs): Play {
  return { ...stored, playedMs, playId: stored.id, meetingId: stored.roomId };
}
