import type { IDataObject } from 'n8n-workflow';
import type { RoomflowEvent } from '../../../runtime/contract/index.ts';

/**
 * An event as one flat item: its own keys first, then those of its data, so that `roomId`, `sessionId`,
 * `participantId`, `trackId` and `recordingId` are where the next node's fields look for them.
 */
export function eventItem(event: RoomflowEvent): IDataObject {
  return {
    event: event.type,
    eventId: event.id,
    at: event.at,
    roomId: event.roomId,
    sessionId: event.sessionId,
    ...(event.data as IDataObject),
  };
}
