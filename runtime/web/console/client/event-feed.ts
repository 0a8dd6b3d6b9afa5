import { signal, type ReadonlySignal } from '@preact/signals';
import type { RoomflowEvent } from '../../../contract/index.ts';
import type { Api } from './api.ts';
import { openLastingSocket, type SocketState } from './lasting-socket.ts';

/** Anything in the log, of types that this page does not know as well. */
export type LoggedEvent = Pick<RoomflowEvent, 'epoch' | 'seq' | 'id' | 'roomId' | 'sessionId' | 'at'> & {
  type: string;
  data: Readonly<Record<string, unknown>>;
};

type FeedMessage = { type: 'event'; event: LoggedEvent } | { type: 'ready' | 'reset'; cursor: string };

/** So many of the newest are kept for the log. */
export const keptEvents = 2_000;
/** So many from before the page was opened are asked for. */
const FROM_BEFORE = 300;

/**
 * The runtime's event log, live: what the log shows, and what tells the other pages that something has changed. Comes
 * back by itself, with its cursor, so that nothing is missed in between.
 */
export class EventFeed {
  readonly #events = signal<readonly LoggedEvent[]>([]);
  readonly #state = signal<SocketState>('connecting');
  readonly #listeners = new Set<(event: LoggedEvent) => void>();
  readonly #comebacks = new Set<() => void>();
  #cursor = 'latest';
  #wasLost = false;
  #isLive = false;
  #waiting: LoggedEvent[] = [];
  #close: (() => void) | null = null;

  /** Oldest first. */
  get events(): ReadonlySignal<readonly LoggedEvent[]> {
    return this.#events;
  }

  get state(): ReadonlySignal<SocketState> {
    return this.#state;
  }

  /** @throws CallError when the log cannot be read with this credential */
  async open(api: Api): Promise<void> {
    const { cursor } = await api.get<{ cursor: string }>('/v2/events', { cursor: 'latest', limit: 1 });
    this.#cursor = cursorBefore(cursor, FROM_BEFORE);
    this.#close = openLastingSocket({
      address: () => api.socketAddress('/v2/events', { cursor: this.#cursor }),
      onMessage: (message) => this.#take(message as FeedMessage),
      onState: (state) => {
        this.#state.value = state;
        if (state === 'lost') {
          this.#wasLost = true;
          void whetherRefused(api);
        }
      },
    });
  }

  close(): void {
    this.#close?.();
    this.#close = null;
    this.#isLive = false;
  }

  /** `onEvent` is called for what happens from now on, in order. @returns what ends that */
  listen(onEvent: (event: LoggedEvent) => void): () => void {
    this.#listeners.add(onEvent);
    return () => this.#listeners.delete(onEvent);
  }

  /** Called whenever the runtime is back after it was away. @returns what ends that */
  onComeback(call: () => void): () => void {
    this.#comebacks.add(call);
    return () => this.#comebacks.delete(call);
  }

  #take(message: FeedMessage): void {
    if (message.type === 'event') {
      this.#keep(message.event);
      return;
    }
    this.#cursor = message.cursor;
    if (message.type === 'reset') {
      this.#events.value = [];
      return;
    }
    this.#isLive = true;
    this.#flush();
    if (this.#wasLost) {
      this.#wasLost = false;
      for (const call of this.#comebacks) {
        call();
      }
    }
  }

  #keep(event: LoggedEvent): void {
    this.#cursor = `${event.epoch}:${event.seq}`;
    // A burst becomes one change: drawing the log for each of a thousand events takes seconds.
    if (this.#waiting.push(event) === 1) {
      setTimeout(() => this.#flush(), 50);
    }
    if (this.#isLive) {
      for (const listener of this.#listeners) {
        listener(event);
      }
    }
  }

  #flush(): void {
    if (this.#waiting.length > 0) {
      this.#events.value = [...this.#events.value, ...this.#waiting].slice(-keptEvents);
      this.#waiting = [];
    }
  }
}

/** A socket does not say why it was refused; a call does, and so signs out whose key is not taken any more. */
async function whetherRefused(api: Api): Promise<void> {
  try {
    await api.get('/v2/events', { cursor: 'latest', limit: 1 });
  } catch {
    // Refused: the API has told whoever signed in with it. Away: the socket goes on trying.
  }
}

/** `count` events before the cursor; itself when it is not one of a log. Pure. */
export function cursorBefore(cursor: string, count: number): string {
  const match = /^(.+):(\d+)$/.exec(cursor);
  return match?.[1] === undefined ? cursor : `${match[1]}:${Math.max(0, Number(match[2]) - count)}`;
}
