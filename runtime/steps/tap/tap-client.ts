import type { WebSocket } from 'ws';
import type { TapStreamNote } from '../../contract/index.ts';
import { TapMessageQueue, type TapMessage } from '../../media/index.ts';
import { endWebSocket, keepAlive } from '../sockets/index.ts';

/** On its way to the network; what is more waits in the queue, where it can still be left out. */
const MOST_IN_FLIGHT_BYTES = 128 * 1024;
/** A client that lags for a while is sent less; one that does not even answer this long is gone. */
const PING_EVERY_MS = 20_000;
/** Clients of a tap listen. */
export const MOST_CLIENT_MESSAGE_BYTES = 4096;
const NORMAL = 1000;
const UNEXPECTED_MESSAGE = 1003;

/** One client of a tap stream: takes messages as fast as it reads, and lacks some when it does not read fast enough. */
export class TapClient {
  readonly #socket: WebSocket;
  readonly #queue = new TapMessageQueue();
  #ending = false;
  readonly #sent = (): void => {
    this.#pump();
  };

  /** @param onClosed - The client has gone; called once. */
  constructor(socket: WebSocket, started: TapStreamNote, onClosed: () => void) {
    this.#socket = socket;
    keepAlive(socket, PING_EVERY_MS);
    socket.on('error', () => {
      // `close` follows: the client broke the protocol or its connection.
    });
    socket.on('close', () => {
      this.#ending = true;
      onClosed();
    });
    socket.on('message', () => {
      this.#end(UNEXPECTED_MESSAGE, 'a tap stream only sends');
    });
    this.#note(started);
  }

  /** Messages left out because the client did not read them. */
  get dropped(): number {
    return this.#queue.dropped;
  }

  send(message: TapMessage): void {
    if (!this.#ending) {
      this.#queue.push(message);
      this.#pump();
    }
  }

  /** Tells the reason and closes with it. */
  end(reason: string): void {
    if (!this.#ending) {
      this.#note({ type: 'ended', reason });
      this.#end(NORMAL, reason);
    }
  }

  #end(code: number, reason: string): void {
    this.#ending = true;
    endWebSocket(this.#socket, code, reason);
  }

  #note(note: TapStreamNote): void {
    this.#socket.send(JSON.stringify(note));
  }

  #pump(): void {
    while (!this.#ending && this.#socket.bufferedAmount < MOST_IN_FLIGHT_BYTES) {
      const bytes = this.#queue.shift();
      if (bytes === undefined) {
        return;
      }
      this.#socket.send(bytes, this.#sent);
    }
  }
}
