import { randomBytes, randomUUID } from 'node:crypto';
import {
  RoomflowError,
  defaultAutoCloseMinutes,
  type IceServer,
  type Joined,
  type ParticipantMode,
  type Room,
} from '../contract/index.ts';
import { decideAdmission } from './admission.ts';
import type { Connection } from './connection.ts';
import type { SessionJournal } from './journal.ts';
import { LiveSession } from './live-session.ts';
import type { MediaPlane } from './media-plane.ts';
import type { Participant } from './participant.ts';
import type { SessionSnapshot } from './session-snapshot.ts';
import { requireJoin, requireMode, type Principal } from './tokens/index.ts';

export type LiveRoomsOptions = {
  media: MediaPlane;
  journal: SessionJournal;
  /** The persisted room, by either of its ids, or `room-not-found`. */
  findRoom(roomId: string): Room;
  deactivateRoom(roomId: string): void;
  iceServers: IceServer[];
  graceMs: number;
  /** How long a session that a step has begun waits for its first participant. */
  emptySessionMs: number;
  maxParticipantsPerRoom: number;
  maxViewersPerRoom: number;
  /** Microphones forwarded at a time, where the room says nothing else; 0 for all. */
  maxForwardedSpeakers: number;
  /** Something failed that nobody waits for. */
  onError(error: unknown, fields: Record<string, unknown>): void;
};

export type JoinRequest = {
  name: string;
  participantId?: string | undefined;
  mode?: ParticipantMode | undefined;
  metaData?: unknown;
  resumeToken?: string | undefined;
};

export type JoinOutcome = {
  session: LiveSession;
  participant: Participant;
  answer: Joined | { state: 'waiting'; participantId: string };
};

/** The rooms that are live now, each with its one session. */
export class LiveRooms {
  readonly #options: LiveRoomsOptions;
  readonly #byRoom = new Map<string, LiveSession>();
  readonly #bySession = new Map<string, LiveSession>();
  readonly #endingListeners = new Set<(session: LiveSession) => Promise<void>>();
  readonly #closing = new Set<Promise<void>>();
  #stopping = false;

  constructor(options: LiveRoomsOptions) {
    this.#options = options;
    options.media.onEvent((event) => {
      this.#bySession.get(event.sessionId)?.handleMedia(event);
    });
  }

  /** Sessions that have begun. */
  sessions(): LiveSession[] {
    return [...this.#byRoom.values()].filter((session) => session.hasBegun);
  }

  sessionOf(roomId: string): LiveSession | undefined {
    const session = this.#byRoom.get(roomId);
    return session?.hasBegun ? session : undefined;
  }

  /** Those at the door of a room, also before its session has begun. */
  entrantsOf(roomId: string): LiveSession | undefined {
    return this.#byRoom.get(roomId);
  }

  bySessionId(sessionId: string): LiveSession | undefined {
    return this.#bySession.get(sessionId);
  }

  /**
   * Takes up the sessions that the last run was cut off from, each as itself: same ids, clock, people and tracks. Their
   * people are reconnecting and do not run out of time, nor does a session that waits for its first guest end with its
   * last step, before the function that is given back is called, which is when clients can be heard again.
   */
  restore(snapshots: readonly SessionSnapshot[]): { sessions: LiveSession[]; awaitReturns: () => void } {
    const sessions = snapshots.map((snapshot) =>
      this.#open(this.#options.findRoom(snapshot.roomId), snapshot),
    );
    const releases = sessions.map((session) => session.hold());
    return {
      sessions,
      awaitReturns: () => {
        for (const release of releases) {
          release();
        }
        for (const session of sessions) {
          session.awaitReturns();
        }
      },
    };
  }

  /** The live session of a room, or `room-not-found`, or `no-live-session` with what to do. */
  requireSession(roomId: string): LiveSession {
    const room = this.#options.findRoom(roomId);
    const session = this.sessionOf(room.roomId);
    if (!session) {
      throw new RoomflowError(
        'no-live-session',
        `Nobody is in room "${room.roomId}" now. This works while at least one participant is in the room.`,
      );
    }
    return session;
  }

  /**
   * The live session of a room for what needs nobody to be there, or undefined where {@link inOpenSession} would open one.
   *
   * @throws RoomflowError `room-not-found`, `room-closed`, `runtime-stopping`
   */
  openableSession(roomId: string): LiveSession | undefined {
    this.#requireRunning();
    return this.sessionOf(this.#requireOpen(roomId).roomId);
  }

  /**
   * Runs `start` in the live session of a room, or where nobody is, in a new one. A new one begins once `start` holds
   * it ({@link LiveSession.hold}); without that nothing of it is told.
   *
   * @throws RoomflowError `room-not-found`, `room-closed`, `runtime-stopping`, and what `start` throws
   */
  inOpenSession<T>(roomId: string, start: (session: LiveSession) => T): T {
    this.#requireRunning();
    const room = this.#requireOpen(roomId);
    const session = this.#byRoom.get(room.roomId) ?? this.#open(room);
    try {
      return start(session);
    } finally {
      session.forgetWhenDeserted();
    }
  }

  /** A wire arrives and asks to come in, or back in. */
  join(roomId: string, principal: Principal, request: JoinRequest, connection: Connection): JoinOutcome {
    this.#requireRunning();
    const room = this.#options.findRoom(roomId);
    const returning = request.resumeToken ? this.#resume(room.roomId, request.resumeToken, connection) : null;
    if (returning) {
      return returning;
    }
    const mode = requireMode(principal, request.mode);
    const { permissions, participantId: prescribed } = requireJoin(
      principal,
      { id: room.roomId, customRoomId: room.customRoomId, allowedParticipantIds: room.allowedParticipantIds },
      request.participantId ?? this.#idBefore(room.roomId, principal, request.resumeToken),
    );
    const asked = prescribed ?? newParticipantId();
    const session = this.#byRoom.get(room.roomId) ?? this.#open(room);
    const verdict = decideAdmission({ room, permissions, places: session.places(mode, asked) });
    const participantId = verdict === 'knock' ? idAtTheDoor(session, principal, room, asked) : asked;
    const participant = session.admit({
      participantId,
      name: request.name,
      mode,
      metaData: request.metaData ?? null,
      permissions,
      connection,
      knocks: verdict === 'knock',
    });
    return {
      session,
      participant,
      answer: verdict === 'enter' ? session.joined(participant, false) : { state: 'waiting', participantId },
    };
  }

  /**
   * Called with each session that is over, before its media is closed, so that steps can finish what they
   * hold. The media is closed when every listener's promise has settled.
   */
  onSessionEnding(listener: (session: LiveSession) => Promise<void>): void {
    this.#endingListeners.add(listener);
  }

  /** Ends every session and waits until their steps have finished. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const session of [...this.#byRoom.values()]) {
      session.end('runtime-stopping');
    }
    while (this.#closing.size > 0) {
      await Promise.allSettled(this.#closing);
    }
  }

  #resume(roomId: string, resumeToken: string, connection: Connection): JoinOutcome | null {
    const session = this.#byRoom.get(roomId);
    const participant = session?.holderOf(resumeToken);
    if (!session || !participant) {
      return null;
    }
    session.resume(participant, connection);
    return { session, participant, answer: session.joined(participant, true) };
  }

  /** The id of somebody who comes back too late to resume; null for whoever is new or has an id by its token. */
  #idBefore(roomId: string, principal: Principal, resumeToken: string | undefined): string | null {
    if (resumeToken === undefined || (principal.kind === 'token' && principal.claims.participantId)) {
      return null;
    }
    return this.#byRoom.get(roomId)?.departedIdOf(resumeToken) ?? null;
  }

  #requireRunning(): void {
    if (this.#stopping) {
      throw new RoomflowError('runtime-stopping', 'The meeting server is stopping; try again in a moment.');
    }
  }

