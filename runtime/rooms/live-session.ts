import { randomBytes } from 'node:crypto';
import { createActor, type Actor } from 'xstate';
import {
  RoomflowError,
  closeCodes,
  type Audience,
  type IceServer,
  type Joined,
  type MessageView,
  type ParticipantMode,
  type Permission,
} from '../contract/index.ts';
import { requirePlace, type Places } from './admission.ts';
import { Pins, SessionAudience, Stage } from './audience/index.ts';
import { notification, silentConnection, type Connection } from './connection.ts';
import { Departures } from './departures.ts';
import type { SessionJournal } from './journal.ts';
import type { MediaEvent, MediaPlane } from './media-plane.ts';
import { Participant } from './participant.ts';
import { restoreParticipant } from './restored-participant.ts';
import { hashOfResumeToken } from './resume-token.ts';
import { Roster } from './roster.ts';
import { SessionCaptions } from './session-captions.ts';
import { sessionMachine } from './session-machine.ts';
import { SessionMessages, type MessageOptions } from './session-messages.ts';
import type { SessionSnapshot } from './session-snapshot.ts';
import { SessionTracks } from './session-tracks.ts';

export type LiveSessionOptions = {
  roomId: string;
  sessionId: string;
  /** How long the session may last; null for as long as somebody is there. */
  limitMs: number | null;
  /** How long the session waits for its first participant when a step has begun it. */
  emptyMs: number;
  graceMs: number;
  /** Most people on stage at a time. */
  capacity: number;
  /** Microphones that are forwarded at a time; 0 for all. */
  maxForwardedSpeakers: number;
  /** Most people in the audience at a time. */
  viewerCapacity: number;
  iceServers: IceServer[];
  media: MediaPlane;
  journal: SessionJournal;
  /** Of a session that goes on after a restart; its ids are those of the session. */
  snapshot?: SessionSnapshot;
  /** Called once, when the session is over and before its media is closed. */
  onEnded(session: LiveSession): void;
};

/** Who enters, with what. */
export type Entrant = {
  participantId: string;
  name: string;
  mode: ParticipantMode;
  metaData: unknown;
  permissions: readonly Permission[];
  connection: Connection;
  knocks: boolean;
  isServerSide?: boolean;
};

/**
 * One run of a room, from the first join, or the first step that shows the room, to the last leave: who comes and
 * goes. What they publish, say and do is kept by its parts. It decides and tells; media goes through the media plane,
 * what must be remembered through the journal.
 */
export class LiveSession {
  readonly roomId: string;
  readonly sessionId: string;
  readonly tracks: SessionTracks;
  readonly audience: SessionAudience;
  readonly stage: Stage;
  readonly pins: Pins;
  readonly captions: SessionCaptions;
  readonly #options: LiveSessionOptions;
  readonly #roster: Roster;
  readonly #messages: SessionMessages;
  readonly #lifecycle: Actor<typeof sessionMachine>;
  readonly #recorded = new Set<string>();
  readonly #departures = new Departures();
  /** False while people only knock: a session begins with the first who enters or the first who holds it. */
  #begun = false;
  #occupied = false;
  #startedAtMs = Date.now();
  #ended = false;

