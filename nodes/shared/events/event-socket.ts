import { parseMessage, type EventMessage } from './event-messages';

/** Why a socket is closed; `wasReady` once the runtime has said that the replay is over. */
export type Closed = { wasReady: boolean; reason: string };

/**
 * Opens Node's own WebSocket. Its second argument takes headers, which the type of browsers' WebSocket does
 * not know of (undici, class WebSocket, `WebSocketInit`).
 */
function connect(url: string, authorization: string): WebSocket {
  return Reflect.construct(WebSocket, [url, { headers: { authorization } }]) as WebSocket;
}

/**
 * Listens on one connection until it ends or `stop` is aborted. Never rejects.
 *
 * @param onMessage called synchronously, in order; not after `stop`
 */
export async function listenOnce(options: {
  url: string;
  authorization: string;
  onMessage: (message: EventMessage) => void;
  stop: AbortSignal;
}): Promise<Closed> {
  const { stop } = options;
  if (stop.aborted) {
    return { wasReady: false, reason: 'stopped' };
  }
  const socket = connect(options.url, options.authorization);
  let wasReady = false;
  return await new Promise<Closed>((resolve) => {
    const finish = (reason: string): void => {
      stop.removeEventListener('abort', close);
      resolve({ wasReady, reason });
    };
    const close = (): void => {
      socket.close();
      finish('stopped');
    };
    stop.addEventListener('abort', close);
    socket.onmessage = ({ data }) => {
      const message = parseMessage(data);
      if (message === undefined || stop.aborted) {
        return;
      }
      wasReady ||= message.type === 'ready';
      options.onMessage(message);
    };
    socket.onclose = ({ code, reason }) => {
      finish(reason === '' ? `closed with code ${code}` : `${reason} (code ${code})`);
    };
  });
}
