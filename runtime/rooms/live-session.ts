import { createActor, type Actor } from 'xstate';
import {
  RoomflowError,
  closeCodes,
  type IceServer,
  type Joined,
  type MessageView,
  type ParticipantMode,
  type Permission,
  type SignallingEvents,
  type SubscribeLayer,
  type TrackKind,
} from '../contract/index.ts';
import { notification, type Connection } from './connection.ts';
import type { MediaEvent, MediaPlane } from './media-plane.ts';
import { Participant } from './participant.ts';
import { requirePlace } from './admission.ts';
import { sessionMachine } from './session-machine.ts';
import type { SessionJournal } from './journal.ts';

/** VideoSDK's limit. */
const MAX_PAYLOAD_BYTES = 15 * 1024;
/** Late joiners get the newest; older ones are in the store. */
const MAX_REMEMBERED_MESSAGES = 1000;

export type LiveSessionOptions = {
  roomId: string;
  sessionId: string;
  startedAtMs: number;
  limitMs: number | null;
  graceMs: number;
  /** Most people in the room at a time. */
  capacity: number;
  iceServers: IceServer[];
  media: MediaPlane;
  journal: SessionJournal;
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
};

/**
 * One run of a room, from the first join to the last leave: who is there, what they publish, what they say.
 * It decides and tells; media goes through the media plane, what must be remembered through the journal.
 */
export class LiveSession {
  readonly roomId: string;
  readonly sessionId: string;
  readonly startedAtMs: number;
  readonly #options: LiveSessionOptions;
  readonly #participants = new Map<string, Participant>();
  readonly #lifecycle: Actor<typeof sessionMachine>;
  readonly #messages: MessageView[] = [];
  readonly #recorded = new Set<string>();
  #activeSpeakerId: string | null = null;
  /** False while people only knock: a session begins with the first who enters. */
  #begun = false;
  #ended = false;