  constructor(options: LiveSessionOptions) {
    this.roomId = options.roomId;
    this.sessionId = options.sessionId;
    this.#options = options;
    this.#roster = new Roster(options.roomId);
    const { media, journal } = options;
    const parts = { session: this, roster: this.#roster, media, journal };
    this.tracks = new SessionTracks(parts);
    this.#messages = new SessionMessages(parts);
    this.audience = new SessionAudience(parts);
    this.pins = new Pins(parts);
    this.captions = new SessionCaptions(parts);
    this.stage = new Stage({
      ...parts,
      effects: {
        requirePlace: ({ participantId }) => {
          requirePlace(this.roomId, this.places('SEND_AND_RECV', participantId));
        },
        modeChanged: (participant) => {
          this.#modeChanged(participant);
        },
      },
    });
    const { snapshot } = options;
    if (snapshot) {
      this.#begun = true;
      this.#occupied = snapshot.occupied;
      this.#startedAtMs = snapshot.startedAtMs;
    }
    const passedMs = snapshot ? Math.max(0, Date.now() - snapshot.startedAtMs) : 0;
    const left = (ms: number): number => Math.max(0, ms - passedMs);
    this.#lifecycle = createActor(sessionMachine, {
      input: {
        limitMs: options.limitMs === null ? null : left(options.limitMs),
        emptyMs: left(options.emptyMs),
        from: snapshot ? (snapshot.occupied ? 'occupied' : 'awaiting') : 'atTheDoor',
      },
    });
    this.#lifecycle.subscribe((snapshot) => {
      if (snapshot.matches('live')) {
        if (!this.#begun) {
          this.#begin();
        }
        if (!this.#occupied && snapshot.matches({ live: 'occupied' })) {
          this.#occupied = true;
          journal.sessionOccupied(this);
        }
      } else if (snapshot.matches('ended')) {
        this.#finish(snapshot.context.reason);
      } else if (snapshot.matches('forgotten')) {
        this.#ended = true;
        this.#options.onEnded(this);
      }
    });
    this.#lifecycle.start();
    if (snapshot) {
      this.#restore(snapshot);
    }
  }

  get hasBegun(): boolean {
    return this.#begun;
  }

  /** When it began; until then, when the first came to the door. Milliseconds since 1970. */
  get startedAtMs(): number {
    return this.#startedAtMs;
  }

  get isEnded(): boolean {
    return this.#ended;
  }

  /** The places for those who come in `mode`; whoever has the id `participantId` takes none. */
  places(mode: ParticipantMode, participantId: string): Places {
    const viewers = mode === 'SIGNALLING_ONLY';
    return {
      sort: viewers ? 'viewers' : 'participants',
      taken: this.#roster.count({ viewers }, participantId),
      capacity: viewers ? this.#options.viewerCapacity : this.#options.capacity,
    };
  }

  /** Everybody in the room, those coming back included, those at the door not. */
  present(): Participant[] {
    return this.#roster.present();
  }

  knocking(): Participant[] {
    return this.#roster.knocking();
  }

  find(participantId: string): Participant | undefined {
    return this.#roster.find(participantId);
  }

  /** The participant, or `participant-not-found` with who is there instead. */
  require(participantId: string): Participant {
    return this.#roster.require(participantId);
  }

  /**
   * Takes somebody in, or to the door when they must knock. Whoever is there under the same id already is
   * put out (VideoSDK 4005: the older one goes).
   */
  admit(entrant: Entrant): Participant {
    this.find(entrant.participantId)?.connection.notify(
      notification('removed', {
        code: 'participant-replaced',
        message: 'You joined again from another window or device.',
      }),
    );
    this.#dismiss(entrant.participantId, 'participant-replaced', closeCodes.replaced);
    const participant = new Participant({
      ...entrant,
      arrival: entrant.knocks ? 'knocks' : 'enters',
      sessionId: this.sessionId,
      graceMs: this.#options.graceMs,
    });
    this.#follow(participant, { wasPresent: false, wasReconnecting: false });
    return participant;
  }

  /** Takes a participant into the roster and acts on every change of its life. */
  #follow(
    participant: Participant,
    { wasPresent, wasReconnecting }: { wasPresent: boolean; wasReconnecting: boolean },
  ): void {
    this.#roster.add(participant);
    participant.lifecycle.subscribe((snapshot) => {
      if (snapshot.matches('present')) {
        const reconnecting = snapshot.matches({ present: 'reconnecting' });
        if (!wasPresent) {
          wasPresent = true;
          this.#entered(participant);
        } else if (reconnecting !== wasReconnecting) {
          wasReconnecting = reconnecting;
          this.#options.journal.participantConnection(this, participant, reconnecting);
          this.#roster.toOthers(participant, 'participant-updated', { participant: participant.view() });
        }
      } else if (snapshot.matches('knocking')) {
        this.#knocked(participant);
      } else if (snapshot.status === 'done') {
        this.#departed(participant, snapshot.context.reason, wasPresent);
      }
    });
    participant.lifecycle.start();
  }

  /**
   * The server-side participant of that id, let in where it is not there. It counts as one who is present, but a
   * session ends with the last of the others.
   *
   * @throws RoomflowError `not-server-side` for the id of somebody who has media of their own, `room-full`
   */
  admitServerSide(entrant: {
    participantId?: string | undefined;
    name: string;
    metaData: unknown;
  }): Participant {
    const participantId = entrant.participantId ?? `srv_${randomBytes(6).toString('hex')}`;
    const there = this.find(participantId);
    if (there?.isPresent && there.isServerSide) {
      return there;
    }
    if (there) {
      throw new RoomflowError(
        'not-server-side',
        `Participant "${participantId}" has media of its own; choose another participantId, or leave it out.`,
      );
    }
    requirePlace(this.roomId, this.places('SEND_AND_RECV', participantId));
    return this.admit({
      participantId,
      name: entrant.name,
      metaData: entrant.metaData,
      mode: 'SEND_AND_RECV',
      permissions: [],
      connection: silentConnection('Roomflow'),
      knocks: false,
      isServerSide: true,
    });
  }

  /** The same participant on a new wire, within the grace time. */
  resume(participant: Participant, connection: Connection): void {
    const previous = participant.connection;
    participant.connection = connection;
    previous.close(closeCodes.replaced, 'resumed elsewhere');
    participant.send({ type: 'connection-back' });
    if (participant.hasLostMedia) {
      participant.hasLostMedia = false;
      // After the answer to the call by which it comes back: before, it knows of no room.
      setImmediate(() => {
        connection.notify(notification('media-restart', { reason: 'the media of the room began anew' }));
      });
    }
  }

  /** From now on whoever was cut off by a restart has the grace time to come back. */
  awaitReturns(): void {
    for (const participant of this.present()) {
      participant.send({ type: 'awaited' });
    }
  }

  /** Finds who holds a resume token and may come back. */
  holderOf(resumeToken: string): Participant | undefined {
    const hash = hashOfResumeToken(resumeToken);
    const holder = this.present().find(({ resumeTokenHash }) => resumeTokenHash === hash);
    holder?.noteResumeToken(resumeToken);
    return holder;
  }

  /** The id that a resume token proves of somebody who has left: whoever joins anew with it is no new voter. */
  departedIdOf(resumeToken: string): string | undefined {
    const participantId = this.#departures.idOf(resumeToken);
    return participantId === undefined || this.find(participantId) ? undefined : participantId;
  }

  /** The wire broke; a wire that was replaced meanwhile does not count. */
  connectionLost(participant: Participant, connection: Connection): void {
    if (participant.connection === connection) {
      participant.send({ type: 'connection-lost' });
    }
  }

  leave(participant: Participant, reason = 'left'): void {
    participant.send({ type: 'leave', reason });
  }

  remove(participantId: string, message: string): Participant {
    const participant = this.require(participantId);
    participant.connection.notify(notification('removed', { code: 'participant-removed', message }));
    this.#dismiss(participantId, 'participant-removed', closeCodes.forbidden);
    return participant;
  }

  end(reason: string): void {
    if (this.#begun) {
      this.#lifecycle.send({ type: 'end', reason });
    } else {
      this.#turnOutEverybody(reason);
    }
  }

  /**
   * Begins the session where it has not begun, and keeps it while nobody has come yet. The function returned lets go
   * of it again, once.
   */
  hold(): () => void {
    this.#lifecycle.send({ type: 'held' });
    let isHeld = true;
    return () => {
      if (isHeld && !this.#ended) {
        this.#lifecycle.send({ type: 'released' });
      }
      isHeld = false;
    };
  }

  /** Without effect on a session that has begun, or while somebody knocks. */
  forgetWhenDeserted(): void {
    if (!this.#ended && this.#roster.isEmpty) {
      this.#lifecycle.send({ type: 'deserted' });
    }
  }

  respondEntry(participantId: string, decision: 'allowed' | 'denied'): void {
    const participant = this.find(participantId);
    if (!participant?.isKnocking) {
      throw new RoomflowError(
        'participant-not-found',
        `Nobody with participantId "${participantId}" is waiting at the door of room "${this.roomId}".`,
      );
    }
    if (decision === 'allowed') {
      requirePlace(this.roomId, this.places(participant.mode, participantId));
    }
    this.#options.journal.entryResponded(this, participant, decision);
    if (decision === 'allowed') {
      // Of a denial they hear when the one who knocked is gone, as of whoever goes without an answer.
      this.#roster.toThose((one) => one.mayAdmit, 'entry-responded', { participantId, decision });
    }
    participant.connection.notify(notification('entry-responded', { participantId, decision }));
    participant.send({ type: decision === 'allowed' ? 'admit' : 'deny' });
  }

  /** Sends to everybody, or to those named; keeps it for late joiners when asked. */
  say(message: MessageView, options: MessageOptions): void {
    this.#messages.say(message, options);
  }

  /** Who comes first in the composed picture, first first; somebody who leaves the stage is unpinned. */
  pin(pinnedIds: readonly string[]): void {
    this.pins.set(pinnedIds);
  }

  /** Shows viewers the stream that is running, or with null that it is over. */
  showHls(hls: Audience['hls']): void {
    this.audience.showHls(hls);
  }

  /** Shows in every client that a participant is being recorded. */
  showRecording(participantId: string, recording: boolean): void {
    if (recording) {
      this.#recorded.add(participantId);
    } else {
      this.#recorded.delete(participantId);
    }
    this.#roster.toAll('recording-state-changed', { participantId, recording });
  }

  /** What a client needs to draw the room. */
  joined(participant: Participant, resumed: boolean): Joined {
    return {
      state: 'joined',
      roomId: this.roomId,
      sessionId: this.sessionId,
      participantId: participant.participantId,
      resumeToken: participant.resumeToken,
      resumed,
      permissions: [...participant.permissions],
      participants: this.#roster.seenBy(participant).map((one) => one.view()),
      activeSpeakerId: this.tracks.activeSpeakerId,
      recordedIds: [...this.#recorded],
      messages: this.#messages.remembered(),
      entryRequests: participant.mayAdmit
        ? this.knocking().map(({ participantId, name }) => ({ participantId, name }))
        : [],
      iceServers: this.#options.iceServers,
      graceMs: this.#options.graceMs,
      audience: this.audienceFor(participant.isModerator),
      votes: this.audience.votesOf(participant.participantId),
      captions: this.captions.state,
      stageInvitation: this.stage.invitationOf(participant.participantId),
    };
  }

  /** @param maySeeResults shows the tally of polls that hide it while they are open */
  audienceFor(maySeeResults: boolean): Audience {
    return { ...this.audience.view(maySeeResults), pinnedIds: this.pins.pinnedIds };
  }

  /** Takes what the media plane tells about this session. */
  handleMedia(event: MediaEvent): void {
    if (!this.#ended) {
      this.tracks.handle(event);
    }
  }

  #knocked(participant: Participant): void {
    this.#options.journal.entryRequested(this, participant);
    this.#roster.toThose((one) => one.mayAdmit, 'entry-requested', {
      participantId: participant.participantId,
      name: participant.name,
    });
  }

  #begin(): void {
    this.#begun = true;
    this.#startedAtMs = Date.now();
    this.#options.journal.sessionStarted(this);
    const { roomId, sessionId, startedAtMs } = this;
    const { maxForwardedSpeakers } = this.#options;
    this.#options.media.openSession({ roomId, sessionId, startedAtMs, maxForwardedSpeakers });
  }

  /** Goes on as it was: nothing of it is told again but that its people have lost their connections. */
  #restore(snapshot: SessionSnapshot): void {
    const { roomId, sessionId, startedAtMs } = this;
    const { maxForwardedSpeakers } = this.#options;
    this.#options.media.openSession({ roomId, sessionId, startedAtMs, maxForwardedSpeakers });
    this.#departures.restore(snapshot.departed);
    this.#messages.restore(snapshot.messages);
    this.audience.restore(snapshot.audience);
    this.stage.restore(snapshot.invitations);
    for (const participant of snapshot.participants) {
      const { graceMs } = this.#options;
      const restored = restoreParticipant(participant, { sessionId, graceMs });
      if (!restored.isViewer) {
        this.#openMedia(restored);
      }
      this.#follow(restored, { wasPresent: true, wasReconnecting: participant.isReconnecting });
    }
    this.pins.restore(snapshot.pinnedIds);
  }

  #entered(participant: Participant): void {
    if (!participant.isServerSide) {
      this.#lifecycle.send({ type: participant.isViewer ? 'watched' : 'entered' });
    }
    if (participant.isViewer) {
      this.audience.viewersChanged();
    } else {
      this.#openMedia(participant);
    }
    this.#options.journal.participantJoined(this, participant);
    if (participant.knocked) {
      participant.connection.notify(notification('joined', this.joined(participant, false)));
    }
    this.#roster.toOthers(participant, 'participant-joined', { participant: participant.view() });
  }

  #departed(participant: Participant, reason: string, wasPresent: boolean): void {
    this.#roster.delete(participant);
    if (wasPresent) {
      this.#departures.note(participant, reason);
      this.tracks.endAll(participant);
      this.pins.departed(participant);
      this.stage.departed(participant);
      this.audience.departed(participant);
      this.#options.journal.participantLeft(this, participant, reason);
      if (participant.isViewer) {
        this.audience.viewersChanged();
      } else {
        this.#options.media.closeParticipant(this.sessionId, participant.participantId);
      }
      this.#roster.toOthers(participant, 'participant-left', {
        participantId: participant.participantId,
        reason,
      });
    } else {
      this.#roster.toThose((one) => one.mayAdmit, 'entry-responded', {
        participantId: participant.participantId,
        decision: 'denied',
      });
      if (participant.isDenied) {
        participant.connection.notify(
          notification('removed', { code: 'entry-denied', message: 'The host did not let you in.' }),
        );
        participant.connection.close(closeCodes.forbidden, 'entry denied');
      }
    }
    if (this.#ended || reason === 'participant-replaced' || this.present().some((one) => !one.isServerSide)) {
      return;
    }
    if (wasPresent) {
      this.#lifecycle.send({ type: 'vacated' });
    } else {
      this.forgetWhenDeserted();
    }
  }

  #openMedia(participant: Participant): void {
    const { participantId, name, mode } = participant;
    const serverSide = participant.ownTracks();
    this.#options.media.openParticipant(this.sessionId, { participantId, name, mode, serverSide });
  }

  /** On stage there is media; in the audience there is none, and other viewers are not told of it. */
  #modeChanged(participant: Participant): void {
    const { participantId } = participant;
    if (participant.isViewer) {
      this.tracks.endAll(participant);
      this.pins.departed(participant);
      this.#options.media.closeParticipant(this.sessionId, participantId);
      this.#roster.toOthers(participant, 'participant-updated', { participant: participant.view() });
      this.#roster.toOnlookers(participant, 'participant-left', {
        participantId,
        reason: 'moved-to-audience',
      });
    } else {
      this.#lifecycle.send({ type: 'entered' });
      this.audience.moveHand(participant, false);
      this.#openMedia(participant);
      // To those who have not been told of this viewer an update is the whole of it too.
      this.#roster.toOthers(participant, 'participant-updated', { participant: participant.view() });
    }
    this.audience.viewersChanged();
  }

  #dismiss(participantId: string, reason: string, closeCode: number): void {
    const participant = this.find(participantId);
    if (participant) {
      participant.send({ type: 'leave', reason });
      participant.connection.close(closeCode, reason);
    }
  }

  #finish(reason: string): void {
    this.#ended = true;
    this.audience.end();
    this.#turnOutEverybody(reason);
    this.#options.journal.sessionEnded(this, reason);
    this.#options.onEnded(this);
  }

  #turnOutEverybody(reason: string): void {
    for (const participant of this.#roster.all()) {
      participant.connection.notify(
        notification('removed', {
          code: 'room-closed',
          message: closingMessages[reason] ?? 'The meeting has ended.',
        }),
      );
      this.#dismiss(participant.participantId, reason, closeCodes.notFound);
    }
  }
}

const closingMessages: Record<string, string> = {
  'time-limit': 'The meeting has reached its time limit.',
  'ended-by-host': 'A host has ended the meeting.',
  'runtime-stopping': 'The meeting server is being restarted. Join again in a moment.',
};
