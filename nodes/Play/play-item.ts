import type { IDataObject } from 'n8n-workflow';
import type { Play } from '../../runtime/contract/index.ts';

/** A play as an item. */
export function playItem(play: Play): IDataObject {
  return {
    playId: play.playId,
    ...(play.stepId === null ? {} : { stepId: play.stepId }),
    roomId: play.roomId,
    sessionId: play.sessionId,
    participantId: play.participantId,
    participantName: play.participantName,
    status: play.status,
    playedMs: play.playedMs,
    ...(play.text === null ? {} : { text: play.text }),
    ...(play.voice === null ? {} : { voice: play.voice }),
    ...(play.url === null ? {} : { url: play.url }),
    startedAt: play.start,
    endedAt: play.end,
    error: play.error,
    ...(play.metadata === null || play.metadata === undefined ? {} : { metadata: play.metadata }),
  };
}

/** True when nothing more of it will be heard. */
export function isOver(play: Play): boolean {
  return play.status !== 'waiting' && play.status !== 'playing';
}
