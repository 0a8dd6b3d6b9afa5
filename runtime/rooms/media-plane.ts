import type { IceCandidate, ParticipantMode, SubscribeLayer, TrackKind } from '../contract/index.ts';

/** A track as control announces it to the media plane; `trackId` survives renegotiation and restarts. */
export type AnnouncedTrack = { mid: string; trackId: string; kind: TrackKind; muted: boolean };

/** A session as the media plane knows it. */
export type MediaSession = {
  sessionId: string;
  roomId: string;
  startedAtMs: number;
  /** Microphones that are forwarded at a time, the loudest; 0 for all. */
  maxForwardedSpeakers: number;
};

/** A participant as the media plane knows it: composed pictures show the name, and only those who may send. */
export type MediaParticipant = {
  participantId: string;
  name: string;
  mode: ParticipantMode;
  /** What a server-side participant sends itself; null for everybody who has media of their own. */
  serverSide: ServerSideTracks | null;
};

/**
 * The tracks of a server-side participant. Its microphone is there from the beginning, so that nobody misses the first
 * words; its camera while a step shows something on it.
 */
export type ServerSideTracks = Record<'audio' | 'video', { trackId: string; muted: boolean }>;

/** What the media plane tells control about a session. */
export type MediaEvent =
  | {
      type: 'track-added';
      sessionId: string;
      participantId: string;
      trackId: string;
      kind: TrackKind;
      codec: string;
    }
  | { type: 'track-removed'; sessionId: string; participantId: string; trackId: string; kind: TrackKind }
  | {
      type: 'subscribe-offer';
      sessionId: string;
      participantId: string;
      offerId: number;
      sdp: string;
      tracks: { mid: string; trackId: string }[];
    }
  | {
      type: 'connection-state';
      sessionId: string;
      participantId: string;
      connection: 'publish' | 'subscribe';
      state: string;
    }
  | { type: 'speaker-changed'; sessionId: string; participantId: string | null }
  /** The worker that held the session is gone; a new one has the session, without peers or steps. */
  | { type: 'session-moved'; sessionId: string; reason: string };

/**
 * The media side of live sessions, as rooms see it. Rooms know nothing of workers or packets: this is the
 * whole border. Calls about one session are carried out in the order they were made.
 */
export type MediaPlane = {
  openSession(session: MediaSession): void;
  closeSession(sessionId: string): void;
  /** Takes a participant in; called again for one who is there, it changes the name and the mode. */
  openParticipant(sessionId: string, participant: MediaParticipant): void;
  closeParticipant(sessionId: string, participantId: string): void;
  /** Throws away the participant's peer connections and prepares a fresh subscribe connection. */
  startMedia(sessionId: string, participantId: string): void;
  /** Answers a publish offer; rejects with `invalid-sdp` or `worker-lost`. */
  publish(sessionId: string, participantId: string, sdp: string, tracks: AnnouncedTrack[]): Promise<string>;
  /** Answers the offer of a client that only watches (WHEP) with the given tracks. */
  watch(sessionId: string, participantId: string, sdp: string, trackIds: string[]): Promise<string>;
  acceptAnswer(sessionId: string, participantId: string, offerId: number, sdp: string): Promise<void>;
  addCandidate(
    sessionId: string,
    participantId: string,
    connection: 'publish' | 'subscribe',
    candidate: IceCandidate,
  ): void;
  setMuted(sessionId: string, participantId: string, kind: TrackKind, muted: boolean): void;
  /** Who is pinned in composed pictures, the first pinned first. */
  setPins(sessionId: string, pinnedIds: readonly string[]): void;
  prefer(
    sessionId: string,
    participantId: string,
    trackId: string,
    preference: { layer?: SubscribeLayer; paused?: boolean },
  ): void;
  /** Called for every event of every session; returns a function that ends the subscription. */
  onEvent(listener: (event: MediaEvent) => void): () => void;
};
