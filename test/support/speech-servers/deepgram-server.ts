import { once } from 'node:events';
import { createServer, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Recognised, UtteranceStream } from '../../../runtime/media/index.ts';
import { createFaults, type Faults } from './faults.ts';
import { createRecogniser, type Recogniser } from './recogniser.ts';

/**
 * How a connection fails. A status: at the upgrade. `mute`: it hears and never answers; `cut`: the network breaks after
 * so many seconds of sound; `error`: it sends a message of type `Error` then, and hangs up (1011).
 */
export type DeepgramFault =
  | { status: 400 | 401 | 402 | 429 | 500; retryAfter?: string }
  | 'mute'
  | 'malformed'
  | { cutAfterSeconds: number }
  | { errorAfterSeconds: number };

export type DeepgramServerOptions = {
  /** Any key is taken when left out. */
  apiKey?: string;
  /** What is understood, one utterance after the other; left out, speech is recognised by the built-in engine. */
  transcripts?: readonly string[];
  /** Without a message for so long it hangs up. */
  idleMs?: number;
};

/** Behaves like Deepgram’s live transcription. */
export type DeepgramServer = AsyncDisposable & {
  url: string;
  /** The queries of the connections that were asked for, in their order. */
  readonly connections: readonly URLSearchParams[];
  /** Types of the messages that came, in their order. */
  readonly messages: readonly string[];
  readonly faults: Pick<Faults<DeepgramFault>, 'set' | 'clear'>;
  /** Connections that stand now. */
  readonly open: number;
};

export async function startDeepgramServer(options: DeepgramServerOptions = {}): Promise<DeepgramServer> {
  const recogniser = createRecogniser(options.transcripts);
  const connections: URLSearchParams[] = [];
  const messages: string[] = [];
  const faults = createFaults<DeepgramFault>();
  const http = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  http.on('upgrade', (request, socket, head) => {
    const query = new URL(request.url ?? '/', 'http://server').searchParams;
    connections.push(query);
    const isKnown =
      options.apiKey === undefined || request.headers.authorization === `Token ${options.apiKey}`;
    const asked = isKnown ? refusalOf(query) : { status: 401, reason: 'Invalid credentials.' };
    const fault = faults.take();
    const refusal: Refusal | null =
      fault !== null && typeof fault === 'object' && 'status' in fault
        ? { ...fault, reason: `The answer is ${fault.status}.` }
        : asked;
    if (refusal !== null) {
      socket.end(
        [
          `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}`,
          `dg-error: ${refusal.reason}`,
          ...(refusal.retryAfter === undefined ? [] : [`Retry-After: ${refusal.retryAfter}`]),
          'Content-Length: 0',
          'Connection: close',
          '',
          '',
        ].join('\r\n'),
      );
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      serve(webSocket, recogniser, fault, options.idleMs ?? 10_000, (type) => messages.push(type));
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}/v1/listen`,
    connections,
    messages,
    faults,
    get open() {
      return sockets.clients.size;
    },
    async [Symbol.asyncDispose]() {
      for (const client of sockets.clients) client.terminate();
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
      await recogniser[Symbol.asyncDispose]();
    },
  };
}

type Refusal = { status: number; reason: string; retryAfter?: string };

function refusalOf(query: URLSearchParams): Refusal | null {
  return query.get('encoding') === 'linear16' && query.get('sample_rate') === '16000'
    ? null
    : { status: 400, reason: 'Bad Request: encoding and sample_rate go together.' };
}

function serve(
  socket: WebSocket,
  { engine }: Recogniser,
  fault: DeepgramFault | null,
  idleMs: number,
  onMessage: (type: string) => void,
): void {
  const speakerId = crypto.randomUUID();
  const send = (message: unknown): void => {
    if (fault !== 'mute') socket.send(fault === 'malformed' ? '{"type":' : JSON.stringify(message));
  };
  /** Seconds of sound that came, and before the utterance at hand. */
  let seconds = 0;
  let fromSeconds = 0;
  let stream: UtteranceStream | null = null;
  const open = (): UtteranceStream =>
    engine.open({
      speakerId,
      language: null,
      onInterim(recognised) {
        send(resultsOf(recognised, fromSeconds, seconds, { is_final: false, from_finalize: false }));
      },
    });
  const flush = async (flags: { from_finalize: boolean }): Promise<void> => {
    const [ended, from, to] = [stream, fromSeconds, seconds];
    stream = null;
    fromSeconds = seconds;
    const recognised = (await ended?.finish()) ?? { text: '', language: null, words: [] };
    send(resultsOf(recognised, from, to, { is_final: true, ...flags }));
  };
  const idle = setTimeout(() => {
    socket.close(1011, 'NET-0001: no audio data or KeepAlive within the timeout window.');
  }, idleMs);
  /** Answers come in the order of the messages. */
  let turn: Promise<void> = Promise.resolve();
  const obey = async (message: { type?: string }): Promise<void> => {
    onMessage(message.type ?? 'unknown');
    if (message.type === 'Finalize') {
      await flush({ from_finalize: true });
    } else if (message.type === 'CloseStream') {
      if (stream !== null) await flush({ from_finalize: false });
      send({ type: 'Metadata', request_id: speakerId, duration: seconds, channels: 1 });
      socket.close(1000);
    }
  };
  const hear = (data: Buffer): void => {
    stream ??= open();
    seconds += data.length / 2 / 16_000;
    // A copy lies at an even address.
    stream.write(new Int16Array(new Uint8Array(data).buffer, 0, data.length >> 1));
    if (fault === null || typeof fault !== 'object') return;
    if ('cutAfterSeconds' in fault && seconds >= fault.cutAfterSeconds) socket.terminate();
    if ('errorAfterSeconds' in fault && seconds >= fault.errorAfterSeconds) {
      send({ type: 'Error', description: 'Something went wrong.', message: '', variant: 'NET-0000' });
      socket.close(1011, 'NET-0000');
    }
  };
  socket.on('message', (data, isBinary) => {
    idle.refresh();
    if (!Buffer.isBuffer(data)) return;
    if (isBinary) {
      hear(data);
      return;
    }
    const message = JSON.parse(data.toString('utf8')) as { type?: string };
    turn = turn.then(() => obey(message));
  });
  socket.on('close', () => {
    clearTimeout(idle);
    stream?.cancel();
    void turn.then(() => engine.forget(speakerId));
  });
}

function resultsOf(
  { text, words }: Recognised,
  from: number,
  to: number,
  flags: { is_final: boolean; from_finalize: boolean },
): unknown {
  return {
    type: 'Results',
    channel_index: [0, 1],
    start: from,
    duration: to - from,
    speech_final: false,
    ...flags,
    channel: {
      alternatives: [
        {
          transcript: text,
          confidence: 0.9,
          words: (words ?? []).map((word) => ({
            word: word.text.toLowerCase(),
            punctuated_word: word.text,
            start: from + word.startMs / 1000,
            end: from + word.endMs / 1000,
            confidence: word.confidence ?? 0.9,
          })),
        },
      ],
    },
    metadata: { request_id: 'test', model_info: { name: 'test', version: '1', arch: 'test' } },
  };
}