  constructor(options: LiveSessionOptions) {
    this.roomId = options.roomId;
    this.sessionId = options.sessionId;
    this.startedAtMs = options.startedAtMs;
    this.#options = options;
    this.#lifecycle = createActor(sessionMachine, { input: { limitMs: options.limitMs } });
    this.#lifecycle.subscribe((snapshot) => {
      if (snapshot.status === 'done') {
        this.#finish(snapshot.context.reason);
      }
    });
  }

  /** Most people in the room at a time. */
  get capacity(): number {
    return this.#options.capacity;
  }

  get hasBegun(): boolean {
    return this.#begun;
  }

  get isEnded(): boolean {
    return this.#ended;
  }

  get activeSpeakerId(): string | null {
    return this.#activeSpeakerId;
  }

  /** Everybody in the room, those coming back included, those at the door not. */
  present(): Participant[] {
    return [...this.#participants.values()].filter((participant) => participant.isPresent);
  }

  knocking(): Participant[] {
    return [...this.#participants.values()].filter((participant) => participant.isKnocking);
  }

  find(participantId: string): Participant | undefined {
    return this.#participants.get(participantId);
  }

  /** The participant, or `participant-not-found` with who is there instead. */
  require(participantId: string): Participant {
    const participant = this.#participants.get(participantId);
    if (!participant?.isPresent) {
      const there = this.present().map((one) => one.participantId);
      throw new RoomflowError(
        'participant-not-found',
        `Participant "${participantId}" is not in room "${this.roomId}". ` +
          (there.length > 0 ? `In the room: ${there.slice(0, 10).join(', ')}.` : 'Nobody is in the room.'),
      );
    }
    return participant;
  }

  /**
   * Takes somebody in, or to the door when they must knock. Whoever is there under the same id already is
   * put out (VideoSDK 4005: the older one goes).
   */
  admit(entrant: Entrant): Participant {
    this.#participants.get(entrant.participantId)?.connection.notify(
      notification('removed', {
        code: 'participant-replaced',
        message: 'You joined again from another window or device.',
      }),
    );
    this.#dismiss(entrant.participantId, 'participant-replaced', closeCodes.replaced);
    const participant = new Participant({
      ...entrant,
      sessionId: this.sessionId,
      graceMs: this.#options.graceMs,
    });
    this.#participants.set(participant.participantId, participant);
    let wasPresent = false;
    let wasReconnecting = false;
    participant.lifecycle.subscribe((snapshot) => {
      if (snapshot.matches('present')) {
        const reconnecting = snapshot.matches({ present: 'reconnecting' });
        if (!wasPresent) {
          wasPresent = true;
          this.#entered(participant);
        } else if (reconnecting !== wasReconnecting) {
          wasReconnecting = reconnecting;
          this.#options.journal.participantConnection(this, participant, reconnecting);
          this.#toOthers(participant, 'participant-updated', { participant: participant.view() });
        }
      } else if (snapshot.matches('knocking')) {
        this.#knocked(participant);
      } else if (snapshot.status === 'done') {
        this.#departed(participant, snapshot.context.reason, wasPresent);
      }
    });
    participant.lifecycle.start();
    return participant;
  }

  /** The same participant on a new wire, within the grace time. */
  resume(participant: Participant, connection: Connection): void {
    const previous = participant.connection;
    participant.connection = connection;
    previous.close(closeCodes.replaced, 'resumed elsewhere');
    participant.send({ type: 'connection-back' });
  }

  /** Finds who holds a resume token and may come back. */
  holderOf(resumeToken: string): Participant | undefined {
    return this.present().find((participant) => participant.resumeToken === resumeToken);
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

  respondEntry(participantId: string, decision: 'allowed' | 'denied'): void {
    const participant = this.#participants.get(participantId);
    if (!participant?.isKnocking) {
      throw new RoomflowError(
        'participant-not-found',
        `Nobody with participantId "${participantId}" is waiting at the door of room "${this.roomId}".`,
      );
    }
    if (decision === 'allowed') {
      requirePlace(this.roomId, this.present().length, this.#options.capacity);
    }
    this.#options.journal.entryResponded(this, participant, decision);
    if (decision === 'allowed') {
      // Of a denial they hear when the one who knocked is gone, as of whoever goes without an answer.
      for (const host of this.present()) {
        host.connection.notify(notification('entry-responded', { participantId, decision }));
      }
    }
    participant.connection.notify(notification('entry-responded', { participantId, decision }));
    participant.send({ type: decision === 'allowed' ? 'admit' : 'deny' });
  }

  startMedia(participant: Participant): void {
    this.#options.media.startMedia(this.sessionId, participant.participantId);
  }

  async publish(
    participant: Participant,
    sdp: string,
    tracks: { mid: string; kind: TrackKind; muted?: boolean | undefined }[],
  ): Promise<{ sdp: string; tracks: { mid: string; trackId: string }[] }> {
    if (participant.mode !== 'SEND_AND_RECV') {
      throw new RoomflowError(
        'unauthorized-request',
        `A participant in mode ${participant.mode} may not publish; join in mode SEND_AND_RECV.`,
      );
    }
    const known = new Set(participant.tracks.keys());
    const offer = ++participant.latestOffer;
    const announced = tracks.map(({ mid, kind, muted }) => {
      const track = participant.trackOf(kind);
      track.muted = track.mutedByHost || (muted ?? track.muted);
      return { mid, kind, trackId: track.trackId, muted: track.muted };
    });
    let answer: string;
    try {
      answer = await this.#options.media.publish(this.sessionId, participant.participantId, sdp, announced);
    } catch (error) {
      // What was never answered is not published; a track that was there before stays.
      for (const { kind } of announced) {
        if (!known.has(kind)) {
          participant.tracks.delete(kind);
        }
      }
      throw error;
    }
    // An offer names every track there is: what was published before and is not in it is over, also when it
    // was away meanwhile with a lost worker or a restart of media. Of several offers the last one counts.
    if (participant.isPresent && participant.latestOffer === offer) {
      for (const kind of [...participant.tracks.keys()]) {
        if (!announced.some((track) => track.kind === kind)) {
          this.#trackRemoved(participant.participantId, kind);
        }
      }
    }
    return { sdp: answer, tracks: announced.map(({ mid, trackId }) => ({ mid, trackId })) };
  }

  setMuted(participant: Participant, kind: TrackKind, muted: boolean): void {
    const track = participant.tracks.get(kind);
    if (!track) {
      throw new RoomflowError(
        'track-not-found',
        `Participant "${participant.participantId}" publishes no ${kind}.`,
      );
    }
    if (!muted) {
      track.mutedByHost = false;
    }
    if (track.muted === muted) {
      return;
    }
    track.muted = muted;
    this.#options.media.setMuted(this.sessionId, participant.participantId, kind, muted);
    if (track.live) {
      this.#options.journal.trackMuted(this, participant, track);
      this.#toOthers(participant, 'participant-updated', { participant: participant.view() });
    }
  }

  /**
   * A moderator's mute: it acts at once, whether or not the client, which is told, stops sending. It holds until
   * the participant unmutes itself.
   */
  muteByHost(participantId: string, kind: TrackKind, byName: string): void {
    const participant = this.require(participantId);
    this.setMuted(participant, kind, true);
    participant.trackOf(kind).mutedByHost = true;
    participant.connection.notify(notification('mute-requested', { kind, byName }));
  }

  prefer(
    participant: Participant,
    trackId: string,
    preference: { layer?: SubscribeLayer; paused?: boolean },
  ): void {
    this.#options.media.prefer(this.sessionId, participant.participantId, trackId, preference);
  }

  /** Sends to everybody, or to those named; keeps it for late joiners when asked. */
  say(message: MessageView, options: { persist: boolean; sendOnly: readonly string[] | null }): void {
    requireSendable(message);
    this.#options.journal.messageSent(this, message, options.persist, options.sendOnly);
    if (options.persist && options.sendOnly === null) {
      this.#messages.push(message);
      if (this.#messages.length > MAX_REMEMBERED_MESSAGES) {
        this.#messages.shift();
      }
    }
    for (const participant of this.present()) {
      if (
        options.sendOnly === null ||
        options.sendOnly.includes(participant.participantId) ||
        participant.participantId === message.senderId
      ) {
        participant.connection.notify(notification('message', message));
      }
    }
  }

  /** Shows in every client that a participant is being recorded. */
  showRecording(participantId: string, recording: boolean): void {
    if (recording) {
      this.#recorded.add(participantId);
    } else {
      this.#recorded.delete(participantId);
    }
    this.#toAll('recording-state-changed', { participantId, recording });
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
      participants: this.present().map((one) => one.view()),
      activeSpeakerId: this.#activeSpeakerId,
      recordedIds: [...this.#recorded],
      messages: [...this.#messages],
      entryRequests: participant.mayAdmit
        ? this.knocking().map(({ participantId, name }) => ({ participantId, name }))
        : [],
      iceServers: this.#options.iceServers,
      graceMs: this.#options.graceMs,
    };
  }

  /** Takes what the media plane tells about this session. */
  handleMedia(event: MediaEvent): void {
    if (this.#ended) {
      return;
    }
    switch (event.type) {
      case 'track-added':
        this.#trackAdded(event);
        break;
      case 'track-removed':
        this.#trackRemoved(event.participantId, event.kind);
        break;
      case 'subscribe-offer':
        this.#subscribeOffer(event);
        break;
      case 'connection-state':
        this.find(event.participantId)?.connection.notify(
          notification('connection-state', { connection: event.connection, state: event.state }),
        );
        break;
      case 'speaker-changed':
        this.#activeSpeakerId = event.participantId;
        this.#options.journal.speakerChanged(this, event.participantId);
        this.#toAll('speaker-changed', { participantId: event.participantId });
        break;
      case 'session-moved':
        for (const participant of this.present()) {
          for (const track of participant.tracks.values()) {
            track.live = false;
          }
          participant.connection.notify(notification('media-restart', { reason: event.reason }));
        }
        break;
      default:
        event satisfies never;
    }
  }

  #trackAdded(event: Extract<MediaEvent, { type: 'track-added' }>): void {
    const participant = this.find(event.participantId);
    const track = participant?.tracks.get(event.kind);
    if (!participant || !track || track.live) {
      return;
    }
    const isNew = track.codec === '';
    track.live = true;
    track.codec = event.codec;
    // After a lost worker the same track comes again: others see it, the log need not.
    if (isNew) {
      this.#options.journal.trackPublished(this, participant, track);
    }
    this.#toAll('participant-updated', { participant: participant.view() });
  }

  #trackRemoved(participantId: string, kind: TrackKind): void {
    const participant = this.find(participantId);
    const track = participant?.tracks.get(kind);
    if (!participant || !track) {
      return;
    }
    participant.tracks.delete(kind);
    if (track.codec !== '') {
      this.#options.journal.trackUnpublished(this, participant, track);
    }
    this.#toAll('participant-updated', { participant: participant.view() });
  }

  #subscribeOffer(event: Extract<MediaEvent, { type: 'subscribe-offer' }>): void {
    const receiver = this.find(event.participantId);
    if (!receiver) {
      return;
    }
    const owners = new Map<string, { participantId: string; kind: TrackKind }>();
    for (const participant of this.#participants.values()) {
      for (const track of participant.tracks.values()) {
        owners.set(track.trackId, { participantId: participant.participantId, kind: track.kind });
      }
    }
    receiver.connection.notify(
      notification('subscribe-offer', {
        offerId: event.offerId,
        sdp: event.sdp,
        tracks: event.tracks.flatMap(({ mid, trackId }) => {
          const owner = owners.get(trackId);
          return owner ? [{ mid, trackId, ...owner }] : [];
        }),
      }),
    );
  }

  #knocked(participant: Participant): void {
    this.#options.journal.entryRequested(this, participant);
    for (const host of this.present()) {
      if (host.mayAdmit) {
        host.connection.notify(
          notification('entry-requested', {
            participantId: participant.participantId,
            name: participant.name,
          }),
        );
      }
    }
  }

  #entered(participant: Participant): void {
    if (!this.#begun) {
      this.#begun = true;
      this.#options.journal.sessionStarted(this);
      this.#options.media.openSession(this);
      this.#lifecycle.start();
    }
    this.#options.media.openParticipant(this.sessionId, participant.participantId);
    this.#options.journal.participantJoined(this, participant);
    if (participant.knocked) {
      participant.connection.notify(notification('joined', this.joined(participant, false)));
    }
    this.#toOthers(participant, 'participant-joined', { participant: participant.view() });
  }

  #departed(participant: Participant, reason: string, wasPresent: boolean): void {
    if (this.#participants.get(participant.participantId) === participant) {
      this.#participants.delete(participant.participantId);
    }
    if (wasPresent) {
      for (const track of participant.tracks.values()) {
        if (track.codec !== '') {
          this.#options.journal.trackUnpublished(this, participant, track);
        }
      }
      this.#options.journal.participantLeft(this, participant, reason);
      this.#options.media.closeParticipant(this.sessionId, participant.participantId);
      this.#toAll('participant-left', { participantId: participant.participantId, reason });
    } else {
      for (const host of this.present()) {
        if (host.mayAdmit) {
          host.connection.notify(
            notification('entry-responded', { participantId: participant.participantId, decision: 'denied' }),
          );
        }
      }
      if (participant.isDenied) {
        participant.connection.notify(
          notification('removed', { code: 'entry-denied', message: 'The host did not let you in.' }),
        );
        participant.connection.close(closeCodes.forbidden, 'entry denied');
      }
    }
    if (this.#ended || reason === 'participant-replaced' || this.present().length > 0) {
      return;
    }
    if (this.#begun) {
      this.#lifecycle.send({ type: 'vacated' });
    } else if (this.#participants.size === 0) {
      this.#ended = true;
      this.#options.onEnded(this);
    }
  }

  #dismiss(participantId: string, reason: string, closeCode: number): void {
    const participant = this.#participants.get(participantId);
    if (participant) {
      participant.send({ type: 'leave', reason });
      participant.connection.close(closeCode, reason);
    }
  }

  #finish(reason: string): void {
    this.#ended = true;
    this.#turnOutEverybody(reason);
    this.#options.journal.sessionEnded(this, reason);
    this.#options.onEnded(this);
  }

  #turnOutEverybody(reason: string): void {
    for (const participant of [...this.#participants.values()]) {
      participant.connection.notify(
        notification('removed', {
          code: 'room-closed',
          message: closingMessages[reason] ?? 'The meeting has ended.',
        }),
      );
      this.#dismiss(participant.participantId, reason, closeCodes.notFound);
    }
  }

  #toAll<E extends keyof SignallingEvents>(event: E, data: SignallingEvents[E]): void {
    const message = notification(event, data);
    for (const participant of this.present()) {
      participant.connection.notify(message);
    }
  }

  #toOthers<E extends keyof SignallingEvents>(self: Participant, event: E, data: SignallingEvents[E]): void {
    const message = notification(event, data);
    for (const participant of this.present()) {
      if (participant !== self) {
        participant.connection.notify(message);
      }
    }
  }
}

function requireSendable({ payload }: MessageView): void {
  const sizeBytes = Buffer.byteLength(JSON.stringify(payload));
  if (sizeBytes > MAX_PAYLOAD_BYTES) {
    throw new RoomflowError(
      'body-too-large',
      `The payload of a message may have ${MAX_PAYLOAD_BYTES} bytes as JSON; received ${sizeBytes}.`,
    );
  }
}

const closingMessages: Record<string, string> = {
  'time-limit': 'The meeting has reached its time limit.',
  'ended-by-host': 'A host has ended the meeting.',
  'runtime-stopping': 'The meeting server is being restarted. Join again in a moment.',
};
