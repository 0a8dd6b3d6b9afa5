import type { IDataObject } from 'n8n-workflow';
import type { Room } from '../../../runtime/contract/index.ts';

/** A room as an item: the keys the next node's fields take by default, and what people look for. */
export function roomItem(room: Room): IDataObject {
  return {
    roomId: room.roomId,
    customRoomId: room.customRoomId,
    status: room.status,
    activeParticipants: room.activeParticipants,
    sessionId: room.activeSessionId,
    maxParticipants: room.maxParticipants,
    maxForwardedSpeakers: room.maxForwardedSpeakers,
    allowedParticipantIds: room.allowedParticipantIds,
    autoCloseConfig: room.autoCloseConfig,
    webhook: room.webhook,
    createdAt: room.createdAt,
    updatedAt: room.updatedAt,
  };
}
