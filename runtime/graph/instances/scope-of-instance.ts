import type { RoomflowEvent } from '../../contract/index.ts';
import type { StoredInstance } from '../../store/index.ts';

/** For what an instance stands. */
export type StandsFor = Pick<StoredInstance, 'roomId' | 'sessionId' | 'scope' | 'scopeId'> & {
  eventData: Readonly<Record<string, unknown>>;
};

/** What two instances of one event node must not have in common while both live. Pure. */
export function scopeKeyOf({ roomId, sessionId, scope, scopeId }: Omit<StandsFor, 'eventData'>): string {
  // The same participant id can be in two sessions at a time.
  return scope === 'room' ? roomId : `${sessionId ?? roomId} ${scope} ${scopeId}`;
}

/** Whether an event is the end of what an instance stands for. Pure. */
export function endsScope(instance: StandsFor, event: RoomflowEvent): boolean {
  if (event.type === 'room-closed') {
    return event.roomId === instance.roomId;
  }
  if (event.sessionId === null || event.sessionId !== instance.sessionId) {
    return false;
  }
  switch (event.type) {
    case 'session-ended':
      return instance.scope !== 'room';
    case 'participant-left':
      return instance.scope === 'participant' && event.data.participantId === instance.scopeId;
    case 'track-unpublished':
      return instance.scope === 'track' && event.data.trackId === instance.scopeId;
    default:
      return false;
  }
}

/** Whether an event is about what an instance stands for: only then it can end steps of it. Pure. */
export function isWithinScope(instance: StandsFor, event: RoomflowEvent): boolean {
  if (event.roomId !== instance.roomId) {
    return false;
  }
  if (instance.scope === 'room') {
    return true;
  }
  if (event.sessionId !== instance.sessionId) {
    return false;
  }
  const { participantId, trackId } = event.data as Record<string, unknown>;
  switch (instance.scope) {
    case 'session':
      return true;
    case 'participant':
      return participantId === undefined || participantId === instance.scopeId;
    case 'track':
      return trackId === undefined
        ? participantId === undefined || participantId === instance.eventData['participantId']
        : trackId === instance.scopeId;
    default:
      return instance.scope satisfies never;
  }
}
