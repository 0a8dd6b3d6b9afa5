import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { RoomflowError } from '../../../../contract/index.ts';
import { SPEECH_RATE } from '../../types.ts';
import type { Recognised, UtteranceOptions, UtteranceStream } from '../../types.ts';
import { engineFailure, statusFailure } from '../engine-failure.ts';
import { UtteranceResults, readMessage } from './results.ts';

const CONNECT_MS = 10_000;
/** The service hangs up after ten seconds without a message (NET-0001), and asks for one each three to five. */
const KEEP_ALIVE_MS = 4000;
/** The last result of an utterance after `Finalize`. Usually it takes a quarter of a second. */
const FINAL_MS = 8000;
/** `Finalize` is answered only when a noticeable amount of sound waited; less than this is not missed. */
const UNHEARD_SECONDS = 0.5;
const UNANSWERED_MS = 700;
/** Sound that the network does not take: a minute. */
const MOST_BUFFERED_BYTES = 60 * SPEECH_RATE * 2;
const GOODBYE_MS = 2000;

type Utterance = {
  readonly options: UtteranceOptions;
  readonly results: UtteranceResults;
  /** Infinite while it is spoken. */
  toSeconds: number;
  finished: { resolve(recognised: Recognised): void; reject(error: RoomflowError): void } | null;
  timer: NodeJS.Timeout | undefined;
};

export type ConnectionOptions = {
  url: string;
  headers: Record<string, string>;
  /** As the operator knows it. */
  service: string;
  /** It is over, by the service or by a failure. */
  onEnd(): void;
};

/**
 * One speaker’s connection. Utterances follow each other in it; which result belongs to which is told by the seconds of
 * sound that were sent.
 */
