import { graphEventTypes, type EventType, type GraphScope } from '../../contract/index.ts';
import { eventDataSchema, keysIn } from './told-schema.ts';

const known = new Map<string, EventType>(graphEventTypes.map((type) => [type, type]));

/** The event type of that name that a graph can wait for. Pure. */
export const graphEventOf = (name: unknown): EventType | null =>
  typeof name === 'string' ? (known.get(name) ?? null) : null;

export const isGraphScope = (value: unknown): value is GraphScope =>
  value === 'room' || value === 'session' || value === 'participant' || value === 'track';

/** The keys of an event's data. Pure. */
export const keysToldBy = (type: EventType): string[] => keysIn(eventDataSchema(type));

/** What an instance of an event can stand for: what the event names, and all around it. Pure. */
export function scopesOf(type: EventType): GraphScope[] {
  const keys = keysToldBy(type);
  return [
    'room',
    ...(keys.includes('sessionId') ? (['session'] as const) : []),
    ...(keys.includes('participantId') ? (['participant'] as const) : []),
    ...(keys.includes('trackId') ? (['track'] as const) : []),
  ];
}

/** What is over with an event: an instance for it would end as it begins. */
const overWith: Partial<Record<EventType, readonly GraphScope[]>> = {
  'track-unpublished': ['track'],
  'participant-left': ['participant', 'track'],
  'session-ended': ['session', 'participant', 'track'],
  'room-closed': ['room', 'session', 'participant', 'track'],
};

/** Whether a scope has ended when the event is told. Pure. */
export const isOverWith = (type: EventType, scope: GraphScope): boolean =>
  overWith[type]?.includes(scope) === true;

/** Events that tell of somebody who is not in the room: at the door still, or gone. */
const absent: readonly EventType[] = ['participant-left', 'entry-requested', 'entry-responded'];

/** Whether an event tells of a participant who is there to be recorded. Pure. */
export const tellsPresentParticipant = (type: EventType): boolean =>
  keysToldBy(type).includes('participantId') && !absent.includes(type);

/** Whether a room has a live session when the event is told. Pure. */
export const hasSession = (type: EventType): boolean =>
  keysToldBy(type).includes('sessionId') && type !== 'session-ended';
