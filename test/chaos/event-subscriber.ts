import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { RoomflowEvent } from '../../runtime/contract/index.ts';
import { Observed } from '../support/runtime/index.ts';

const COME_BACK_AFTER_MS = 100;

type Message =
  | { type: 'event'; event: RoomflowEvent }
  | { type: 'ready'; cursor: string }
  | { type: 'reset'; reason: string; cursor: string };

/**
 * Subscribes to every event as a program does that must not miss one: keeps the cursor of the last that it has dealt
 * with, and comes back with it whenever the connection is lost.
 */
export class EventSubscriber implements AsyncDisposable {
  readonly #address: URL;
  readonly #received = new Observed<RoomflowEvent>();
  /** The log could not be followed from the cursor: events may be lost. */
  readonly resets: string[] = [];
  #cursor = 'earliest';
  #socket: WebSocket | undefined;
  #isOver = false;
  readonly #following: Promise<void>;

  constructor(url: string, serverKey: string) {
    this.#address = new URL('/v2/events', url);
    this.#address.protocol = 'ws:';
    this.#address.searchParams.set('token', serverKey);
    this.#following = this.#follow();
  }

  /** In the order in which they came, doubles included. */
  eventsOf(roomId: string): RoomflowEvent[] {
    return this.#received.all.filter((event) => event.roomId === roomId);
  }

  /** The first that fits, whether it has come already or comes yet. @throws when it does not come in time */
  event(what: string, fits: (event: RoomflowEvent) => boolean, timeoutMs: number): Promise<RoomflowEvent> {
    return this.#received.first(fits, what, { timeoutMs });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#socket?.close();
    await this.#following;
  }

  async #follow(): Promise<void> {
    while (!this.#isOver) {
      this.#address.searchParams.set('cursor', this.#cursor);
      const socket = new WebSocket(this.#address);
      this.#socket = socket;
      const closed = once(socket, 'close');
      socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
        this.#take(JSON.parse(data) as Message);
      });
      await closed;
      await delay(COME_BACK_AFTER_MS);
    }
  }

  #take(message: Message): void {
    if (message.type === 'event') {
      const { epoch, seq } = message.event;
      this.#cursor = `${epoch}:${seq}`;
      this.#received.add(message.event);
    } else if (message.type === 'reset') {
      this.resets.push(message.reason);
    }
  }
}
