import {
  RoomflowError,
  mediaKindOf,
  trackKinds,
  type IceCandidate,
  type ParticipantMode,
  type TrackKind,
} from '../contract/index.ts';
import { createSenderClock, type SenderClock } from '../media/index.ts';
import type { AnnouncedTrack, MediaEvent, MediaParticipant, ServerSideTracks } from '../rooms/index.ts';
import type { Camera, FrameSink, FrameTap, Microphone } from '../steps/index.ts';
import {
  createPublisher,
  createSubscriber,
  type IncomingTrack,
  type Publisher,
  type Subscriber,
  type WebRtcSettings,
} from '../webrtc/index.ts';
import { OwnMedia } from './own-media.ts';
import { TappedTrack } from './tapped-track.ts';

/** What a participant's media asks of its session. */
export type ParticipantSurroundings = {
  sessionId: string;
  settings: WebRtcSettings;
  /** Turns the time of packet arrival into session time. */
  sessionOffsetMs: number;
  emit(event: MediaEvent): void;
  /** Tracks of everybody else. */
  othersTracks(participantId: string): IncomingTrack[];
  trackAdded(owner: ParticipantMedia, track: IncomingTrack): void;
  trackRemoved(owner: ParticipantMedia, track: IncomingTrack): void;
  trackMuted(track: IncomingTrack, muted: boolean): void;
  isMuted(trackId: string): boolean;
  /** {@link ParticipantMedia.chosenTracks} has changed. */
  chosenChanged(trackId: string): void;
};

/** More tracks than the largest room has: what a client wishes must not grow our memory without end. */
const mostPreferred = 2000;

/** RTP and RTCP that crossed the network. */
export type Traffic = {
  packetsReceived: number;
  packetsSent: number;
  bytesReceived: number;
  bytesSent: number;
};

