import { once } from 'node:events';
import type { EventType, RoomflowEvent } from '../../../runtime/contract/index.ts';
import { Observed } from './observed.ts';

type Message =
  | { type: 'event'; event: RoomflowEvent }
  | { type: 'ready'; cursor: string }
  | { type: 'reset'; reason: string; cursor: string };

/** The event socket as a subscriber holds it. */
export type EventStream = AsyncDisposable & {
  /** What came, in order; `ready` and `reset` included. */
  messages: readonly Message[];
  events(): RoomflowEvent[];
  /** Types of the events so far, in order; of one room when given. */
  types(roomId?: string): EventType[];
  /** The first event of a type that fits, whether it has come already or comes yet. */
  event<T extends EventType>(
    type: T,
    fits?: (event: RoomflowEvent<T>) => boolean,
    options?: { timeoutMs?: number },
  ): Promise<RoomflowEvent<T>>;
  /** Resolves with the cursor when the replay is over. */
  ready(): Promise<string>;
  reset(): Promise<{ reason: string; cursor: string }>;
  close(): Promise<void>;
};

/**
 * Subscribes to a runtime's events; from the beginning of the log when no cursor is given.
 *
 * @throws when the upgrade is refused
 */
export async function openEventStream(
  url: string,
  authorization: string,
  query: { cursor?: string; types?: string; roomId?: string } = {},
): Promise<EventStream> {
  const address = new URL('/v2/events', url);
  address.protocol = 'ws:';
  for (const [name, value] of Object.entries({ cursor: 'earliest', ...query, token: authorization })) {
    address.searchParams.set(name, value);
  }
  const socket = new WebSocket(address);
  const observed = new Observed<Message>();
  socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
    observed.add(JSON.parse(data) as Message);
  });
  // An event target's `error` does not end `once`, and a refused upgrade says `close` only.
  await Promise.race([
    once(socket, 'open'),
    once(socket, 'close').then(() => {
      throw new Error('the event socket was refused');
    }),
  ]);
  const events = (): RoomflowEvent[] =>
    observed.all.flatMap((message) => (message.type === 'event' ? [message.event] : []));
  const close = async (): Promise<void> => {
    if (socket.readyState !== WebSocket.CLOSED) {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    }
  };

  return {
    messages: observed.all,
    events,
    types: (roomId) =>
      events()
        .filter((event) => roomId === undefined || event.roomId === roomId)
        .map((event) => event.type),
    event: async <T extends EventType>(
      type: T,
      fits: (event: RoomflowEvent<T>) => boolean = () => true,
      options: { timeoutMs?: number } = {},
    ) => {
      // The union of all events does not narrow by a generic type; the comparison before it makes it true.
      const asWanted = (found: RoomflowEvent): RoomflowEvent<T> => found as unknown as RoomflowEvent<T>;
      const isIt = (message: Message): message is Extract<Message, { type: 'event' }> =>
        message.type === 'event' && message.event.type === type && fits(asWanted(message.event));
      return asWanted((await observed.first(isIt, `event ${type}`, options)).event);
    },
    ready: async () => {
      const isReady = (message: Message): message is { type: 'ready'; cursor: string } =>
        message.type === 'ready';
      return (await observed.first(isReady, 'ready')).cursor;
    },
    reset: async () => {
      const isReset = (message: Message): message is { type: 'reset'; reason: string; cursor: string } =>
        message.type === 'reset';
      return observed.first(isReset, 'reset');
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
