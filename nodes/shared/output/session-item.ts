import type { IDataObject } from 'n8n-workflow';
import type { Session } from '../../../runtime/contract/index.ts';
import { participantItem } from './participant-item';

/** A session as an item. */
export function sessionItem(session: Session): IDataObject {
  const place = { roomId: session.roomId, sessionId: session.sessionId };
  return {
    ...place,
    customRoomId: session.customRoomId,
    status: session.status,
    startedAt: session.start,
    endedAt: session.end,
    activeSeconds: session.activeDuration,
    participantCount: session.participants.length,
    participants: session.participants.map((participant) => participantItem(participant, place)),
  };
}
