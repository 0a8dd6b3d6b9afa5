import type {
  IceServer,
  Joined,
  ParticipantView,
  SignallingNotification,
  SignallingParams,
  TrackKind,
} from '../../contract/index.ts';
import { AudienceCalls } from './audience-calls.ts';
import { Emitter } from './emitter.ts';
import { MediaSession, type LayerPreference } from './media-session.ts';
import { MeetingError } from './meeting-error.ts';
import { beforeJoining, type MeetingSnapshot } from './meeting-snapshot.ts';
import { isForgotten, keepsTrying, passesByItself, reconnectDelayMs } from './reconnect-policy.ts';
import { reduceRoom, roomFromJoined, withMessage, withMode, type RoomState } from './room-state.ts';
import {
  openSignallingSocket,
  type SignallingRequestFunction,
  type SignallingSocket,
} from './signalling-socket.ts';

export type MeetingClientOptions = {
  /** `ws(s)://…/v2/rooms/<roomId>/signal?token=…` */
  url: string;
  participantId?: string;
  mode?: ParticipantView['mode'];
  /** Comes back as the participant that another page handed over. */
  resume?: Pick<HandOver, 'participantId' | 'resumeToken'>;
  metaData?: unknown;
  createPeerConnection?: (configuration: RTCConfiguration) => RTCPeerConnection;
};

/** Enough for another page to go on as this participant. */
export type HandOver = { participantId: string; resumeToken: string; name: string };

export type MeetingNotice = { notification: SignallingNotification; before: RoomState | null };

const FIRST_JOIN_GIVE_UP_MS = 15_000;
const GIVE_UP_MS = 120_000;
const PING_EVERY_MS = 5_000;
const PING_TIMEOUT_MS = 4_000;

/**
 * One participant's meeting, without a face: joins, stays in, comes back after a loss, leaves.
 *
 * A client is used for one meeting; after `left` or `failed` make a new one.
 */
