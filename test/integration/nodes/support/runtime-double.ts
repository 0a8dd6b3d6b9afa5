import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  RoomflowError,
  matchesEventType,
  type EventType,
  type Page,
  type Recording,
  type RoomflowEvent,
  type Step,
} from '../../../../runtime/contract/index.ts';
import { freePort } from '../../../support/temporary/index.ts';

const epoch = 'double';
const start = '2026-01-02T03:04:05.000Z';

type Answer = { status: number; body: unknown };
type Call = { method: string; path: string; query: URLSearchParams; body: Record<string, unknown> };

/**
 * Stands in for the runtime where a test needs to say exactly when something happens: it keeps an event
 * log, starts steps and ends recordings on request, with the contract's shapes and nothing of the media.
 * Its log outlives `stop`, as the real one's does.
 */
export class RuntimeDouble {
  readonly url: string;
  /** The key it knows. */
  key = 'double-key';
  /** Bodies of the steps that were posted. */
  readonly posted: Record<string, unknown>[] = [];
  /** Refuse the next so many step posts, as while a guest is still connecting. */
  refuseSteps = 0;
  /** Files that events speak of, by path; one that is not there yet is answered when it has been put. */
  readonly #files = new Map<string, PromiseWithResolvers<Buffer>>();
  readonly #port: number;
  readonly #events: RoomflowEvent[] = [];
  readonly #recordings = new Map<string, { recording: Recording; callbackUrl: string | undefined }>();
  readonly #clients = new Map<WebSocket, URLSearchParams>();
  readonly #waiting: (() => void)[] = [];
  #server: Server | undefined;

