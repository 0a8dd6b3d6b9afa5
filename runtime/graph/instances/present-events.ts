import type { EventType, RoomflowEvent } from '../../contract/index.ts';
import type { EventLog } from '../../events/index.ts';
import type { LiveRooms, LiveSession } from '../../rooms/index.ts';
import { findSessionStart, type Store } from '../../store/index.ts';

/** The events by which something is there. */
const arrivals: readonly EventType[] = ['session-started', 'participant-joined', 'track-published'];
/** More than a session has people and tracks, those who came and went included. */
const MOST_EVENTS = 100_000;

/**
 * The events of `types` by which the sessions, participants and tracks that are there now have come: those of the log,
 * or where it does not have them any more, events made of what is there. Who knocks is not there. In order.
 *
 * @param roomId of one room; null for all
 */
export function presentEvents(
  world: { rooms: LiveRooms; store: Store; events: EventLog },
  { roomId, types }: { roomId: string | null; types: readonly EventType[] },
): RoomflowEvent[] {
  const wanted = arrivals.filter((type) => types.includes(type));
  if (wanted.length === 0) {
    return [];
  }
  return world.rooms
    .sessions()
    .filter((session) => roomId === null || session.roomId === roomId)
    .flatMap((session) => eventsOf(world, session, wanted))
    .sort((one, other) => one.seq - other.seq);
}

function eventsOf(
  { store, events }: { store: Store; events: EventLog },
  session: LiveSession,
  types: readonly EventType[],
): RoomflowEvent[] {
  const start = findSessionStart(store, session);
  const logged = events
    .read({
      cursor: start === undefined ? 'earliest' : `${events.epoch}:${start - 1}`,
      types,
      roomId: session.roomId,
      limit: MOST_EVENTS,
    })
    .events.filter(({ sessionId }) => sessionId === session.sessionId);
  // Who came, left and came again has come by the last of these events.
  const last = new Map(logged.map((event) => [subjectOf(event), event]));
  return present(session, events.epoch)
    .filter(({ type }) => types.includes(type))
    .map((made) => last.get(subjectOf(made)) ?? made);
}

/** What an event of arrival is about, as text. */
function subjectOf({ type, data }: RoomflowEvent): string {
  const { participantId = '', trackId = '' } = data as { participantId?: string; trackId?: string };
  return `${type} ${type === 'track-published' ? trackId : participantId}`;
}

/** What is there, as events that were never logged: their `seq` is before all others, their ids tell what they are about. */
function present(session: LiveSession, epoch: string): RoomflowEvent[] {
  const { roomId, sessionId } = session;
  const at = new Date(session.startedAtMs).toISOString();
  const envelope = { epoch, seq: 0, roomId, sessionId, at };
  const scope = { roomId, meetingId: roomId, sessionId };
  const people = session.present();
  return [
    {
      ...envelope,
      id: `present-${sessionId}`,
      type: 'session-started',
      data: { ...scope, start: at },
    },
    ...people.map(
      ({ participantId, name, mode, permissions, metaData }): RoomflowEvent<'participant-joined'> => ({
        ...envelope,
        id: `present-${sessionId}-${participantId}`,
        type: 'participant-joined',
        data: {
          ...scope,
          participantId,
          participantName: name,
          mode,
          permissions: [...permissions],
          metaData,
        },
      }),
    ),
    ...people.flatMap(({ participantId, name, tracks }) =>
      [...tracks.values()]
        // Announced only: no media of it has come yet, and it will be told when it does.
        .filter(({ codec }) => codec !== '')
        .map(({ trackId, kind, codec }): RoomflowEvent<'track-published'> => ({
          ...envelope,
          id: `present-${trackId}`,
          type: 'track-published',
          data: { ...scope, participantId, participantName: name, trackId, kind, codec },
        })),
    ),
  ];
}
