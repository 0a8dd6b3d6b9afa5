import { randomBytes } from 'node:crypto';
import { createActor, type Actor, type EventFromLogic } from 'xstate';
import {
  RoomflowError,
  type ParticipantMode,
  type ParticipantView,
  type Permission,
  type TrackKind,
  type TrackView,
} from '../contract/index.ts';
import type { Connection } from './connection.ts';
import type { ServerSideTracks } from './media-plane.ts';
import { participantMachine, type Arrival } from './participant-machine.ts';
import { hashOfResumeToken, newResumeToken } from './resume-token.ts';

export type LiveTrack = {
  trackId: string;
  kind: TrackKind;
  muted: boolean;
  /** Until the participant unmutes itself; announcing the track anew does not. */
  mutedByHost: boolean;
  codec: string;
  /** True once media has arrived: others hear of a track only then. */
  live: boolean;
};

/** One participant of a live session: what is known of it, its wire and its lifecycle actor. */
export class Participant {
  readonly participantId: string;
  readonly sessionId: string;
  readonly permissions: readonly Permission[];
  /** Whoever shows the token of this hash may come back as this participant. */
  readonly resumeTokenHash: string;
  readonly tracks = new Map<TrackKind, LiveTrack>();
  readonly lifecycle: Actor<typeof participantMachine>;
  /** Speaks by steps of the runtime: nobody sits at a client. */
  readonly isServerSide: boolean;
  /** Came through the lobby. */
  readonly knocked: boolean;
  /** Counts the publish offers, to know the last one. */
  latestOffer = 0;
  name: string;
  mode: ParticipantMode;
  metaData: unknown;
  connection: Connection;
  /** Its media was lost while nobody could be told: it is to begin anew when it is back. */
  hasLostMedia = false;
  #resumeToken: string | null;

  constructor(options: {
    sessionId: string;
    participantId: string;
    name: string;
    mode: ParticipantMode;
    metaData: unknown;
    permissions: readonly Permission[];
    connection: Connection;
    graceMs: number;
    arrival: Arrival;
    isServerSide?: boolean;
    /** Of a token that was given out before a restart; left out, it has a new one. */
    resumeTokenHash?: string;
  }) {
    this.sessionId = options.sessionId;
    this.participantId = options.participantId;
    this.name = options.name;
    this.mode = options.mode;
    this.metaData = options.metaData;
    this.permissions = options.permissions;
    this.connection = options.connection;
    this.knocked = options.arrival === 'knocks';
    this.isServerSide = options.isServerSide ?? false;
    this.#resumeToken = options.resumeTokenHash === undefined ? newResumeToken() : null;
    this.resumeTokenHash = options.resumeTokenHash ?? hashOfResumeToken(this.resumeToken);
    this.lifecycle = createActor(participantMachine, {
      input: { graceMs: options.graceMs, arrival: options.arrival },
    });
  }

  /** Moves the lifecycle on; whoever is gone stays gone, so what comes later changes nothing. */
  send(event: EventFromLogic<typeof participantMachine>): void {
    if (this.lifecycle.getSnapshot().status === 'active') {
      this.lifecycle.send(event);
    }
  }

  /** Known from the beginning, or after a restart since {@link noteResumeToken}. */
  get resumeToken(): string {
    if (this.#resumeToken === null) {
      throw new RoomflowError(
        'internal',
        `Participant "${this.participantId}" has not shown its resume token since the runtime was restarted.`,
      );
    }
    return this.#resumeToken;
  }

  /** Its own token, which it has just shown. */
  noteResumeToken(resumeToken: string): void {
    this.#resumeToken = resumeToken;
  }

  get isModerator(): boolean {
    return this.permissions.includes('allow_mod');
  }

  /** Only watches: no media of its own and none sent to it. */
  get isViewer(): boolean {
    return this.mode === 'SIGNALLING_ONLY';
  }

  /** Hosts may admit: whoever may join without asking (VideoSDK, waiting lobby) and does not only watch. */
  get mayAdmit(): boolean {
    return this.isModerator || (this.permissions.includes('allow_join') && !this.isViewer);
  }

  get isPresent(): boolean {
    return this.lifecycle.getSnapshot().matches('present');
  }

  /** Its client is there, or it needs none. */
  get isConnected(): boolean {
    return this.lifecycle.getSnapshot().matches({ present: 'connected' });
  }

  get isDenied(): boolean {
    return this.lifecycle.getSnapshot().matches('denied');
  }

  get isKnocking(): boolean {
    return this.lifecycle.getSnapshot().matches('knocking');
  }

  /** The track of a kind, made when it is first published; its id stays for the participant's whole stay. */
  trackOf(kind: TrackKind): LiveTrack {
    const known = this.tracks.get(kind);
    if (known) {
      return known;
    }
    const track: LiveTrack = {
      trackId: `trk_${randomBytes(9).toString('base64url')}`,
      kind,
      muted: false,
      mutedByHost: false,
      codec: '',
      live: false,
    };
    this.tracks.set(kind, track);
    return track;
  }

  /** What the media plane is to send for a server-side participant; null for everybody else. */
  ownTracks(): ServerSideTracks | null {
    if (!this.isServerSide) {
      return null;
    }
    const own = (kind: 'audio' | 'video') => {
      const { trackId, muted } = this.trackOf(kind);
      return { trackId, muted };
    };
    return { audio: own('audio'), video: own('video') };
  }

  liveTracks(): TrackView[] {
    return [...this.tracks.values()]
      .filter((track) => track.live)
      .map(({ trackId, kind, muted, codec }) => ({ trackId, kind, muted, codec }));
  }

  view(): ParticipantView {
    return {
      participantId: this.participantId,
      name: this.name,
      mode: this.mode,
      isModerator: this.isModerator,
      connected: this.isConnected,
      metaData: this.metaData,
      tracks: this.liveTracks(),
    };
  }
}