  private constructor(port: number) {
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<RuntimeDouble> {
    const double = new RuntimeDouble(await freePort());
    await double.start();
    return double;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response));
    const sockets = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, socket, head) => {
      if (request.headers.authorization !== this.key) {
        socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
        return;
      }
      sockets.handleUpgrade(request, socket, head, (client) => {
        this.#subscribe(client, new URL(request.url ?? '/', this.url).searchParams);
      });
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const client of this.#clients.keys()) {
      client.terminate();
    }
    this.#clients.clear();
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
  }

  /** Resolves once that many event sockets are open. */
  async listeners(count: number): Promise<void> {
    while (this.#clients.size < count) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  join(roomId: string, participantName: string): RoomflowEvent {
    return this.raise('participant-joined', roomId, {
      participantId: participantName.toLowerCase(),
      participantName,
      mode: 'SEND_AND_RECV',
      permissions: ['allow_join'],
      metaData: null,
    });
  }

  /** Puts the file of a tap event, whose download waits for it. */
  putFile(fileId: string, content: Buffer): void {
    this.#file(fileId).resolve(content);
  }

  #file(fileId: string): PromiseWithResolvers<Buffer> {
    const file = this.#files.get(fileId) ?? Promise.withResolvers<Buffer>();
    this.#files.set(fileId, file);
    return file;
  }

  raise(type: EventType, roomId: string, data: Record<string, unknown>): RoomflowEvent {
    const seq = this.#events.length + 1;
    const event = {
      epoch,
      seq,
      id: `evt-${this.#port}-${seq}`,
      type,
      roomId,
      sessionId: `${roomId}-session`,
      at: new Date().toISOString(),
      data: { roomId, meetingId: roomId, sessionId: `${roomId}-session`, ...data },
    } as RoomflowEvent;
    this.#events.push(event);
    for (const [client, query] of this.#clients) {
      if (this.#matching(query).includes(event)) {
        client.send(JSON.stringify({ type: 'event', event }));
      }
    }
    return event;
  }

  /**
   * Completes a recording and calls back until that is taken; answers the statuses the callback got.
   */
  async endRecording(recordingId: string): Promise<number[]> {
    const entry = this.#recordings.get(recordingId);
    if (entry === undefined) {
      throw new Error(`The double has no recording ${recordingId}`);
    }
    entry.recording = completed(entry.recording, this.url);
    const statuses: number[] = [];
    while (entry.callbackUrl !== undefined && statuses.length < 100) {
      const status = await post(entry.callbackUrl, entry.recording);
      statuses.push(status);
      if (status >= 200 && status < 300) {
        break;
      }
      await delay(100);
    }
    return statuses;
  }

  #matching(query: URLSearchParams): RoomflowEvent[] {
    const types = (query.get('types') ?? '').split(',').filter((type) => type !== '');
    const roomId = query.get('roomId');
    return this.#events
      .filter((event) => matchesEventType(types, event.type))
      .filter((event) => roomId === null || event.roomId === roomId);
  }

  #after(query: URLSearchParams): RoomflowEvent[] {
    const cursor = query.get('cursor') ?? 'latest';
    if (cursor === 'latest') {
      return [];
    }
    const seen = cursor === 'earliest' ? 0 : Number(cursor.split(':')[1]);
    return this.#matching(query).filter((event) => event.seq > seen);
  }

  get #cursor(): string {
    return `${epoch}:${this.#events.length}`;
  }

  #subscribe(client: WebSocket, query: URLSearchParams): void {
    for (const event of this.#after(query)) {
      client.send(JSON.stringify({ type: 'event', event }));
    }
    client.send(JSON.stringify({ type: 'ready', cursor: this.#cursor }));
    this.#clients.set(client, query);
    client.on('close', () => this.#clients.delete(client));
    this.#waiting.splice(0).forEach((resolve) => {
      resolve();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fileId = /^\/v2\/taps\/files\/([^?]+)/.exec(request.url ?? '')?.[1];
    if (fileId !== undefined) {
      response.end(await this.#file(fileId).promise);
      return;
    }
    const answer = await this.#answer(request).catch((error: unknown): Answer => {
      const refusal = RoomflowError.from(error);
      return { status: refusal.status, body: refusal.toBody() };
    });
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const url = new URL(request.url ?? '/', this.url);
    if (request.headers.authorization !== this.key) {
      throw new RoomflowError('invalid-token', 'The server key or token is not of this runtime.');
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const text = Buffer.concat(chunks).toString();
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    const call: Call = {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      body,
    };
    return { status: 200, body: this.#route(call) };
  }

  #route({ method, path, query, body }: Call): unknown {
    const [, first, second, third, fourth] = path.slice(1).split('/');
    const here = `${method} ${first ?? ''}`;
    if (here === 'GET events') {
      if (query.get('roomId') === 'nowhere') {
        throw new RoomflowError('room-not-found', 'No room "nowhere". Create it with POST /v2/rooms.');
      }
      const limit = Number(query.get('limit') ?? 200);
      return { events: this.#after(query).slice(0, limit), cursor: this.#cursor };
    }
    if (here === 'POST rooms' && third === 'steps') {
      return this.#startStep(second ?? '', body);
    }
    if (here === 'GET rooms' && second === undefined) {
      return page([]);
    }
    if (here === 'GET sessions') {
      return page([]);
    }
    if (here === 'GET recordings') {
      const entry = this.#recordings.get(third === 'track' ? (fourth ?? '') : (third ?? ''));
      if (entry !== undefined) {
        return entry.recording;
      }
      throw new RoomflowError('recording-not-found', `No recording "${third ?? ''}".`);
    }
    throw new RoomflowError('room-not-found', `No room "${second ?? ''}". Create it with POST /v2/rooms.`);
  }

  #startStep(roomId: string, body: Record<string, unknown>): Step {
    if (this.refuseSteps > 0) {
      this.refuseSteps -= 1;
      throw new RoomflowError('track-not-found', 'Participant "ann" publishes no video.');
    }
    this.posted.push(body);
    const number = this.posted.length;
    const given = body['with'] as Record<string, unknown>;
    const isRecord = body['step'] === 'record';
    const step: Step = {
      id: `step-${number}`,
      stepId: `step-${number}`,
      step: String(body['step']),
      roomId,
      sessionId: `${roomId}-session`,
      participantId: (given['participantId'] as string | undefined) ?? 'tapped',
      trackIds: ['track-a', 'track-v'],
      recordingId: isRecord ? `rec-${number}` : null,
      from: (body['from'] as string | undefined) ?? null,
      with: given,
      state: 'running',
      paused: false,
      reason: 'started',
      startedAt: start,
      endedAt: null,
      progress: {},
    };
    if (step.recordingId !== null) {
      this.#recordings.set(step.recordingId, {
        recording: running(step, step.recordingId),
        callbackUrl: given['callbackUrl'] as string | undefined,
      });
    }
    return step;
  }
}

function page<T>(data: T[]): Page<T> {
  return { pageInfo: { currentPage: 1, perPage: 20, lastPage: 1, total: data.length }, data };
}

async function post(url: string, body: unknown): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await response.text();
  return response.status;
}

function running(step: Step, recordingId: string): Recording {
  return {
    id: recordingId,
    recordingId,
    stepId: step.stepId,
    roomId: step.roomId,
    meetingId: step.roomId,
    sessionId: step.sessionId,
    participantId: step.participantId ?? '',
    participantName: 'Ann',
    mode: 'participant',
    kind: 'audio_video',
    fileFormat: 'webm',
    status: 'running',
    start,
    end: null,
    files: [],
    error: null,
    webhook: { totalCount: 0, successCount: 0, data: [] },
    metadata: null,
    region: 'local',
  };
}

function completed(recording: Recording, url: string): Recording {
  const id = `file-${recording.id}`;
  return {
    ...recording,
    status: 'completed',
    end: start,
    files: [
      {
        id,
        filePath: `/recordings/${id}.webm`,
        fileUrl: `${url}/v2/files/${id}?signature=s`,
        size: 1000,
        type: 'video',
        meta: {
          resolution: { width: 640, height: 360 },
          format: 'webm',
          duration: 12.5,
          videoCodec: 'VP8',
          audioCodec: 'opus',
          startMs: 0,
          endMs: 12_500,
        },
        createdAt: start,
        updatedAt: start,
      },
    ],
  };
}
