import type { IceServer, SignallingEvents, SubscribeLayer, TrackKind } from '../../contract/index.ts';
import { MeetingError } from './meeting-error.ts';
import { PublishConnection } from './publish-connection.ts';
import { mediaRestartDelayMs } from './reconnect-policy.ts';
import type { SignallingRequestFunction } from './signalling-socket.ts';
import { SubscribeConnection } from './subscribe-connection.ts';

/** `failing`: it went wrong more than once in a row; the network probably lets no media through. */
export type MediaState = 'idle' | 'connecting' | 'connected' | 'failing';

export type MediaSessionOptions = {
  request: SignallingRequestFunction;
  createPeerConnection: (configuration: RTCConfiguration) => RTCPeerConnection;
  onTracks: (tracks: ReadonlyMap<string, MediaStreamTrack>) => void;
  onState: (state: MediaState) => void;
  /** Why media has to start anew, for whoever looks into it. */
  onProblem: (problem: string) => void;
  /** A connection is in trouble: a good moment to see whether signalling still lives. */
  onTrouble: () => void;
};

export type LayerPreference = { layer?: SubscribeLayer; paused?: boolean };

/** ICE often recovers from a short gap by itself; longer, and starting anew is the quicker way back. */
const DISCONNECTED_GRACE_MS = 2_500;
/** A handshake that takes longer than this, relays included, is stuck: its lost half will not come any more. */
const CONNECT_PATIENCE_MS = 6_000;
const STABLE_AFTER_MS = 8_000;

