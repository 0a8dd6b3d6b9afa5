import { reconnectDelayMs } from '../../client/index.ts';

export type SocketState = 'connecting' | 'open' | 'lost';

export type LastingSocketOptions = {
  /** Asked for anew at each attempt: it may hold a cursor. */
  address: () => string;
  onMessage: (message: unknown) => void;
  onState: (state: SocketState) => void;
};

/** A connection shorter than this has not worked: the pauses before the next attempts go on growing. */
const WORKED_MS = 2_000;

/** A WebSocket that only listens and comes back by itself until it is closed. @returns what closes it */
export function openLastingSocket({ address, onMessage, onState }: LastingSocketOptions): () => void {
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let isClosed = false;

  const open = (): void => {
    let openedAt = Number.POSITIVE_INFINITY;
    const current = new WebSocket(address());
    socket = current;
    current.addEventListener('open', () => {
      openedAt = performance.now();
      onState('open');
    });
    current.addEventListener('message', ({ data }) => {
      if (!isClosed && typeof data === 'string') {
        onMessage(JSON.parse(data));
      }
    });
    current.addEventListener('close', () => {
      if (isClosed) {
        return;
      }
      attempt = performance.now() - openedAt > WORKED_MS ? 0 : attempt + 1;
      onState('lost');
      timer = setTimeout(open, reconnectDelayMs(attempt, Math.random()));
    });
  };

  onState('connecting');
  open();
  return () => {
    isClosed = true;
    clearTimeout(timer);
    socket?.close();
  };
}