export class DeepgramConnection {
  readonly #options: ConnectionOptions;
  readonly #socket: WebSocket;
  readonly #keepAlive: NodeJS.Timeout;
  readonly #utterances: Utterance[] = [];
  readonly #closed: Promise<void>;
  /** What was written before the connection stood. */
  #early: (string | Uint8Array)[] | null = [];
  #sentSamples = 0;
  #failure: RoomflowError | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#socket = new WebSocket(options.url, {
      headers: options.headers,
      handshakeTimeout: CONNECT_MS,
      // A key is for the host it was set for.
      followRedirects: false,
    });
    this.#keepAlive = setInterval(() => {
      this.#stayOpen();
    }, KEEP_ALIVE_MS);
    this.#closed = new Promise((resolve) => {
      this.#socket.once('close', () => resolve());
    });
    this.#listen();
  }

  open(options: UtteranceOptions): UtteranceStream {
    const from = this.#seconds;
    const utterance: Utterance = {
      options,
      results: new UtteranceResults(from, options.language),
      toSeconds: Number.POSITIVE_INFINITY,
      finished: null,
      timer: undefined,
    };
    this.#utterances.push(utterance);
    let finished: Promise<Recognised> | undefined;
    return {
      write: (samples) => {
        if (utterance.toSeconds === Number.POSITIVE_INFINITY) this.#sendSound(samples);
      },
      finish: () => (finished ??= this.#finish(utterance)),
      cancel: () => {
        if (!this.#utterances.includes(utterance)) return;
        // Its results must not be taken for those of the next one.
        utterance.toSeconds = this.#seconds;
        this.#send(JSON.stringify({ type: 'Finalize' }));
        this.#remove(utterance);
      },
    };
  }

  /** Says goodbye, and resolves when the connection is gone. */
  async close(): Promise<void> {
    this.#fail(engineFailure('engine-failed', 'The speaker has left.', { mayPass: false }));
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify({ type: 'CloseStream' }));
    } else {
      this.#socket.terminate();
    }
    const impatience = setTimeout(() => {
      this.#socket.terminate();
    }, GOODBYE_MS);
    await this.#closed;
    clearTimeout(impatience);
  }

  get #seconds(): number {
    return this.#sentSamples / SPEECH_RATE;
  }

  #listen(): void {
    const { service } = this.#options;
    this.#socket.on('open', () => {
      const early = this.#early ?? [];
      this.#early = null;
      for (const message of early) this.#socket.send(message);
    });
    this.#socket.on('message', (data, isBinary) => {
      // ws hands messages over as one Buffer unless told otherwise.
      if (!isBinary && Buffer.isBuffer(data)) this.#hear(data.toString('utf8'));
    });
    this.#socket.on('unexpected-response', (request, response: IncomingMessage) => {
      const { statusCode = 0, headers } = response;
      const said = [headers['dg-error']].flat()[0] ?? '';
      this.#fail(statusFailure(service, statusCode, said, headers['retry-after'] ?? null));
      response.destroy();
      request.destroy();
      this.#socket.terminate();
    });
    this.#socket.on('error', (error: Error & { code?: string }) => {
      this.#fail(
        engineFailure(
          'engine-failed',
          `${service} could not be reached: ${error.code ?? 'the connection failed'}.`,
        ),
      );
    });
    this.#socket.on('close', (code, reason) => {
      clearInterval(this.#keepAlive);
      const said = reason.length === 0 ? '' : `: ${reason.toString('utf8').slice(0, 200)}`;
      this.#fail(
        engineFailure('engine-failed', `${service} ended the connection (${code}${said}).`, {
          // RFC 6455 section 7.4.1: 1007 and 1008 are about what was sent, which would be the same again.
          mayPass: code !== 1007 && code !== 1008,
        }),
      );
      this.#options.onEnd();
    });
  }

  #hear(text: string): void {
    let said;
    try {
      said = readMessage(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.#abandon(engineFailure('engine-failed', `${this.#options.service} sent what is no message.`));
      return;
    }
    if (said === null) return;
    if ('error' in said) {
      this.#abandon(
        engineFailure('engine-failed', `${this.#options.service} reports: ${said.error.slice(0, 200)}`),
      );
      return;
    }
    const { results } = said;
    for (const utterance of [...this.#utterances]) {
      const isOfIt = utterance.results.add(results, utterance.toSeconds);
      if (isOfIt && results.is_final !== true) this.#tellInterim(utterance);
    }
    if (results.from_finalize === true) {
      const [oldest] = this.#utterances;
      if (oldest?.finished) this.#complete(oldest);
      return;
    }
    for (const utterance of [...this.#utterances]) {
      if (utterance.finished && utterance.results.finalSeconds >= utterance.toSeconds - 0.02) {
        this.#complete(utterance);
      }
    }
  }

  #tellInterim({ options, results, finished }: Utterance): void {
    const { recognised } = results;
    if (finished === null && recognised.text !== '' && options.wantsInterim?.() !== false) {
      options.onInterim(recognised);
    }
  }

  #finish(utterance: Utterance): Promise<Recognised> {
    if (this.#failure) return Promise.reject(this.#failure);
    utterance.toSeconds = this.#seconds;
    return new Promise((resolve, reject) => {
      utterance.finished = { resolve, reject };
      if (utterance.results.finalSeconds >= utterance.toSeconds) {
        this.#complete(utterance);
        return;
      }
      this.#send(JSON.stringify({ type: 'Finalize' }));
      const unheard = utterance.toSeconds - utterance.results.finalSeconds;
      utterance.timer = setTimeout(
        () => {
          this.#waitedLongEnough(utterance);
        },
        unheard < UNHEARD_SECONDS ? UNANSWERED_MS : FINAL_MS,
      );
    });
  }

  #waitedLongEnough(utterance: Utterance): void {
    if (utterance.toSeconds - utterance.results.finalSeconds < UNHEARD_SECONDS) {
      this.#complete(utterance);
      return;
    }
    this.#abandon(
      engineFailure('engine-failed', `${this.#options.service} did not answer within ${FINAL_MS} ms.`),
    );
  }

  #complete(utterance: Utterance): void {
    this.#remove(utterance);
    utterance.finished?.resolve(utterance.results.recognised);
  }

  #remove(utterance: Utterance): void {
    clearTimeout(utterance.timer);
    this.#utterances.splice(this.#utterances.indexOf(utterance), 1);
  }

  /** Nothing good comes of this connection any more. */
  #abandon(error: RoomflowError): void {
    this.#fail(error);
    this.#socket.terminate();
  }

  /** Only the first failure says what happened. */
  #fail(error: RoomflowError): void {
    if (this.#failure) return;
    this.#failure = error;
    clearInterval(this.#keepAlive);
    this.#options.onEnd();
    for (const { options, finished, timer } of this.#utterances.splice(0)) {
      clearTimeout(timer);
      if (finished) finished.reject(error);
      else options.onLost?.(error);
    }
  }

  #stayOpen(): void {
    if (this.#early === null) this.#send(JSON.stringify({ type: 'KeepAlive' }));
  }

  #sendSound(samples: Int16Array): void {
    this.#sentSamples += samples.length;
    // A timer that was cleared would be woken by it.
    if (this.#failure === null) this.#keepAlive.refresh();
    this.#send(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    if (this.#socket.bufferedAmount > MOST_BUFFERED_BYTES) {
      this.#abandon(
        engineFailure('engine-failed', `${this.#options.service} does not take the sound that is sent.`),
      );
    }
  }

  #send(message: string | Uint8Array): void {
    if (this.#early !== null) this.#early.push(message);
    else if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(message);
  }
}