/** Both peer connections of one participant, begun anew whenever one of them fails. */
export class MediaSession {
  readonly #options: MediaSessionOptions;
  readonly #wanted = new Map<TrackKind, MediaStreamTrack | null>();
  readonly #preferences = new Map<string, LayerPreference>();
  #iceServers: RTCIceServer[] = [];
  #publish: PublishConnection | null = null;
  #subscribe: SubscribeConnection | null = null;
  #run = 0;
  #failures = 0;
  #signallingLost = false;
  #restartDue = false;
  #restartTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #stableTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: MediaSessionOptions) {
    this.#options = options;
  }

  /** Sends `track` as `kind`; null mutes the kind. Before {@link start} it is only noted. */
  setTrack(kind: TrackKind, track: MediaStreamTrack | null): void {
    if (track === null && !this.#wanted.has(kind)) {
      return;
    }
    this.#wanted.set(kind, track);
    this.#publish?.sync(this.#wanted);
    this.#report();
  }

  /** Asks for a simulcast layer of a track, or that it be paused; says nothing when nothing changed. */
  prefer(trackId: string, preference: LayerPreference): void {
    const known = this.#preferences.get(trackId);
    if (known?.layer === preference.layer && (known?.paused ?? false) === (preference.paused ?? false)) {
      return;
    }
    this.#preferences.set(trackId, preference);
    this.#sendPreference(trackId, preference);
  }

  /** Begins with new connections; what was published before is published again. */
  async start(iceServers: readonly IceServer[]): Promise<void> {
    this.#signallingLost = false;
    this.#iceServers = iceServers.map((server) => ({ ...server }));
    await this.#begin();
  }

  /** The signalling socket is gone: media flows on, but nothing can be negotiated. */
  signallingLost(): void {
    this.#signallingLost = true;
  }

  /** The same participant is back. Media that survived is kept. */
  async signallingResumed(iceServers: readonly IceServer[]): Promise<void> {
    if (this.#restartDue || this.#publish === null || !this.#healthy()) {
      await this.start(iceServers);
      return;
    }
    this.#signallingLost = false;
    this.#publish.announceMuted();
  }

  handleOffer(offer: SignallingEvents['subscribe-offer']): void {
    this.#subscribe?.handleOffer(offer);
  }

  /** Throws the connections away and begins anew, at once or after the wait that repeated failure asks for. */
  restart(): void {
    this.#failures += 1;
    this.#restartDue = true;
    this.#report();
    if (this.#signallingLost || this.#restartTimer !== undefined) {
      return;
    }
    this.#restartTimer = setTimeout(() => {
      this.#restartTimer = undefined;
      if (!this.#signallingLost) {
        void this.#begin();
      }
    }, mediaRestartDelayMs(this.#failures));
  }

  /** Media began anew on the runtime's side; the first time this is not a failure of this connection. */
  restartRequested(): void {
    this.#failures = 0;
    this.restart();
  }

  /** The runtime lost one of our connections that may still look sound from here. */
  connectionFailed(connection: 'publish' | 'subscribe'): void {
    const pc = connection === 'publish' ? this.#publish?.peerConnection : this.#subscribe?.peerConnection;
    if (pc?.connectionState === 'connected' || pc?.connectionState === 'disconnected') {
      this.restart();
    }
  }

  close(): void {
    this.#run += 1;
    clearTimeout(this.#restartTimer);
    this.#timers.forEach((timer) => clearTimeout(timer));
    this.#timers.clear();
    clearTimeout(this.#stableTimer);
    this.#restartTimer = undefined;
    this.#publish?.close();
    this.#subscribe?.close();
    this.#publish = null;
    this.#subscribe = null;
    this.#options.onState('idle');
  }

  async #begin(): Promise<void> {
    this.close();
    const run = this.#run;
    this.#restartDue = false;
    // Before the request: the runtime may offer as soon as it has heard, ahead of its reply.
    this.#subscribe = this.#newSubscribe(run);
    this.#options.onState('connecting');
    try {
      await this.#options.request('media-start', {});
    } catch (error) {
      if (run === this.#run) {
        this.#failed(error);
      }
      return;
    }
    if (run !== this.#run) {
      return;
    }
    this.#publish = new PublishConnection({
      peerConnection: this.#newPeerConnection(run),
      request: this.#options.request,
      onFailure: (error) => this.#failed(error),
    });
    this.#publish.sync(this.#wanted);
    for (const [trackId, preference] of this.#preferences) {
      this.#sendPreference(trackId, preference);
    }
    this.#report();
  }

  #newSubscribe(run: number): SubscribeConnection {
    return new SubscribeConnection({
      createPeerConnection: () => this.#newPeerConnection(run),
      request: this.#options.request,
      onTracks: this.#options.onTracks,
      onPeerConnection: () => this.#report(),
      onFailure: (error) => this.#failed(error),
    });
  }

  #newPeerConnection(run: number): RTCPeerConnection {
    const pc = this.#options.createPeerConnection({
      iceServers: this.#iceServers,
      bundlePolicy: 'max-bundle',
    });
    pc.addEventListener('connectionstatechange', () => {
      if (run === this.#run) {
        this.#watch(pc);
      }
    });
    return pc;
  }

  #watch(pc: RTCPeerConnection): void {
    if (pc.connectionState === 'connecting') {
      this.#restartIfStill(pc, 'connecting', CONNECT_PATIENCE_MS);
    }
    if (pc.connectionState === 'failed') {
      this.#options.onTrouble();
      this.restart();
      return;
    }
    if (pc.connectionState === 'disconnected') {
      this.#options.onTrouble();
      this.#restartIfStill(pc, 'disconnected', DISCONNECTED_GRACE_MS);
    }
    this.#report();
  }

  #restartIfStill(pc: RTCPeerConnection, state: RTCPeerConnectionState, afterMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (pc.connectionState === state) {
        this.restart();
      }
    }, afterMs);
    this.#timers.add(timer);
  }

  #failed(error: unknown): void {
    const lost = error instanceof MeetingError && error.code === 'connection-lost';
    if (lost) {
      // Signalling will come back and look at this.
      this.#restartDue = true;
      return;
    }
    this.#options.onProblem(error instanceof Error ? error.message : String(error));
    this.restart();
  }

  #connections(): RTCPeerConnection[] {
    const publish = this.#publish?.inUse === true ? [this.#publish.peerConnection] : [];
    const subscribe = this.#subscribe?.peerConnection ?? null;
    return subscribe === null ? publish : [...publish, subscribe];
  }

  #healthy(): boolean {
    return this.#connections().every((pc) => pc.connectionState === 'connected');
  }

  #report(): void {
    clearTimeout(this.#stableTimer);
    this.#stableTimer = undefined;
    if (this.#healthy() && !this.#restartDue) {
      this.#options.onState('connected');
      this.#stableTimer = setTimeout(() => {
        this.#failures = 0;
      }, STABLE_AFTER_MS);
      return;
    }
    this.#options.onState(this.#failures >= 2 ? 'failing' : 'connecting');
  }

  #sendPreference(trackId: string, preference: LayerPreference): void {
    if (this.#signallingLost || this.#publish === null) {
      return;
    }
    this.#options.request('prefer', { trackId, ...preference }).catch(() => {
      // The track may be gone by now; a preference for nothing is nothing.
    });
  }
}
