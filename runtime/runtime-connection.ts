import { once } from 'node:events';
import { RoomflowError, errorTable, type ErrorCode, type RoomflowEvent } from './contract/index.ts';

/** A runtime as the command line speaks to it, in this process or in another. */
export type RuntimeConnection = {
  readonly url: string;
  /** @throws RoomflowError as the runtime answers it; `runtime-stopping` when no runtime answers */
  call<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T>;
  /** Follows the events from now on, once it resolves; `onLost` is called when the runtime is gone. */
  follow(onEvent: (event: RoomflowEvent) => void, onLost: () => void): Promise<{ close: () => void }>;
};

/** Longer than a stop waits for files. */
const ANSWER_MS = 60_000;

export function connectRuntime(url: string, serverKey: string): RuntimeConnection {
  return {
    url,
    async call<T>(method: string, path: string, body?: unknown): Promise<T> {
      const { isOk, answer } = await answerOf(new URL(path, url), {
        method,
        headers: {
          authorization: serverKey,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      if (!isOk) {
        throw errorOf(answer);
      }
      // The runtime has checked it against its schema.
      return answer as T;
    },
    async follow(onEvent, onLost) {
      const address = new URL('/v2/events', url);
      address.protocol = address.protocol.replace('http', 'ws');
      address.searchParams.set('cursor', 'latest');
      address.searchParams.set('token', serverKey);
      const socket = new WebSocket(address);
      let isClosing = false;
      socket.addEventListener('close', () => {
        if (!isClosing) {
          onLost();
        }
      });
      const ready = Promise.withResolvers<undefined>();
      socket.addEventListener('message', ({ data }) => {
        const message = JSON.parse(String(data)) as { type: string; event: RoomflowEvent };
        if (message.type === 'event') {
          onEvent(message.event);
        } else if (message.type === 'ready') {
          ready.resolve(undefined);
        }
      });
      await Promise.race([ready.promise, once(socket, 'close')]);
      return {
        close: () => {
          isClosing = true;
          socket.close();
        },
      };
    },
  };
}

async function answerOf(address: URL, request: RequestInit): Promise<{ isOk: boolean; answer: unknown }> {
  try {
    const response = await fetch(address, request);
    return { isOk: response.ok, answer: await response.json() };
  } catch (cause) {
    // Nobody there, or something that does not speak JSON, such as a proxy whose runtime is away.
    throw new RoomflowError('runtime-stopping', `No runtime answers at ${address.origin}.`, { cause });
  }
}

function errorOf(answer: unknown): RoomflowError {
  const { code = 'internal', message = 'The runtime answered with an error.' } = answer as {
    code?: string;
    message?: string;
  };
  const known = Object.hasOwn(errorTable, code) ? (code as ErrorCode) : 'internal';
  return new RoomflowError(known, message);
}
