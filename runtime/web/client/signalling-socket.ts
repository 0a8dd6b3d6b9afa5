import type {
  SignallingMethod,
  SignallingNotification,
  SignallingParams,
  SignallingResults,
} from '../../contract/index.ts';
import { closeError } from './close-reason.ts';
import { MeetingError } from './meeting-error.ts';
import { refusalAt } from './refusal.ts';
import { readServerMessage } from './server-message.ts';

/** Sends one request; rejects with a {@link MeetingError}. */
export type SignallingRequestFunction = <M extends SignallingMethod>(
  method: M,
  data: SignallingParams<M>,
  options?: { timeoutMs?: number },
) => Promise<SignallingResults[M]>;

export type SignallingSocket = {
  request: SignallingRequestFunction;
  /** Closes without a word to the runtime; `onClose` is called as for any other loss. */
  close(): void;
};

export type SignallingSocketOptions = {
  url: string;
  openTimeoutMs?: number;
  onEvent(notification: SignallingNotification): void;
  /** Called once. `error` is set when the runtime ended the connection for good. */
  onClose(error: MeetingError | null): void;
};

const REQUEST_TIMEOUT_MS = 10_000;
const OPEN_TIMEOUT_MS = 8_000;

type Pending = {
  resolve(data: unknown): void;
  reject(error: MeetingError): void;
  timer: ReturnType<typeof setTimeout>;
};

/**
 * One WebSocket to the runtime, from open to close; coming back is the caller's business.
 *
 * @throws MeetingError `unreachable` when it does not open in time, or the code the runtime closed it with.
 */
export function openSignallingSocket(options: SignallingSocketOptions): Promise<SignallingSocket> {
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let closed = false;
  const socket = new WebSocket(options.url);

  const request: SignallingRequestFunction = <M extends SignallingMethod>(
    method: M,
    data: SignallingParams<M>,
    { timeoutMs = REQUEST_TIMEOUT_MS }: { timeoutMs?: number } = {},
  ) =>
    new Promise<SignallingResults[M]>((resolve, reject) => {
      if (socket.readyState !== WebSocket.OPEN) {
        reject(new MeetingError('connection-lost', `The connection was lost before ${method}.`, true));
        return;
      }
      const id = nextId++;
      const timer = setTimeout(() => {
        pending.delete(id);
        reject(new MeetingError('no-answer', `No answer to ${method} within ${timeoutMs} ms.`, true));
      }, timeoutMs);
      pending.set(id, {
        // The reply's shape follows from the method; both ends are of one build.
        resolve: (value) => resolve(value as SignallingResults[M]),
        reject,
        timer,
      });
      socket.send(JSON.stringify({ id, method, data }));
    });

  const receive = (text: string): void => {
    const message = readServerMessage(text);
    if (message === null) {
      return;
    }
    if (message.type === 'event') {
      options.onEvent(message.notification);
      return;
    }
    const waiting = pending.get(message.id);
    if (waiting === undefined) {
      return;
    }
    pending.delete(message.id);
    clearTimeout(waiting.timer);
    if (message.type === 'error') {
      waiting.reject(MeetingError.fromBody(message.error));
    } else {
      waiting.resolve(message.data);
    }
  };

  return new Promise((resolve, reject) => {
    let opened = false;
    const end = (error: MeetingError | null): void => {
      if (closed) {
        return;
      }
      closed = true;
      clearTimeout(openTimer);
      const loss = error ?? new MeetingError('connection-lost', 'The connection to the room was lost.', true);
      for (const waiting of pending.values()) {
        clearTimeout(waiting.timer);
        waiting.reject(loss);
      }
      pending.clear();
      if (opened) {
        options.onClose(error);
      } else if (error !== null) {
        reject(error);
      } else {
        void refusalAt(options.url).then((refusal) =>
          reject(refusal ?? new MeetingError('unreachable', 'The meeting server cannot be reached.', true)),
        );
      }
    };
    const close = (): void => {
      socket.close();
      // A dead network never completes the closing handshake, so its end is not awaited.
      end(null);
    };
    const openTimer = setTimeout(close, options.openTimeoutMs ?? OPEN_TIMEOUT_MS);
    socket.addEventListener('open', () => {
      clearTimeout(openTimer);
      opened = true;
      resolve({ request, close });
    });
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string' && !closed) {
        receive(data);
      }
    });
    socket.addEventListener('close', ({ code, reason }) => end(closeError(code, reason)));
  });
}
