import type { WebSocket } from 'ws';
import type { PublishStreamNote } from '../../contract/index.ts';
import { endWebSocket, keepAlive } from '../sockets/index.ts';
import type { Microphone } from '../step.ts';
import type { OpusSource } from './opus-source.ts';
import { PacketPacer } from './packet-pacer.ts';

const TICK_MS = 10;
/** What may wait to be heard. Beyond it nothing is read: the client's own connection holds it up. */
const MOST_WAITING_MS = 10_000;
const READ_ON_BELOW_MS = 5000;
/** What is still to be heard of a client that has gone may take this much longer than it sounds. */
const FINISHING_MS = 2000;
const PING_EVERY_MS = 20_000;
const NORMAL = 1000;
const GOING_AWAY = 1001;
const NO_STATUS = 1005;
const UNEXPECTED_MESSAGE = 1003;
const UNUSABLE_MESSAGE = 1007;

/** A client that speaks into the room: its messages become packets, and those are heard at their pace. */
export class PublisherClient {
  readonly #socket: WebSocket;
  readonly #source: OpusSource;
  readonly #microphone: Microphone;
  readonly #nowMs: () => number;
  readonly #onEnded: (reason: string) => void;
  readonly #pacer = new PacketPacer();
  readonly #timer: NodeJS.Timeout;
  #state: 'open' | 'finishing' | 'ended' = 'open';
  #isReading = true;
  #heardMs = 0;
  /** All that was sent has been heard. */
  #isIdle = true;
  /** When a client that has gone is no longer waited for. */
  #finishByMs = Infinity;

  /** @param options.onEnded - Nothing more is heard of the client, and why; called once, not after {@link end}. */
  constructor(options: {
    socket: WebSocket;
    started: PublishStreamNote;
    openSource: (onPacket: (packet: Uint8Array, durationMs: number) => void) => OpusSource;
    microphone: Microphone;
    nowMs: () => number;
    onEnded: (reason: string) => void;
  }) {
    const { socket, microphone, nowMs, onEnded } = options;
    this.#socket = socket;
    this.#microphone = microphone;
    this.#nowMs = nowMs;
    this.#onEnded = onEnded;
    this.#source = options.openSource((packet, durationMs) => {
      this.#pacer.push(packet, durationMs, nowMs());
    });
    keepAlive(socket, PING_EVERY_MS);
    socket.on('error', () => {
      // `close` follows: the client broke the protocol or its connection.
    });
    socket.on('message', (message: Buffer, isBinary) => {
      this.#take(message, isBinary);
    });
    socket.on('close', (code) => {
      this.#closed(code);
    });
    this.#note(options.started);
    this.#timer = setInterval(() => {
      this.#tick();
    }, TICK_MS);
  }

  /** Sound of the client that has been sent into the room. */
  get heardMs(): number {
    return this.#heardMs;
  }

  get waitingMs(): number {
    return this.#pacer.bufferedMs + this.#source.pendingMs;
  }

  /** Tells the reason, closes with it, and lets nothing more be heard. Idempotent. */
  async end(reason: string): Promise<void> {
    if (this.#state === 'open') {
      this.#note({ type: 'ended', reason });
      endWebSocket(this.#socket, NORMAL, reason);
    }
    await this.#release();
  }

  #take(message: Buffer, isBinary: boolean): void {
    if (this.#state !== 'open') {
      return;
    }
    if (!isBinary) {
      this.#refuse(UNEXPECTED_MESSAGE, 'only binary messages are sound');
      return;
    }
    const problem = this.#source.take(message);
    if (problem !== null) {
      this.#refuse(UNUSABLE_MESSAGE, problem);
      return;
    }
    this.#isIdle = false;
    if (this.#isReading && this.waitingMs > MOST_WAITING_MS) {
      this.#isReading = false;
      this.#socket.pause();
      this.#note({ type: 'full', bufferedMs: Math.round(this.waitingMs) });
    }
  }

  #refuse(code: number, reason: string): void {
    endWebSocket(this.#socket, code, reason);
    this.#over(reason);
  }

  /** A client that says goodbye is heard to its end; one that is lost is not. */
  #closed(code: number): void {
    if (this.#state === 'open' && [NORMAL, GOING_AWAY, NO_STATUS].includes(code)) {
      this.#state = 'finishing';
      this.#finishByMs = this.#nowMs() + this.waitingMs + FINISHING_MS;
      if (this.#isIdle) {
        this.#over('client-closed');
      }
      return;
    }
    this.#over('connection-lost');
  }

  #tick(): void {
    const nowMs = this.#nowMs();
    for (let next = this.#pacer.next(nowMs); next !== null; next = this.#pacer.next(nowMs)) {
      if (next === 'underrun') {
        this.#microphone.pause();
        if (!this.#source.flush()) {
          this.#heardAll();
        }
      } else {
        this.#microphone.write(next.packet, next.durationMs);
        this.#heardMs += next.durationMs;
      }
    }
    if (!this.#isReading && this.waitingMs < READ_ON_BELOW_MS) {
      this.#isReading = true;
      this.#socket.resume();
    }
    if (nowMs > this.#finishByMs) {
      this.#over('client-closed');
    }
  }

  #heardAll(): void {
    this.#isIdle = true;
    if (this.#state === 'finishing') {
      this.#over('client-closed');
    } else {
      this.#note({ type: 'drained' });
    }
  }

  #over(reason: string): void {
    if (this.#state !== 'ended') {
      void this.#release();
      this.#onEnded(reason);
    }
  }

  async #release(): Promise<void> {
    this.#state = 'ended';
    clearInterval(this.#timer);
    this.#microphone.close();
    await this.#source.close();
  }

  #note(note: PublishStreamNote): void {
    this.#socket.send(JSON.stringify(note));
  }
}
