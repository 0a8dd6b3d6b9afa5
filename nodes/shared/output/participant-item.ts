import type { IDataObject } from 'n8n-workflow';
import type { SessionParticipant } from '../../../runtime/contract/index.ts';

/** A participant of a session as an item. */
export function participantItem(
  participant: SessionParticipant,
  place: { roomId: string; sessionId: string },
): IDataObject {
  return {
    roomId: place.roomId,
    sessionId: place.sessionId,
    participantId: participant.participantId,
    participantName: participant.name,
    mode: participant.mode,
    isModerator: participant.isModerator,
    tracks: participant.tracks,
    timelog: participant.timelog,
    metaData: participant.metaData as IDataObject,
  };
}
