import {
  RoomflowError,
  type MessageView,
  type Page,
  type PageInfo,
  type Session,
  type SessionParticipant,
} from '../contract/index.ts';
import {
  findRoom,
  findSession,
  listMessages,
  listSessionParticipants,
  listSessions,
  mapPage,
  readModeSpans,
  readPresence,
  readTrackSpans,
  type ModeSpan,
  type PageRequest,
  type Span,
  type Store,
  type StoredParticipant,
  type StoredSession,
  type TrackSpan,
} from '../store/index.ts';
import type { LiveRooms } from './live-rooms.ts';

export type SessionQuery = PageRequest & {
  roomId?: string | undefined;
  status?: 'ongoing' | 'ended' | undefined;
  startDate?: number | undefined;
  endDate?: number | undefined;
};

type ParticipantsPage = {
  pageInfo: PageInfo;
  data: {
    id: string;
    roomId: string;
    customRoomId: string | null;
    participants: SessionParticipant[];
    links: Record<string, string>;
  };
};

/** Sessions past and present as VideoSDK shows them. */
export type SessionHistory = {
  sessions(query: SessionQuery): Page<Session>;
  session(sessionId: string): Session;
  participants(sessionId: string, query: PageRequest & { activeOnly: boolean }): ParticipantsPage;
  participant(sessionId: string, participantId: string): SessionParticipant;
  /** Persisted messages for everybody, oldest first. */
  messages(
    roomId: string,
    query: { sessionId?: string | undefined; topic?: string | undefined },
  ): MessageView[];
  chatCsv(sessionId: string): string;
};

export function createSessionHistory(
  store: Store,
  rooms: LiveRooms,
  publicUrl: () => string,
): SessionHistory {
  function require(sessionId: string): StoredSession {
    const session = findSession(store, sessionId);
    if (!session) {
      throw new RoomflowError('session-not-found', `There is no session "${sessionId}".`);
    }
    return session;
  }

  function peopleOf(sessionId: string): SessionParticipant[] {
    const presence = readPresence(store, sessionId);
    const spans = readTrackSpans(store, sessionId);
    const modes = Map.groupBy(readModeSpans(store, sessionId), ({ participantId }) => participantId);
    const live = rooms.bySessionId(sessionId);
    return listSessionParticipants(store, sessionId).map((participant) =>
      personOf(
        participant,
        presence.get(participant.participantId) ?? [],
        spans,
        modes.get(participant.participantId) ?? [],
        live?.find(participant.participantId),
      ),
    );
  }

  function personOf(
    participant: StoredParticipant,
    timelog: Span[],
    spans: TrackSpan[],
    modes: ModeSpan[],
    live: { isPresent: boolean; liveTracks(): SessionParticipant['tracks'] } | undefined,
  ): SessionParticipant {
    const sent = (kind: string): Span[] =>
      spans
        .filter((span) => span.participantId === participant.participantId && span.kind === kind)
        .map(({ start, end }) => ({ start, end }));
    return {
      participantId: participant.participantId,
      name: participant.name,
      mode: participant.mode,
      changeModeHistory: byMode(modes),
      timelog,
      events: {
        mic: sent('audio'),
        webcam: sent('video'),
        screenShare: sent('screen_video'),
        screenShareAudio: sent('screen_audio'),
      },
      tracks: live?.isPresent ? live.liveTracks() : [],
      isModerator: participant.permissions.includes('allow_mod'),
      metaData: participant.metaData,
      deviceInfo: { browserUserAgent: participant.userAgent },
    };
  }

  function view(session: StoredSession): Session {
    const base = publicUrl();
    const start = Date.parse(session.start);
    return {
      id: session.id,
      sessionId: session.id,
      roomId: session.roomId,
      meetingId: session.roomId,
      customRoomId: findRoom(store, session.roomId)?.customRoomId ?? null,
      userId: 'self-hosted',
      start: session.start,
      end: session.end,
      status: session.end === null ? 'ongoing' : 'ended',
      activeDuration: session.end === null ? (Date.now() - start) / 1000 : session.activeDurationSeconds,
      participants: peopleOf(session.id),
      chatLink: `${base}/v2/sessions/${session.id}/chat.csv`,
      links: {
        get_room: `${base}/v2/rooms/${session.roomId}`,
        get_session: `${base}/v2/sessions/${session.id}`,
        get_all_participants: `${base}/v2/sessions/${session.id}/participants`,
      },
    };
  }

  return {
    sessions(query) {
      return mapPage(listSessions(store, query), view);
    },
    session(sessionId) {
      return view(require(sessionId));
    },
    participants(sessionId, query) {
      const session = view(require(sessionId));
      const people = session.participants.filter(
        (person) => !query.activeOnly || person.timelog.some((span) => span.end === null),
      );
      const perPage = query.perPage ?? 20;
      const currentPage = query.page ?? 1;
      return {
        pageInfo: {
          currentPage,
          perPage,
          lastPage: Math.max(1, Math.ceil(people.length / perPage)),
          total: people.length,
        },
        data: {
          id: session.id,
          roomId: session.roomId,
          customRoomId: session.customRoomId,
          participants: people.slice((currentPage - 1) * perPage, currentPage * perPage),
          links: { get_room: session.links.get_room, get_session: session.links.get_session },
        },
      };
    },
    participant(sessionId, participantId) {
      const found = peopleOf(require(sessionId).id).find((person) => person.participantId === participantId);
      if (!found) {
        throw new RoomflowError(
          'participant-not-found',
          `Participant "${participantId}" did not take part in session "${sessionId}".`,
        );
      }
      return found;
    },
    messages(roomId, query) {
      return listMessages(store, { roomId, ...query, persistedOnly: true })
        .filter(({ sendOnly }) => sendOnly === null)
        .map(({ messageId, topic, message, senderId, senderName, payload, at }) => ({
          messageId,
          topic,
          message,
          senderId,
          senderName,
          payload,
          at,
        }));
    },
    chatCsv(sessionId) {
      const rows = listMessages(store, { sessionId, persistedOnly: true }).filter(
        ({ sendOnly }) => sendOnly === null,
      );
      const line = (cells: string[]): string => cells.map(csvCell).join(',');
      return `${[
        line(['timestamp', 'topic', 'senderId', 'senderName', 'message']),
        ...rows.map((row) => line([row.at, row.topic, row.senderId, row.senderName, row.message])),
      ].join('\r\n')}\r\n`;
    },
  };
}

/** VideoSDK's shape: each mode once, in the order of its first time, with all its times. */
function byMode(spans: readonly ModeSpan[]): SessionParticipant['changeModeHistory'] {
  return [...Map.groupBy(spans, ({ mode }) => mode)].map(([mode, times]) => ({
    mode,
    timelog: times.map(({ start, end }) => ({ start, end })),
  }));
}

/** RFC 4180 quoting; a leading formula sign is defused, since people open this in spreadsheets. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