/** The media of one participant: its two peers, its tracks, and who taps them. */
export class ParticipantMedia {
  readonly participantId: string;
  /** What composed pictures call the participant, and whether they show it at all. */
  name: string;
  mode: ParticipantMode;
  readonly #surroundings: ParticipantSurroundings;
  readonly #own: OwnMedia | null;
  readonly #tracks = new Map<TrackKind, IncomingTrack>();
  readonly #muted = new Set<TrackKind>();
  readonly #sinks = new Map<TrackKind, Set<FrameSink>>(
    trackKinds.map((kind) => [kind, new Set<FrameSink>()]),
  );
  readonly #everySink = new Set<FrameSink>();
  readonly #tapped = new Map<TrackKind, TappedTrack>();
  /** Tracks of others that this client does not want now. */
  readonly #unwanted = new Set<string>();
  /** Tracks that this client has said anything about. */
  readonly #preferred = new Set<string>();
  /** Tracks of others that this client has asked for by name. */
  readonly #chosen = new Set<string>();
  #clock: SenderClock = createSenderClock();
  #publisher: Publisher | null = null;
  #subscriber: Subscriber | null = null;
  /** The subscriber got its tracks when it was answered, and takes no others. */
  #watchesByWhep = false;
  /** Peers are opened and closed one after the other. */
  #queue: Promise<void> = Promise.resolve();
  #closed = false;
  #replacing = false;
  readonly #pastTraffic: Traffic = { packetsReceived: 0, packetsSent: 0, bytesReceived: 0, bytesSent: 0 };

  constructor(
    { participantId, name, mode, serverSide }: MediaParticipant,
    surroundings: ParticipantSurroundings,
  ) {
    this.participantId = participantId;
    this.name = name;
    this.mode = mode;
    this.#surroundings = surroundings;
    this.#own = serverSide && this.#ownMedia(serverSide);
  }

  /** Speaks by a step and not by a client. */
  get isServerSide(): boolean {
    return this.#own !== null;
  }

  /** Publishes what a server-side participant sends from the beginning; without effect for all others. */
  openOwnTracks(): void {
    this.#own?.open();
  }

  /** Kinds that are muted, published or not. */
  get muted(): ReadonlySet<TrackKind> {
    return this.#muted;
  }

  get tracks(): IncomingTrack[] {
    return [...this.#tracks.values()];
  }

  /** Tracks of others that are to reach this client, however many others speak. */
  get chosenTracks(): ReadonlySet<string> {
    return this.#chosen;
  }

  /** Of all peers this participant has had. */
  traffic(): Traffic {
    const sum = { ...this.#pastTraffic };
    for (const stats of [this.#publisher?.stats, this.#subscriber?.stats]) {
      if (stats) {
        addTraffic(sum, stats);
      }
    }
    return sum;
  }

  /** New peers in place of the old ones; what others see of this participant stays as it is. */
  restart(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#closePeers();
      if (this.#closed) {
        return;
      }
      const subscriber = await createSubscriber(this.#surroundings.settings, {
        onOffer: (offer) => {
          this.#surroundings.emit({
            type: 'subscribe-offer',
            sessionId: this.#surroundings.sessionId,
            participantId: this.participantId,
            offerId: offer.offerId,
            sdp: offer.sdp,
            tracks: offer.tracks,
          });
        },
        onState: (state) => {
          this.#tellState('subscribe', state);
        },
      });
      this.#subscriber = subscriber;
      this.#watchesByWhep = false;
      for (const track of this.#surroundings.othersTracks(this.participantId)) {
        this.offer(track);
      }
    });
  }

  publish(sdp: string, tracks: AnnouncedTrack[]): Promise<string> {
    return this.#inTurn(async () => {
      this.#publisher ??= await this.#openPublisher();
      for (const { kind, muted } of tracks) {
        this.#noteMuted(kind, muted);
      }
      return this.#publisher.answer(sdp, tracks);
    });
  }

  /** Answers a client that offers to receive (WHEP). */
  watch(sdp: string, tracks: IncomingTrack[]): Promise<string> {
    return this.#inTurn(async () => {
      await this.#closePeers();
      const subscriber = await createSubscriber(this.#surroundings.settings, {
        onOffer: () => {
          // WHEP has no way to offer anew: what the client asked for is what it gets.
        },
        onState: (state) => {
          this.#tellState('subscribe', state);
        },
      });
      this.#subscriber = subscriber;
      this.#watchesByWhep = true;
      for (const track of tracks) {
        this.#setChosen(track.trackId, true);
        this.forward(track);
      }
      return subscriber.answerWhep(sdp, tracks);
    });
  }

  acceptAnswer(offerId: number, sdp: string): void {
    this.#subscriber?.acceptAnswer(offerId, sdp);
  }

  addCandidate(connection: 'publish' | 'subscribe', candidate: IceCandidate): void {
    // In turn, because a candidate may arrive while its peer is still being opened.
    void this.#inTurn(() => {
      (connection === 'publish' ? this.#publisher : this.#subscriber)?.addCandidate(candidate);
      return Promise.resolve();
    });
  }

  prefer(trackId: string, preference: Parameters<Subscriber['prefer']>[1]): void {
    // Also of tracks that are not there now: they may be away for a moment, and are to come back as wished.
    if (!this.#preferred.has(trackId) && this.#preferred.size >= mostPreferred) {
      return;
    }
    this.#preferred.add(trackId);
    if (preference.paused === true) {
      this.#unwanted.add(trackId);
    } else if (preference.paused === false) {
      this.#unwanted.delete(trackId);
    }
    if (preference.layer !== undefined) {
      // Sound has no layers: who wishes the best of it wishes to hear it, however many others speak.
      this.#setChosen(trackId, preference.layer === 'high');
    }
    this.#subscriber?.prefer(trackId, { ...preference, paused: this.#isHeldBack(trackId) });
  }

  offer(track: IncomingTrack): void {
    this.forward(track);
    if (!this.#watchesByWhep) {
      this.#subscriber?.add(track);
    }
  }

  /** Sends another's track to this client, unless it is muted or the client does not want it. */
  forward(track: IncomingTrack): void {
    this.#subscriber?.prefer(track.trackId, { paused: this.#isHeldBack(track.trackId) });
  }

  isMuted(kind: TrackKind): boolean {
    return this.#muted.has(kind);
  }

  withdraw(track: IncomingTrack): void {
    this.#subscriber?.remove(track.trackId);
  }

  setMuted(kind: TrackKind, muted: boolean): void {
    this.#noteMuted(kind, muted);
  }

  tap(kinds: readonly TrackKind[], sink: FrameSink): FrameTap {
    this.#everySink.add(sink);
    for (const kind of kinds) {
      this.#sinks.get(kind)?.add(sink);
      if (this.#muted.has(kind) || !this.#tracks.has(kind)) {
        sink.muted(kind, true);
      }
      this.#openTap(kind);
      this.#tapped.get(kind)?.requestKeyFrame();
    }
    const tracks = this.#tracks;
    return {
      get published() {
        return new Map([...tracks].map(([kind, track]) => [kind, track.trackId]));
      },
      requestKeyFrame: (kind) => {
        this.#tapped.get(kind)?.requestKeyFrame();
      },
      close: () => {
        this.#everySink.delete(sink);
        for (const kind of kinds) {
          const sinks = this.#sinks.get(kind);
          sinks?.delete(sink);
          if (sinks?.size === 0) {
            this.#closeTap(kind);
          }
        }
      },
    };
  }

  /** The microphone of a server-side participant. */
  openMicrophone(): Microphone {
    return this.#requireOwn().openMicrophone();
  }

  openCamera(): Camera {
    return this.#requireOwn().openCamera();
  }

  #ownMedia(tracks: ServerSideTracks): OwnMedia {
    for (const kind of ['audio', 'video'] as const) {
      if (tracks[kind].muted) {
        this.#muted.add(kind);
      }
    }
    return new OwnMedia({
      participantId: this.participantId,
      tracks,
      sessionOffsetMs: this.#surroundings.sessionOffsetMs,
      trackAdded: (track) => {
        this.#trackAdded(track);
      },
      trackRemoved: (track) => {
        this.#trackRemoved(track);
      },
    });
  }

  #requireOwn(): OwnMedia {
    if (!this.#own) {
      throw this.#notServerSide();
    }
    return this.#own;
  }

  #notServerSide(): RoomflowError {
    return new RoomflowError(
      'not-server-side',
      `Participant "${this.participantId}" has media of its own; play as another one.`,
    );
  }

  tick(sessionMs: number): void {
    for (const tapped of this.#tapped.values()) {
      tapped.tick(sessionMs);
    }
  }

  close(): Promise<void> {
    this.#closed = true;
    for (const sink of [...this.#everySink]) {
      sink.participantLeft();
    }
    this.#own?.close();
    return this.#inTurn(() => this.#closePeers());
  }

  async #openPublisher(): Promise<Publisher> {
    // A new peer is a new sender as far as clocks go: its reports begin anew.
    this.#clock = createSenderClock();
    return createPublisher(this.#surroundings.settings, this.participantId, {
      onTrack: (track) => {
        this.#trackAdded(track);
      },
      onTrackEnded: (track) => {
        this.#trackRemoved(track);
      },
      onState: (state) => {
        this.#tellState('publish', state);
      },
    });
  }

  #trackAdded(track: IncomingTrack): void {
    this.#tracks.set(track.kind, track);
    this.#openTap(track.kind);
    if (!this.#muted.has(track.kind)) {
      this.#toSinks(track.kind, (sink) => {
        sink.muted(track.kind, false);
      });
    }
    this.#surroundings.trackAdded(this, track);
    this.#surroundings.emit({
      type: 'track-added',
      sessionId: this.#surroundings.sessionId,
      participantId: this.participantId,
      trackId: track.trackId,
      kind: track.kind,
      codec: track.codec.name,
    });
  }

  #trackRemoved(track: IncomingTrack): void {
    if (this.#tracks.get(track.kind) !== track) {
      return;
    }
    this.#tracks.delete(track.kind);
    this.#closeTap(track.kind);
    this.#toSinks(track.kind, (sink) => {
      sink.trackEnded(track.kind);
    });
    this.#surroundings.trackRemoved(this, track);
    // While peers are being replaced the track is only away, not over: it comes back under its id.
    if (!this.#replacing) {
      this.#surroundings.emit({
        type: 'track-removed',
        sessionId: this.#surroundings.sessionId,
        participantId: this.participantId,
        trackId: track.trackId,
        kind: track.kind,
      });
    }
  }

  async #closePeers(): Promise<void> {
    this.#replacing = true;
    this.#preferred.clear();
    this.#unwanted.clear();
    for (const trackId of [...this.#chosen]) {
      this.#setChosen(trackId, false);
    }
    const [publisher, subscriber] = [this.#publisher, this.#subscriber];
    this.#publisher = null;
    this.#subscriber = null;
    try {
      await Promise.all([publisher?.close(), subscriber?.close()]);
      for (const stats of [publisher?.stats, subscriber?.stats]) {
        if (stats) {
          addTraffic(this.#pastTraffic, stats);
        }
      }
    } finally {
      this.#replacing = false;
    }
  }

  #openTap(kind: TrackKind): void {
    const track = this.#tracks.get(kind);
    const sinks = this.#sinks.get(kind);
    if (track && sinks && sinks.size > 0 && !this.#tapped.has(kind)) {
      this.#tapped.set(
        kind,
        new TappedTrack(
          kind,
          track,
          this.#clock,
          this.#surroundings.sessionOffsetMs,
          sinks,
          this.#muted.has(kind),
        ),
      );
    }
  }

  #closeTap(kind: TrackKind): void {
    this.#tapped.get(kind)?.close();
    this.#tapped.delete(kind);
  }

  #noteMuted(kind: TrackKind, muted: boolean): void {
    if (muted === this.#muted.has(kind)) {
      return;
    }
    if (muted) {
      this.#muted.add(kind);
    } else {
      this.#muted.delete(kind);
    }
    this.#tapped.get(kind)?.setMuted(muted);
    const track = this.#tracks.get(kind);
    if (track) {
      this.#surroundings.trackMuted(track, muted);
      if (!muted && mediaKindOf(kind) === 'video') {
        track.requestKeyFrame();
      }
    }
    this.#toSinks(kind, (sink) => {
      sink.muted(kind, muted);
    });
  }

  #setChosen(trackId: string, chosen: boolean): void {
    if (chosen === this.#chosen.has(trackId)) {
      return;
    }
    if (chosen) {
      this.#chosen.add(trackId);
    } else {
      this.#chosen.delete(trackId);
    }
    this.#surroundings.chosenChanged(trackId);
  }

  #isHeldBack(trackId: string): boolean {
    return this.#unwanted.has(trackId) || this.#surroundings.isMuted(trackId);
  }

  #toSinks(kind: TrackKind, tell: (sink: FrameSink) => void): void {
    for (const sink of [...(this.#sinks.get(kind) ?? [])]) {
      tell(sink);
    }
  }

  #tellState(connection: 'publish' | 'subscribe', state: string): void {
    if (!this.#replacing && !this.#closed) {
      this.#surroundings.emit({
        type: 'connection-state',
        sessionId: this.#surroundings.sessionId,
        participantId: this.participantId,
        connection,
        state,
      });
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}

/** Adds one count of traffic to another. */
export function addTraffic(sum: Traffic, more: Readonly<Traffic>): void {
  sum.packetsReceived += more.packetsReceived;
  sum.packetsSent += more.packetsSent;
  sum.bytesReceived += more.bytesReceived;
  sum.bytesSent += more.bytesSent;
}
