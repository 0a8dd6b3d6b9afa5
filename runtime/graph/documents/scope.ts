import { defaultScopeOf, type EventNode, type GraphScope, type RoomflowEvent } from '../../contract/index.ts';
import { valueAt } from './reference.ts';

/** For what instances of an event node stand. Pure. */
export const scopeOf = (node: EventNode): GraphScope => node.scope ?? defaultScopeOf(node.on);

/** Which room, session, participant or track an event is about; null when it does not tell. Pure. */
export function scopeIdOf(scope: GraphScope, event: RoomflowEvent): string | null {
  switch (scope) {
    case 'room':
      return event.roomId;
    case 'session':
      return event.sessionId;
    case 'participant':
      return textAt(event, 'participantId');
    case 'track':
      return textAt(event, 'trackId');
    default:
      return scope satisfies never;
  }
}

function textAt({ data }: RoomflowEvent, key: string): string | null {
  const value = valueAt(data, [key]);
  return typeof value === 'string' && value !== '' ? value : null;
}
