import { EventEmitter, once } from 'node:events';
import type { Server } from 'node:http';

import { Check, Errors } from 'typebox/value';
import { WebSocketServer, type WebSocket } from 'ws';

import {
  RoomflowError,
  signallingMethods,
  SignallingRequestSchema,
  type Caption,
  type CaptionsState,
  type Joined,
  type ParticipantView,
  type SignallingEvents,
  type SignallingMethod,
  type SignallingParams,
  type TrackKind,
} from '../../../../runtime/contract/index.ts';
import { AudienceDouble } from './audience-double.ts';
import { MediaMirror } from './media-mirror.ts';

export type Seen = {
  [M in SignallingMethod]: { method: M; data: SignallingParams<M> };
}[SignallingMethod];

export type JoinAnswer = 'joined' | 'waiting' | RoomflowError;

/**
 * A room with scripted people, as the runtime's signalling presents one. It speaks the contract's messages,
 * refuses what breaks the contract, and holds real peer connections that send the page's media back as
 * theirs; it keeps no sessions, permissions or recordings of its own.
 */
export class RoomDouble {
  /** What a guest that asks to join gets. */
  joinAnswer: JoinAnswer = 'joined';
  isModerator = false;
  /** Makes newly opened sockets end at once, as on a dead network. */
  refusesConnections = false;
  /** Closes a fresh socket with this, before anything is said. */
  closesWith: { code: number; reason: string } | null = null;
  readonly seen: Seen[] = [];
  /** Requests that broke the contract; a test that ends with any has failed. */
  readonly violations: string[] = [];
  mirror: MediaMirror | null = null;
  #captions: CaptionsState = null;
  readonly audience = new AudienceDouble({
    self: () => ({ participantId: this.#selfId, participantName: this.#name }),
    tell: (event, data) => this.event(event, data),
  });
  readonly #server: WebSocketServer;
  readonly #news = new EventEmitter();
  readonly #others: ParticipantView[] = [];
  readonly #selfId = 'guest-1';
  #name = '';
  /** One's own, as asked for when joining and changed since. */
  #mode: ParticipantView['mode'] = 'SEND_AND_RECV';
  #socket: WebSocket | null = null;
  #offerId = 0;
  #offered: { mid: string; trackId: string; participantId: string; kind: TrackKind }[] = [];

  constructor(server: Server) {
    this.#server = new WebSocketServer({ server });
    this.#server.on('connection', (socket) => this.#connected(socket));
  }

  /** Resolves with the first matching request, made before or after this call. */
  async request<M extends SignallingMethod>(
    method: M,
    matches: (data: SignallingParams<M>) => boolean = () => true,
  ): Promise<SignallingParams<M>> {
    const find = (): SignallingParams<M> | undefined => this.requests(method).find(matches);
    const signal = AbortSignal.timeout(20_000);
    for (;;) {
      const found = find();
      if (found !== undefined) {
        return found;
      }
      await once(this.#news, 'request', { signal });
    }
  }

  requests<M extends SignallingMethod>(method: M): SignallingParams<M>[] {
    return this.seen.flatMap((one) => (isOf(one, method) ? [one.data] : []));
  }

  event<E extends keyof SignallingEvents>(event: E, data: SignallingEvents[E]): void {
    this.#socket?.send(JSON.stringify({ event, data }));
  }

  /** Somebody else comes in; with `camera` and `microphone` the page's own media comes back as theirs. */
  async addPerson(person: {
    participantId: string;
    name: string;
    camera?: boolean;
    microphone?: boolean;
    screen?: boolean;
    isModerator?: boolean;
    mode?: ParticipantView['mode'];
  }): Promise<void> {
    const kinds: TrackKind[] = [
      ...(person.microphone === true ? (['audio'] as const) : []),
      ...(person.camera === true ? (['video'] as const) : []),
      ...(person.screen === true ? (['screen_video'] as const) : []),
    ];
    const view: ParticipantView = {
      participantId: person.participantId,
      name: person.name,
      mode: person.mode ?? 'SEND_AND_RECV',
      isModerator: person.isModerator ?? false,
      connected: true,
      metaData: null,
      tracks: kinds.map((kind) => ({
        trackId: `${person.participantId}-${kind}`,
        kind,
        muted: false,
        codec: kind === 'audio' ? 'audio/opus' : 'video/VP8',
      })),
    };
    this.#others.push(view);
    this.event('participant-joined', { participant: view });
    await this.#offerTracks([view]);
  }

  updatePerson(participantId: string, change: Partial<ParticipantView>): void {
    const index = this.#others.findIndex((one) => one.participantId === participantId);
    const known = this.#others[index];
    if (known !== undefined) {
      this.#others[index] = { ...known, ...change };
      this.event('participant-updated', { participant: this.#others[index] });
    }
  }

  removePerson(participantId: string): void {
    const index = this.#others.findIndex((one) => one.participantId === participantId);
    this.#others.splice(index, 1);
    this.event('participant-left', { participantId, reason: 'left' });
  }

  /** What is said is written down from now on, or (false) no longer. */
  transcribe(running: boolean): void {
    this.#captions = running ? { transcriptionId: 'transcription-1', language: 'en-US' } : null;
    this.event('captions-changed', { captions: this.#captions });
  }

  /** Somebody is heard to say a text. */
  caption(said: Pick<Caption, 'segmentId' | 'participantName' | 'text'> & Partial<Caption>): void {
    this.event('transcription-text', {
      participantId: said.participantName.toLowerCase(),
      isFinal: true,
      startMs: 0,
      endMs: 1_000,
      language: 'en-US',
      timestamp: Date.now() - 1_000,
      ...said,
    });
  }

  /** A host takes the page's own person on stage or off it. */
  changeMode(mode: ParticipantView['mode']): void {
    this.#mode = mode;
    this.event('mode-changed', { mode });
  }

  /** Lets in whoever waits. */
  admit(): void {
    this.joinAnswer = 'joined';
    this.event('entry-responded', { participantId: this.#selfId, decision: 'allowed' });
    this.event('joined', this.#joined(false));
  }

  /** Cuts the line without a closing word, as a lost network does. */
  dropConnection(): void {
    this.#socket?.terminate();
  }

  close(code: number, reason: string): void {
    this.#socket?.close(code, reason);
  }

  async end(): Promise<void> {
    this.#server.clients.forEach((socket) => socket.terminate());
    this.#server.close();
    await this.mirror?.close();
  }

  #connected(socket: WebSocket): void {
    if (this.refusesConnections) {
      socket.terminate();
      return;
    }
    if (this.closesWith !== null) {
      socket.close(this.closesWith.code, this.closesWith.reason);
      return;
    }
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      this.#answer(socket, data.toString('utf8')).catch((error: unknown) =>
        this.violations.push(String(error)),
      );
    });
  }

  async #answer(socket: WebSocket, text: string): Promise<void> {
    const message: unknown = JSON.parse(text);
    if (!Check(SignallingRequestSchema, message) || !isMethod(message.method)) {
      this.violations.push(`not a request: ${text}`);
      return;
    }
    const { id, method, data } = message;
    const schema = signallingMethods[method];
    if (!Check(schema, data)) {
      this.violations.push(`${method}: ${JSON.stringify(Errors(schema, data))}`);
      return;
    }
    // Just checked against the schema of the method.
    const seen = { method, data } as Seen;
    const reply = await this.#perform(seen).then(
      (result) => ({ id, data: result }),
      (error: unknown) => ({ id, error: RoomflowError.from(error).toBody() }),
    );
    socket.send(JSON.stringify(reply));
    this.seen.push(seen);
    this.#news.emit('request');
  }

  async #perform(request: Seen): Promise<unknown> {
    switch (request.method) {
      case 'join':
        this.#name = request.data.name;
        // Who comes back is in the mode that it left in.
        if (request.data.resumeToken === undefined) {
          this.#mode = request.data.mode ?? 'SEND_AND_RECV';
        }
        if (this.joinAnswer instanceof RoomflowError) {
          throw this.joinAnswer;
        }
        return this.joinAnswer === 'waiting'
          ? { state: 'waiting', participantId: this.#selfId }
          : this.#joined(request.data.resumeToken !== undefined);
      case 'media-start':
        await this.mirror?.close();
        this.mirror = new MediaMirror();
        this.#offered = [];
        setImmediate(() => void this.#offerTracks(this.#others));
        return {};
      case 'publish': {
        const sdp = await this.#media().answerPublish(request.data.sdp, request.data.tracks);
        return { sdp, tracks: request.data.tracks.map(({ mid, kind }) => ({ mid, trackId: `own-${kind}` })) };
      }
      case 'subscribe-answer':
        if (request.data.offerId === this.#offerId) {
          await this.#media().accept(request.data.sdp);
        }
        return {};
      case 'candidate': {
        const { connection, candidate } = request.data;
        await this.#media().candidate(connection, {
          candidate: candidate.candidate,
          ...(typeof candidate.sdpMid === 'string' ? { sdpMid: candidate.sdpMid } : {}),
          ...(typeof candidate.sdpMLineIndex === 'number' ? { sdpMLineIndex: candidate.sdpMLineIndex } : {}),
        });
        return {};
      }
      case 'send-message': {
        const messageId = `message-${this.seen.length}`;
        this.event('message', {
          messageId,
          topic: request.data.topic,
          message: request.data.message,
          senderId: this.#selfId,
          senderName: this.#name,
          payload: null,
          at: new Date().toISOString(),
        });
        return { messageId };
      }
      case 'respond-entry':
        this.event('entry-responded', request.data);
        return {};
      case 'remove-participant':
        this.removePerson(request.data.participantId);
        return {};
      case 'respond-stage':
        if (request.data.accept) {
          this.changeMode('SEND_AND_RECV');
        }
        return this.audience.perform(request);
      case 'create-poll':
      case 'vote-poll':
      case 'close-poll':
      case 'ask-question':
      case 'upvote-question':
      case 'answer-question':
      case 'send-gift':
      case 'send-reaction':
      case 'raise-hand':
      case 'pin':
      case 'invite-to-stage':
        return this.audience.perform(request);
      default:
        return {};
    }
  }

  async #offerTracks(people: readonly ParticipantView[]): Promise<void> {
    const tracks = people.flatMap(({ participantId, tracks: own }) =>
      own.map(({ trackId, kind }) => ({ participantId, trackId, kind })),
    );
    if (tracks.length === 0 || this.mirror === null) {
      return;
    }
    const mirror = this.mirror;
    const { sdp, mids } = await mirror.offer(
      tracks.map(({ kind }) => (kind === 'audio' ? 'audio' : 'video')),
    );
    this.#offered = [
      ...this.#offered,
      ...tracks.map((track, index) => ({ ...track, mid: mids[index] ?? '' })),
    ];
    this.#offerId += 1;
    this.event('subscribe-offer', { offerId: this.#offerId, sdp, tracks: this.#offered });
    const offerId = this.#offerId;
    await this.request('subscribe-answer', (answer) => answer.offerId === offerId);
  }

  #joined(resumed: boolean): Joined {
    return {
      state: 'joined',
      roomId: 'test-room',
      sessionId: 'session-1',
      participantId: this.#selfId,
      resumeToken: 'resume-1',
      resumed,
      permissions: this.isModerator ? ['allow_join', 'allow_mod'] : ['allow_join'],
      participants: [
        ...this.#others,
        {
          participantId: this.#selfId,
          name: this.#name,
          mode: this.#mode,
          isModerator: this.isModerator,
          connected: true,
          metaData: null,
          tracks: [],
        },
      ],
      activeSpeakerId: null,
      recordedIds: [],
      messages: [],
      entryRequests: [],
      iceServers: [],
      graceMs: 15_000,
      audience: this.audience.state,
      votes: this.audience.votes,
      captions: this.#captions,
      stageInvitation: this.audience.stageInvitation,
    };
  }

  #media(): MediaMirror {
    if (this.mirror === null) {
      throw new RoomflowError('invalid-signalling', 'media before media-start');
    }
    return this.mirror;
  }
}

const isMethod = (method: string): method is SignallingMethod => Object.hasOwn(signallingMethods, method);

const isOf = <M extends SignallingMethod>(
  one: Seen,
  method: M,
): one is Extract<Seen, { method: M }> & { data: SignallingParams<M> } => one.method === method;
