import { RoomflowError, type SubscribeLayer, type TrackKind } from '../contract/index.ts';
import { notification } from './connection.ts';
import type { SessionJournal } from './journal.ts';
import type { MediaEvent, MediaPlane } from './media-plane.ts';
import type { Participant } from './participant.ts';
import type { Roster } from './roster.ts';
import type { SessionIdentity } from './session-identity.ts';

/** What the people of a session publish: announced by them, confirmed by the media plane, told to the others. */
export class SessionTracks {
  readonly #session: SessionIdentity;
  readonly #roster: Roster;
  readonly #media: MediaPlane;
  readonly #journal: SessionJournal;
  #activeSpeakerId: string | null = null;

  constructor(options: {
    session: SessionIdentity;
    roster: Roster;
    media: MediaPlane;
    journal: SessionJournal;
  }) {
    this.#session = options.session;
    this.#roster = options.roster;
    this.#media = options.media;
    this.#journal = options.journal;
  }

  /** Who speaks now, as the media plane hears it. */
  get activeSpeakerId(): string | null {
    return this.#activeSpeakerId;
  }

  async publish(
    participant: Participant,
    sdp: string,
    tracks: { mid: string; kind: TrackKind; muted?: boolean | undefined }[],
  ): Promise<{ sdp: string; tracks: { mid: string; trackId: string }[] }> {
    if (participant.mode !== 'SEND_AND_RECV') {
      throw new RoomflowError(
        'unauthorized-request',
        `A participant in mode ${participant.mode} may not publish; join in mode SEND_AND_RECV, or be invited to the stage.`,
      );
    }
    const known = new Set(participant.tracks.keys());
    const offer = ++participant.latestOffer;
    const announced = tracks.map(({ mid, kind, muted }) => {
      const track = participant.trackOf(kind);
      const wasMuted = track.muted;
      track.muted = track.mutedByHost || (muted ?? track.muted);
      if (track.codec !== '' && track.muted !== wasMuted) {
        // While it could not say so: its wire was lost, or media began anew.
        this.#journal.trackMuted(this.#session, participant, track);
      }
      return { mid, kind, trackId: track.trackId, muted: track.muted };
    });
    let answer: string;
    try {
      answer = await this.#media.publish(this.#session.sessionId, participant.participantId, sdp, announced);
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
          this.#removed(participant.participantId, kind);
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
    this.#media.setMuted(this.#session.sessionId, participant.participantId, kind, muted);
    if (track.live) {
      this.#journal.trackMuted(this.#session, participant, track);
      this.#roster.toOthers(participant, 'participant-updated', { participant: participant.view() });
    }
  }

  /**
   * A moderator's mute: it acts at once, whether or not the client, which is told, stops sending. It holds until
   * the participant unmutes itself.
   */
  muteByHost(participantId: string, kind: TrackKind, byName: string): void {
    const participant = this.#roster.require(participantId);
    const track = participant.tracks.get(kind);
    if (track) {
      // Before the mute, so that both are kept together.
      track.mutedByHost = true;
    }
    this.setMuted(participant, kind, true);
    participant.connection.notify(notification('mute-requested', { kind, byName }));
  }

  prefer(
    participant: Participant,
    trackId: string,
    preference: { layer?: SubscribeLayer; paused?: boolean },
  ): void {
    this.#media.prefer(this.#session.sessionId, participant.participantId, trackId, preference);
  }

  /** Whatever `participant` publishes is over, because it leaves the room or the stage. */
  endAll(participant: Participant): void {
    for (const track of participant.tracks.values()) {
      if (track.codec !== '') {
        this.#journal.trackUnpublished(this.#session, participant, track);
      }
    }
    participant.tracks.clear();
    // An offer that is being answered now brings nothing back.
    participant.latestOffer += 1;
  }

  /** Takes what the media plane tells. */
  handle(event: MediaEvent): void {
    switch (event.type) {
      case 'track-added':
        this.#added(event);
        break;
      case 'track-removed':
        this.#removed(event.participantId, event.kind);
        break;
      case 'subscribe-offer':
        this.#offered(event);
        break;
      case 'connection-state':
        this.#roster
          .find(event.participantId)
          ?.connection.notify(
            notification('connection-state', { connection: event.connection, state: event.state }),
          );
        break;
      case 'speaker-changed':
        this.#activeSpeakerId = event.participantId;
        this.#journal.speakerChanged(this.#session, event.participantId);
        this.#roster.toAll('speaker-changed', { participantId: event.participantId });
        break;
      case 'session-moved':
        this.#moved(event.reason);
        break;
      default:
        event satisfies never;
    }
  }

  /** Media has arrived. */
  #added(event: Extract<MediaEvent, { type: 'track-added' }>): void {
    const participant = this.#roster.find(event.participantId);
    const track = participant?.tracks.get(event.kind);
    if (!participant || !track || track.live) {
      return;
    }
    const isNew = track.codec === '';
    track.live = true;
    track.codec = event.codec;
    // After a lost worker the same track comes again: others see it, the log need not.
    if (isNew) {
      this.#journal.trackPublished(this.#session, participant, track);
    }
    this.#roster.toAll('participant-updated', { participant: participant.view() });
  }

  #removed(participantId: string, kind: TrackKind): void {
    const participant = this.#roster.find(participantId);
    const track = participant?.tracks.get(kind);
    if (!participant || !track) {
      return;
    }
    const wasPublished = track.codec !== '';
    if (participant.isServerSide) {
      // Its camera comes back under its id, muted as it was.
      track.live = false;
      track.codec = '';
    } else {
      participant.tracks.delete(kind);
    }
    if (wasPublished) {
      this.#journal.trackUnpublished(this.#session, participant, track);
    }
    this.#roster.toAll('participant-updated', { participant: participant.view() });
  }

  /** The worker is another one now: whoever had media begins it anew. */
  #moved(reason: string): void {
    for (const participant of this.#roster.present()) {
      for (const track of participant.tracks.values()) {
        track.live = false;
      }
      if (!participant.isViewer) {
        participant.hasLostMedia = !participant.isConnected;
        participant.connection.notify(notification('media-restart', { reason }));
      }
    }
  }

  /** Hands the media plane's offer to its receiver, with whose tracks it holds. */
  #offered(event: Extract<MediaEvent, { type: 'subscribe-offer' }>): void {
    const receiver = this.#roster.find(event.participantId);
    if (!receiver) {
      return;
    }
    const owners = new Map<string, { participantId: string; kind: TrackKind }>();
    for (const participant of this.#roster.all()) {
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
}