  #requireOpen(roomId: string): Room {
    const room = this.#options.findRoom(roomId);
    if (room.disabled) {
      throw new RoomflowError('room-closed', `Room "${room.roomId}" has been deactivated.`);
    }
    return room;
  }

  #open(room: Room, snapshot?: SessionSnapshot): LiveSession {
    const session = new LiveSession({
      roomId: room.roomId,
      sessionId: snapshot?.sessionId ?? randomUUID(),
      ...(snapshot === undefined ? {} : { snapshot }),
      limitMs: room.autoCloseConfig
        ? (room.autoCloseConfig.duration ?? defaultAutoCloseMinutes) * 60_000
        : null,
      emptyMs: this.#options.emptySessionMs,
      graceMs: this.#options.graceMs,
      capacity: Math.min(
        room.maxParticipants ?? Number.POSITIVE_INFINITY,
        this.#options.maxParticipantsPerRoom,
      ),
      viewerCapacity: this.#options.maxViewersPerRoom,
      maxForwardedSpeakers: room.maxForwardedSpeakers ?? this.#options.maxForwardedSpeakers,
      iceServers: this.#options.iceServers,
      media: this.#options.media,
      journal: this.#options.journal,
      onEnded: (ended) => {
        this.#close(ended);
      },
    });
    this.#byRoom.set(session.roomId, session);
    this.#bySession.set(session.sessionId, session);
    return session;
  }

  /** At once: whoever comes while the steps finish must not begin a session that is then ended for them. */
  #deactivateWhenAsked({ roomId, sessionId }: LiveSession): void {
    try {
      if (this.#options.findRoom(roomId).autoCloseConfig?.type === 'session-end-and-deactivate') {
        this.#options.deactivateRoom(roomId);
      }
    } catch (error) {
      // The session ends all the same.
      this.#options.onError(error, { roomId, sessionId });
    }
  }

  #close(session: LiveSession): void {
    if (this.#byRoom.get(session.roomId) === session) {
      this.#byRoom.delete(session.roomId);
    }
    if (!session.hasBegun) {
      this.#bySession.delete(session.sessionId);
      return;
    }
    this.#deactivateWhenAsked(session);
    const closing = (async () => {
      await Promise.allSettled([...this.#endingListeners].map((listener) => listener(session)));
      this.#options.media.closeSession(session.sessionId);
      this.#bySession.delete(session.sessionId);
    })();
    this.#closing.add(closing);
    closing
      .catch((error: unknown) => {
        this.#options.onError(error, { roomId: session.roomId, sessionId: session.sessionId });
      })
      .finally(() => this.#closing.delete(closing));
  }
}

const newParticipantId = (): string => randomBytes(6).toString('hex');

/**
 * The id of somebody who knocks. Whoever has it already is not put out by a knock, which proves nothing: an id
 * that the client only suggested gives way to a fresh one; one that the token or the room prescribes cannot.
 */
function idAtTheDoor(session: LiveSession, principal: Principal, room: Room, asked: string): string {
  const holder = session.find(asked);
  if (!holder) {
    return asked;
  }
  const isOfToken = principal.kind === 'token' && principal.claims.participantId === asked;
  if (isOfToken && holder.isKnocking) {
    return asked;
  }
  if (isOfToken || room.allowedParticipantIds !== null) {
    throw new RoomflowError(
      'unauthorized-participant',
      `Participant "${asked}" is in room "${room.roomId}" or waits at its door already; knock again once it has left.`,
    );
  }
  return newParticipantId();
}