export class MeetingClient {
  readonly audience: AudienceCalls;
  readonly #options: MeetingClientOptions;
  readonly #changes = new Emitter<MeetingSnapshot>();
  readonly #notices = new Emitter<MeetingNotice>();
  readonly #media: MediaSession;
  #snapshot: MeetingSnapshot = beforeJoining;
  #socket: SignallingSocket | null = null;
  #name = '';
  #participantId: string | undefined;
  #resumeToken: string | undefined;
  #mode: ParticipantView['mode'] | undefined;
  #iceServers: readonly IceServer[] = [];
  #connecting = false;
  #hurry: (() => void) | null = null;
  #pingTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #networkChanged = (): void => this.checkConnection();
  readonly #pageGone = (event: PageTransitionEvent): void => {
    if (!event.persisted) {
      void this.leave();
    }
  };

  constructor(options: MeetingClientOptions) {
    this.#options = options;
    this.#participantId = options.resume?.participantId ?? options.participantId;
    this.#resumeToken = options.resume?.resumeToken;
    this.#mode = options.mode;
    this.audience = new AudienceCalls({
      request: (method, data, requestOptions) => this.#request(method, data, requestOptions),
      change: (change) => {
        const { room } = this.#snapshot;
        if (room !== null) {
          this.#change({ room: change(room) });
        }
      },
      onMode: (mode) => this.#modeChanged(mode),
    });
    this.#media = new MediaSession({
      request: (method, data, requestOptions) => this.#request(method, data, requestOptions),
      createPeerConnection:
        options.createPeerConnection ?? ((configuration) => new RTCPeerConnection(configuration)),
      onTracks: (tracks) => this.#change({ tracks }),
      onState: (media) => this.#change({ media }),
      onProblem: (mediaProblem) => this.#change({ mediaProblem }),
      onTrouble: () => this.checkConnection(),
    });
  }

  get snapshot(): MeetingSnapshot {
    return this.#snapshot;
  }

  /** Hears of every change of {@link snapshot}. @returns the function that ends it. */
  onChange(listener: (snapshot: MeetingSnapshot) => void): () => void {
    return this.#changes.on(listener);
  }

  /** Hears what the runtime told, after the snapshot has changed by it. */
  onNotice(listener: (notice: MeetingNotice) => void): () => void {
    return this.#notices.on(listener);
  }

  /** Joins under `name`; how it went is told by the snapshot. */
  join(name: string): void {
    if (this.#snapshot.phase !== 'idle') {
      return;
    }
    this.#name = name;
    this.#change({ phase: 'joining' });
    addEventListener('online', this.#networkChanged);
    addEventListener('pagehide', this.#pageGone);
    void this.#connect(FIRST_JOIN_GIVE_UP_MS);
  }

  async leave(): Promise<void> {
    if (this.#isOver()) {
      return;
    }
    const socket = this.#socket;
    this.#end('left', null);
    // Either way it is over on this side; unheard, the runtime notices when the grace time has run out.
    await socket?.request('leave', {}, { timeoutMs: 1_000 }).catch(() => undefined);
    socket?.close();
  }

  /**
   * Ends here without leaving, so that another page can go on as the same participant.
   *
   * @returns null when there is nobody to go on as: not joined, or over.
   */
  handOver(): HandOver | null {
    if (this.#isOver() || this.#participantId === undefined || this.#resumeToken === undefined) {
      return null;
    }
    const socket = this.#socket;
    this.#end('left', null);
    socket?.close();
    return { participantId: this.#participantId, resumeToken: this.#resumeToken, name: this.#name };
  }

  /** Sends `track` as `kind` from now on; null mutes the kind. May be called before joining. */
  setTrack(kind: TrackKind, track: MediaStreamTrack | null): void {
    this.#media.setTrack(kind, track);
  }

  prefer(trackId: string, preference: LayerPreference): void {
    this.#media.prefer(trackId, preference);
  }

  /** @throws MeetingError when the runtime refuses it or cannot be reached. */
  async sendMessage(
    topic: string,
    message: string,
    { persist = true }: { persist?: boolean } = {},
  ): Promise<void> {
    const { messageId } = await this.#request('send-message', { topic, message, persist });
    const { room } = this.#snapshot;
    if (room === null || room.messages.some((known) => known.messageId === messageId)) {
      return;
    }
    this.#change({
      room: withMessage(room, {
        messageId,
        topic,
        message,
        senderId: room.selfId,
        senderName: this.#name,
        payload: null,
        at: new Date().toISOString(),
      }),
    });
  }

  /** Moderators only. @throws MeetingError */
  async respondEntry(answer: SignallingParams<'respond-entry'>): Promise<void> {
    await this.#request('respond-entry', answer);
  }

  /** Moderators only. @throws MeetingError */
  async muteParticipant(target: SignallingParams<'mute-participant'>): Promise<void> {
    await this.#request('mute-participant', target);
  }

  /** Moderators only. @throws MeetingError */
  async removeParticipant(target: SignallingParams<'remove-participant'>): Promise<void> {
    await this.#request('remove-participant', target);
  }

  /** Looks at once whether the runtime still answers; call it when the network may have changed. */
  checkConnection(): void {
    this.#hurry?.();
    const socket = this.#socket;
    socket?.request('ping', {}, { timeoutMs: PING_TIMEOUT_MS }).catch((error: unknown) => {
      if (error instanceof MeetingError && error.code === 'no-answer') {
        socket.close();
      }
    });
  }

  readonly #request: SignallingRequestFunction = (method, data, options) => {
    if (this.#socket === null) {
      return Promise.reject(new MeetingError('connection-lost', `Not connected, so no ${method}.`, true));
    }
    return this.#socket.request(method, data, options);
  };

  /** Opens a socket and joins, again and again, until it works, is refused for good or takes too long. */
  async #connect(giveUpAfterMs: number): Promise<void> {
    if (this.#connecting) {
      return;
    }
    this.#connecting = true;
    const since = performance.now();
    for (let attempt = 0; !this.#isOver(); attempt += 1) {
      if (attempt > 0 || this.#snapshot.phase !== 'joining') {
        await this.#pause(reconnectDelayMs(attempt, Math.random()));
      }
      const problem = this.#isOver() ? null : await this.#attempt();
      if (problem === null) {
        break;
      }
      if (!passesByItself(problem.code) || !keepsTrying(performance.now() - since, giveUpAfterMs)) {
        this.#end('failed', problem);
      }
    }
    this.#connecting = false;
  }

  /** @returns null when joined or waiting, otherwise why not. */
  async #attempt(): Promise<MeetingError | null> {
    let socket: SignallingSocket | null = null;
    try {
      socket = await openSignallingSocket({
        url: this.#options.url,
        onEvent: (notification) => this.#notified(notification),
        onClose: (error) => this.#closed(socket, error),
      });
      if (this.#isOver()) {
        socket.close();
        return null;
      }
      this.#socket = socket;
      await this.#joinOver(socket);
      return null;
    } catch (error) {
      if (this.#socket === socket) {
        this.#socket = null;
      }
      socket?.close();
      return MeetingError.from(error);
    }
  }

  async #joinOver(socket: SignallingSocket): Promise<void> {
    const { metaData } = this.#options;
    const mode = this.#mode;
    const identity = {
      name: this.#name,
      ...(this.#participantId === undefined ? {} : { participantId: this.#participantId }),
      ...(mode === undefined ? {} : { mode }),
      ...(metaData === undefined ? {} : { metaData }),
    };
    const resume = this.#resumeToken === undefined ? {} : { resumeToken: this.#resumeToken };
    const result = await socket.request('join', { ...identity, ...resume }).catch((error: unknown) => {
      if (this.#resumeToken === undefined || !(error instanceof MeetingError) || !isForgotten(error.code)) {
        throw error;
      }
      this.#resumeToken = undefined;
      return socket.request('join', identity);
    });
    if (result.state === 'waiting') {
      this.#participantId = result.participantId;
      this.#change({ phase: 'waiting' });
      this.#startPing();
    } else {
      this.#adopt(result);
    }
  }

  #adopt(joined: Joined): void {
    const before = this.#snapshot.room;
    this.#participantId = joined.participantId;
    this.#resumeToken = joined.resumeToken;
    this.#iceServers = joined.iceServers;
    this.#startPing();
    const room = roomFromJoined(joined, before);
    this.#change({ phase: 'joined', room, error: null });
    if (room.mode === 'SIGNALLING_ONLY') {
      return;
    }
    void (joined.resumed && before !== null
      ? this.#media.signallingResumed(joined.iceServers)
      : this.#media.start(joined.iceServers));
  }

  /** Told by the answer and by the event; the second changes nothing. */
  #modeChanged(mode: ParticipantView['mode']): void {
    const { room } = this.#snapshot;
    if (room === null || room.mode === mode) {
      return;
    }
    // Whoever said how to come in says it anew when coming back.
    this.#mode = this.#mode === undefined ? undefined : mode;
    this.#change({ room: withMode(room, mode) });
    if (mode === 'SIGNALLING_ONLY') {
      this.#media.close();
    } else if (room.mode === 'SIGNALLING_ONLY') {
      void this.#media.start(this.#iceServers);
    }
  }

  #notified(notification: SignallingNotification): void {
    const before = this.#snapshot.room;
    if (notification.event === 'mode-changed') {
      this.#modeChanged(notification.data.mode);
    } else if (before !== null) {
      const room = reduceRoom(before, notification);
      if (room !== before) {
        this.#change({ room });
      }
    }
    this.#act(notification);
    this.#notices.emit({ notification, before });
  }

  #act(notification: SignallingNotification): void {
    switch (notification.event) {
      case 'joined':
        this.#adopt(notification.data);
        return;
      case 'subscribe-offer':
        this.#media.handleOffer(notification.data);
        return;
      case 'media-restart':
        this.#media.restartRequested();
        return;
      case 'connection-state':
        if (notification.data.state === 'failed') {
          this.#media.connectionFailed(notification.data.connection);
        }
        return;
      case 'entry-responded':
        if (this.#snapshot.phase === 'waiting' && notification.data.decision === 'denied') {
          this.#end('failed', new MeetingError('entry-denied', 'A host did not let you in.', false));
        }
        return;
      case 'removed': {
        const { code, message } = notification.data;
        this.#end(code === 'entry-denied' ? 'failed' : 'left', new MeetingError(code, message, false));
        return;
      }
      default:
    }
  }

  #closed(socket: SignallingSocket | null, error: MeetingError | null): void {
    if (socket === null || this.#socket !== socket || this.#isOver()) {
      return;
    }
    this.#socket = null;
    clearInterval(this.#pingTimer);
    if (error !== null && !passesByItself(error.code)) {
      this.#end(error.code === 'participant-replaced' ? 'left' : 'failed', error);
      return;
    }
    if (this.#snapshot.phase === 'joined') {
      this.#media.signallingLost();
      this.#change({ phase: 'reconnecting' });
    }
    void this.#connect(GIVE_UP_MS);
  }

  #startPing(): void {
    clearInterval(this.#pingTimer);
    this.#pingTimer = setInterval(() => this.checkConnection(), PING_EVERY_MS);
  }

  /** Waits, or less when the browser says that the network is back. */
  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#hurry = null;
        resolve();
      };
      const timer = setTimeout(done, delayMs);
      this.#hurry = done;
    });
  }

  #end(phase: 'left' | 'failed', error: MeetingError | null): void {
    removeEventListener('online', this.#networkChanged);
    removeEventListener('pagehide', this.#pageGone);
    clearInterval(this.#pingTimer);
    this.#media.close();
    this.#change({
      phase,
      error: error === null ? null : { code: error.code, message: error.message, retryable: error.retryable },
    });
    this.#hurry?.();
  }

  #isOver(): boolean {
    return this.#snapshot.phase === 'left' || this.#snapshot.phase === 'failed';
  }

  #change(part: Partial<MeetingSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...part };
    this.#changes.emit(this.#snapshot);
  }
}
