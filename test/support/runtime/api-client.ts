import type {
  ErrorBody,
  JoinLink,
  MessageView,
  Page,
  Permission,
  Recording,
  RecordingMode,
  Room,
  Session,
  SessionParticipant,
  Step,
  TrackKind,
} from '../../../runtime/contract/index.ts';
import type { Static } from 'typebox';

/** What an HTTP call answered, whatever its status. */
export type Answer = { status: number; headers: Headers; body: unknown };

/** What a start of a recording answers. */
export type StartedRecording = {
  message: string;
  id: string;
  recordingId: string;
  stepId: string;
  status: string;
};

export type RecordOptions = {
  kind?: TrackKind;
  mode?: Static<typeof RecordingMode>;
  fileFormat?: 'webm' | 'mp4' | 'mkv' | 'ogg';
  webhookUrl?: string;
  metadata?: unknown;
};

export type ParticipantsAnswer = {
  pageInfo: Page<unknown>['pageInfo'];
  data: { id: string; roomId: string; participants: SessionParticipant[]; links: Record<string, string> };
};

/** An answer with an error's status, with its body in the shape of the error table. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: ErrorBody;

  constructor(call: string, status: number, body: ErrorBody) {
    super(`${call} answered ${status} ${body.code}: ${body.message}`);
    this.status = status;
    this.body = body;
  }
}

/** The runtime's HTTP API, typed, as a program with this credential sees it. */
export type ApiClient = {
  /** Any call; answers of every status are returned. A string body is sent as it is. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Any call that is expected to succeed. @throws ApiError */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** The same API with another credential. */
  as(authorization: string): ApiClient;
  createRoom(body?: Record<string, unknown>): Promise<Room>;
  joinLink(
    roomId: string,
    body?: { name?: string; participantId?: string; permissions?: Static<typeof Permission>[] },
  ): Promise<JoinLink>;
  record(roomId: string, participantId: string, options?: RecordOptions): Promise<StartedRecording>;
  stopRecording(roomId: string, participantId: string, kind?: TrackKind): Promise<StartedRecording>;
  recording(recordingId: string, mode?: Recording['mode']): Promise<Recording>;
  startStep(roomId: string, body: Record<string, unknown>): Promise<Step>;
  step(stepId: string, verb?: 'stop' | 'pause' | 'resume'): Promise<Step>;
  endSession(roomId: string): Promise<Session>;
  session(sessionId: string): Promise<Session>;
  participants(sessionId: string, which?: 'all' | 'active'): Promise<ParticipantsAnswer>;
  messages(roomId: string, query?: string): Promise<MessageView[]>;
};

export function createApiClient(url: string, authorization: string): ApiClient {
  const send: ApiClient['send'] = async (method, path, body, headers = {}) => {
    const isText = typeof body === 'string';
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        ...(authorization === '' ? {} : { authorization }),
        ...(body === undefined || isText ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
  // What a call answers is checked by the runtime against its own schemas before it is sent.
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await send(method, path, body);
    if (answer.status >= 400) {
      throw new ApiError(`${method} ${path}`, answer.status, answer.body as ErrorBody);
    }
    return answer.body as T;
  };
  const recordings = (mode: Recording['mode']): string =>
    ({
      participant: '/v2/recordings/participant',
      track: '/v2/recordings/participant/track',
      meeting: '/v2/recordings',
      composite: '/v2/recordings/composite',
    })[mode];
  const modeOf = (kind: TrackKind | undefined): 'participant' | 'track' =>
    kind === undefined ? 'participant' : 'track';

  return {
    send,
    call,
    as: (other) => createApiClient(url, other),
    createRoom: (body = {}) => call('POST', '/v2/rooms', body),
    joinLink: (roomId, body = {}) => call('POST', `/v2/rooms/${roomId}/join-links`, body),
    record: (roomId, participantId, options = {}) =>
      call('POST', `${recordings(modeOf(options.kind))}/start`, { roomId, participantId, ...options }),
    stopRecording: (roomId, participantId, kind) =>
      call('POST', `${recordings(modeOf(kind))}/stop`, {
        roomId,
        participantId,
        ...(kind === undefined ? {} : { kind }),
      }),
    recording: (recordingId, mode = 'participant') => call('GET', `${recordings(mode)}/${recordingId}`),
    startStep: (roomId, body) => call('POST', `/v2/rooms/${roomId}/steps`, body),
    step: (stepId, verb) =>
      verb === undefined ? call('GET', `/v2/steps/${stepId}`) : call('POST', `/v2/steps/${stepId}/${verb}`),
    endSession: (roomId) => call('POST', '/v2/sessions/end', { roomId }),
    session: (sessionId) => call('GET', `/v2/sessions/${sessionId}`),
    participants: (sessionId, which = 'all') =>
      call('GET', `/v2/sessions/${sessionId}/participants${which === 'active' ? '/active' : ''}`),
    messages: async (roomId, query = '') =>
      (await call<{ data: MessageView[] }>('GET', `/v2/rooms/${roomId}/messages${query}`)).data,
  };
}
